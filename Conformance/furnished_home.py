"""A home of a dozen things that answer, and one that doesn't."""

from home_devices import light


def furnish(device):
    def about(identifier, name, area):
        return {"ids": [identifier], "name": name, "sa": area, "mf": "IKEA", "mdl": "TRADFRI"}

    def add(component, identifier, title, area, **payload):
        device.say(f"homeassistant/{component}/{identifier}/config", {"name": None, "uniq_id": identifier, "dev": about(identifier, title, area)} | payload, retain=True)

    def echo(topic, state, change=lambda text: text):
        device.listen(topic, lambda text: device.client.publish(state, change(text), qos=1))

    for identifier, name, area in (("l1", "Ceiling lamp", "Living room"), ("l3", "Kitchen light", "Kitchen"), ("l4", "Hall light", "Hall")):
        device.say(f"homeassistant/light/{identifier}/config", light(name, identifier, area), retain=True)
        echo(f"z/{identifier}/set", f"z/{identifier}")
    add("light", "l2", "Floor lamp", "Living room", stat_t="z/l2", cmd_t="z/l2/set")
    for identifier, state in (("l1", '{"state":"ON","brightness":153}'), ("l2", "OFF"), ("l3", '{"state":"ON","brightness":255}'), ("l4", '{"state":"OFF","brightness":10}')):
        device.say(f"z/{identifier}", state)
    add("cover", "c1", "Blinds", "Living room", pos_t="z/c1/pos", set_pos_t="z/c1/set", cmd_t="z/c1/cmd", dev_cla="blind")
    echo("z/c1/set", "z/c1/pos")
    device.say("z/c1/pos", "50")
    add("climate", "k1", "Air conditioner", "Living room", modes=["off", "heat", "cool"], mode_stat_t="z/k1/mode", mode_cmd_t="z/k1/mode/set", temp_stat_t="z/k1/t", temp_cmd_t="z/k1/t/set",
        curr_temp_t="z/k1/now", act_t="z/k1/act", min_temp=16, max_temp=30, temp_step=0.5)
    echo("z/k1/t/set", "z/k1/t")
    echo("z/k1/mode/set", "z/k1/mode")
    for topic, text in (("mode", "heat"), ("t", "21.5"), ("now", "21.4"), ("act", "heating")):
        device.say(f"z/k1/{topic}", text)
    add("lock", "d1", "Front door", "Hall", stat_t="z/d1", cmd_t="z/d1/set")
    echo("z/d1/set", "z/d1", lambda text: text + "ED")
    device.say("z/d1", "LOCKED")
    for identifier, name, kind, unit, value in (("s1", "Temperature", "temperature", "°C", "21.4"), ("s2", "Humidity", "humidity", "%", "47")):
        add("sensor", identifier, None, None, name=name, stat_t=f"z/{identifier}", dev_cla=kind, unit_of_meas=unit, dev=about("th1", "Climate sensor", "Living room"))
        device.say(f"z/{identifier}", value)
    add("binary_sensor", "b1", "Motion", "Hall", stat_t="z/b1", dev_cla="motion")
    add("binary_sensor", "b2", "Balcony window", "Living room", stat_t="z/b2", dev_cla="window", avty_t="z/b2/there")
    for topic, text in (("b1", "ON"), ("b2", "OFF"), ("b2/there", "offline")):
        device.say(f"z/{topic}", text)
    add("switch", "p1", "Coffee machine", "Kitchen", stat_t="z/p1", cmd_t="z/p1/set")
    echo("z/p1/set", "z/p1")
    device.say("z/p1", "OFF")
    add("sensor", "p2", None, None, name="Power", stat_t="z/p2", dev_cla="power", unit_of_meas="W", stat_cla="measurement", dev=about("p1", "Coffee machine", "Kitchen"))
    device.say("z/p2", "0.4")
