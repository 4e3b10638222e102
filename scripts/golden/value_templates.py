#!/usr/bin/env python3
"""Writes what Home Assistant makes of value and command templates, for Tests/LaresThingsTests/Golden/templates.json.

    python3.11 -m venv ha && ha/bin/pip install "setuptools<80" "josepy<2" "paho-mqtt==1.6.1" homeassistant==2024.3.3
    ha/bin/python scripts/golden/value_templates.py Tests/LaresThingsTests/Golden/templates.json

Home Assistant's own template engine renders every case; null stands for an error of the template, and for nothing to render.
"""
import asyncio
import json
import logging
import pathlib
import sys
from importlib.metadata import version

from homeassistant.components.mqtt.models import MqttCommandTemplate
from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template

STATE = json.dumps({
    "temperature": 21.46, "humidity": 50, "state": "ON", "on": True, "off": False, "none": None, "text": " padded ", "number": "12.50", "word": "abc",
    "zero": 0, "float_zero": 0.0, "whole": 21.0, "small": 1e-05, "large": 1.5e20, "negative": -3.55, "half": 2.5, "nested": {"a": {"b": [1, 2.5, "x"]}},
    "update": {"state": "idle", "installed_version": 3}, "list": [10, 20, 30], "items": "shadowed", "power": 1234567.891, "empty": "",
    "color": {"x": 0.31, "y": 0.33}, "battery_low": False, "action": "single", "Temp-1": 5, "0x17": {"v": 1}, "mired": 370, "bits": 6, "hex": "0x1F",
})
PLAIN = ["21.5", "ON", "0", "", "None", " 7 ", "1e3", "abc", "3,4", "true", "-0.5", "00012"]

# Templates as devices announce them: the paths and conversions of the fast way, then whatever needs the engine.
JSON_TEMPLATES = [
    "{{ value_json.temperature }}", "{{value_json.humidity}}", "{{ value_json['state'] }}", '{{ value_json["state"] }}', "{{ value_json.on }}",
    "{{ value_json.off }}", "{{ value_json.none }}", "{{ value_json.text }}", "{{ value_json.missing }}", "{{ value_json.missing.deeper }}",
    "{{ value_json.none.deeper }}", "{{ value_json.nested.a.b[1] }}", "{{ value_json['nested']['a']['b'][2] }}", "{{ value_json.list[0] }}",
    "{{ value_json.list[7] }}", "{{ value_json.list.1 }}", "{{ value_json.small }}", "{{ value_json.large }}", "{{ value_json.whole }}",
    "{{ value_json.update.state }}", "{{ value_json['update']['state'] }}", "{{ value_json['items'] }}",
    "{{ value_json['Temp-1'] }}", "{{ value_json['0x17'].v }}", "{{- value_json.state -}}", "  {{ value_json.state }}  ", "{{ value_json.color.x }}",
    "{{ value_json.temperature | round(1) }}", "{{ value_json.temperature|round }}", "{{ value_json.temperature | round(0) }}",
    "{{ value_json.half | round }}", "{{ value_json.half | round(0) }}", "{{ value_json.negative | round(1) }}", "{{ value_json.humidity | round(1) }}",
    "{{ value_json.number | float }}", "{{ value_json.number | float | round(1) }}", "{{ value_json.number | int }}", "{{ value_json.word | int }}",
    "{{ value_json.word | int(0) }}", "{{ value_json.word | float(1.5) }}", "{{ value_json.word | float }}", "{{ value_json.on | int }}",
    "{{ value_json.none | int(3) }}", "{{ value_json.none | int }}", "{{ value_json.none | float(0) }}", "{{ value_json.missing | int(3) }}",
    "{{ value_json.missing | default(0) }}", "{{ value_json.missing | default('x') }}", "{{ value_json.none | default(4) }}",
    "{{ value_json.missing | is_defined }}", "{{ value_json.state | is_defined }}", "{{ value_json.state | lower }}", "{{ value_json.on | lower }}",
    "{{ value_json.word | upper }}", "{{ value_json.missing.deeper | default(1) }}", "{{ value_json.power | int }}", "{{ value_json.negative | int }}",
    "{{ value_json.humidity | float }}", "{{ value_json.zero | float }}", "{{ value_json.temperature | int }}", "{{ value_json.power | round(2) }}",
    "{{ value_json.list }}", "{{ value_json.nested.a }}",
    "{{ value_json.humidity / 10 }}", "{{ value_json.humidity * 2 }}", "{{ (value_json.humidity | float / 3) | round(2) }}", "{{ value_json.temperature + 1 }}",
    "{% if value_json.on %}ON{% else %}OFF{% endif %}", "{{ 'ON' if value_json.state == 'ON' else 'OFF' }}", "{{ value_json.on | iif('yes', 'no') }}",
    "{{ value_json.none | iif('yes', 'no', 'none') }}", "{{ value_json.off | iif }}", "{{ value_json.bits | bitwise_and(2) }}",
    "{{ value_json.bits | bitwise_or(1) }}", "{{ (value_json.bits | bitwise_and(2)) > 0 }}", "{{ value_json.humidity | multiply(0.1) }}",
    "{{ value_json.word | multiply(2, 5) }}", "{{ value_json.hex | int(base=16) }}", "{{ value_json.hex | int(0, 16) }}", "{{ value_json.color | to_json }}",
    "{{ value_json.color.values() | list }}", "{{ value_json.state in ['ON', 'on'] }}", "{{ value_json.action if value_json.action is defined else 'none' }}",
    "{{ value_json.get('missing', 'fallback') }}", "{{ value_json.list | max }}", "{{ max(value_json.list) }}", "{{ min(3, 1, 2) }}", "{{ value_json.list | sum }}",
    "{{ value_json.list | average }}", "{{ value_json.text | trim }}", "{{ value_json.word[0:2] }}", "{{ value_json.word | replace('a', 'b') }}",
    "{{ (1000000 / value_json.mired) | int }}", "{{ value_json.temperature | float > 20 }}", "{{ float(value_json.number) }}", "{{ int(value_json.number) }}",
    "{{ is_number(value_json.number) }}", "{{ value_json.word is is_number }}", "{{ value_json.word | is_number }}", "{{ value_json.state | bool }}",
    "{{ value_json.word | bool(false) }}", "{{ value_json.temperature | round(0, 'ceil') }}", "{{ value_json.temperature | round(1, 'floor') }}",
    "{{ value_json.temperature | round(method='half') }}", "{{ value_json.temperature | round(0, default=1) }}", "{{ value_json.word | round(1, default=2) }}",
    "{% set t = value_json.temperature %}{{ t * 9 / 5 + 32 }}", "{% if value_json.missing is defined %}{{ value_json.missing }}{% endif %}",
    "{% for x in value_json.list %}{{ x }}{% if not loop.last %},{% endif %}{% endfor %}", "{{ this.state }}", "{{ this.attributes.x }}", "{{ nothing }}",
    "{{ value_json | to_json | length > 10 }}", "{{ '%0.1f' | format(value_json.temperature) }}", "{{ '{:.2f}'.format(value_json.temperature) }}",
    "{{ value_json.temperature ~ ' C' }}", "{{ not value_json.on }}", "{{ value_json.nested['a'].b | join('-') }}", "{{ value_json.power | log(10) | round(3) }}",
    "{{ 16 | sqrt }}", "{{ 'Küche 2' | slugify }}", "{{ value_json.word | ord }}", "{{ 'aGVsbG8=' | base64_decode }}", "{{ 'hello' | base64_encode }}",
    "{{ value_json.list | contains(20) }}", "{% if value_json.state == 'ON' %}\n  on\n{% endif %}", "a{% if true %}\nb{% endif %}", "static text", "{# nothing #}",
    '{"state": "{{ value_json.state }}"}', "{{ value_json.word | regex_replace('b', 'X') }}", "{{ value_json.word | regex_replace('(a)(b)', '\\\\2\\\\1') }}",
    "{{ value_json.word | regex_match('a.c') }}", "{{ value_json.word | regex_search('^b') }}", "{{ value_json.word | regex_findall('[a-b]') }}",
    "{{ value_json.power | string | regex_replace('\\\\.\\\\d+$', '') }}", "{{ value_json.word | regex_findall_index('[bc]', 1) }}",
]
PLAIN_TEMPLATES = [
    "{{ value }}", "{{ value | int }}", "{{ value | int(0) }}", "{{ value | float }}", "{{ value | float(0) | round(1) }}", "{{ value | round }}", "{{ value | lower }}",
    "{{ value | default('x') }}", "{{ value_json }}", "{{ value_json.x }}", "{{ value == 'ON' }}", "{{ value | float / 10 }}", "{{ value | int(base=16) }}",
    "{{ value.split(',')[0] }}", "{{ value[:2] }}", "{{ value | trim }}", "{{ value | upper }}", "{{ value | is_defined }}", "{{ value | regex_replace('[^0-9]', '') }}",
    "{{ value | regex_search('(?i)on|off') }}", "{{ value | from_json }}",
]
COMMANDS = [
    ("{{ value }}", 21.0, {}), ("{{ value }}", 21, {}), ("{{ value }}", "heat", {}), ("{{value}}", True, {}), ("{{ value | int }}", 21.5, {}),
    ('{"temp": {{ value }}}', 21.5, {}), ('{"mode": "{{ value }}"}', "cool", {}), ("{{ value | round(1) }}", 21.26, {}), ("{{ value * 10 }}", 21.5, {}),
    ("{{ (value | float * 2.55) | int }}", 50, {}), ('{ "set": {{ value | tojson }} }', "a\"b", {}), ("{{ {'v': value} | tojson }}", 3, {}),
    ("{{ {'a': 1, 'b': value} | to_json }}", 3, {}), ("{{ position }}/{{ value }}", 40, {"position": 25}), ("{{ tilt_position - tilt_min }}", 5, {"tilt_position": 40, "tilt_min": 10}),
    ("{{ red }},{{ green }},{{ blue }}", "255,0,10", {"red": 255, "green": 0, "blue": 10}), ("{{ '#%02x%02x%02x' | format(red, green, blue) }}", "", {"red": 255, "green": 0, "blue": 10}),
    ("{{ value }}{% if code %}:{{ code }}{% endif %}", "UNLOCK", {"code": "1234"}), ("{{ value }}{% if code %}:{{ code }}{% endif %}", "UNLOCK", {"code": None}),
    ('{"action": "{{ action }}", "code": "{{ code }}"}', None, {"action": "ARM_AWAY", "code": "1"}), ("{{ 'on' if value == 'ON' else 'off' }}", "ON", {}),
    ("on,{{ brightness|d }},{{ red|d }}-{{ green|d }}-{{ blue|d }}", None, {"brightness": 128}), ("fixed", "x", {}), ("{{ entity_id }}", "x", {}),
    ('{"state": "{{ state }}"{% if brightness is defined %}, "brightness": {{ brightness }}{% endif %}}', None, {"state": True, "brightness": 128}),
    ("{{ value | lower }}", "ON", {}), ("{{ value | upper }}", "on", {}), ("{{ value | bitwise_or(8) }}", 3, {}), ("{{ value | string }}", 1.0, {}),
]


def rendered(hass, source, payload):
    """What MqttValueTemplate hands on: the text, or None where it failed or is empty."""
    template = Template(source, hass)
    failed = object()
    try:
        result = template.async_render_with_possible_json_value(payload, failed, {"this": {"attributes": {}}})
    except Exception:  # what isn't a TemplateError breaks Home Assistant's callback, and nothing is reported either
        return None
    return None if result is failed or result == "" else result


def command(hass, source, value, names):
    template = MqttCommandTemplate(Template(source, hass), hass=hass)
    try:
        return str(template.async_render(value, {"this": {"attributes": {}}, **names}))
    except Exception:
        return None


async def main():
    logging.disable(logging.CRITICAL)
    hass = HomeAssistant("/tmp/ha-golden")
    cases = {
        "made": {"homeassistant": version("homeassistant"), "jinja2": version("jinja2")},
        "state": STATE,
        "values": [[t, rendered(hass, t, STATE)] for t in JSON_TEMPLATES],
        "plain": [[t, p, rendered(hass, t, p)] for t in PLAIN_TEMPLATES for p in PLAIN],
        "commands": [[t, value, names, command(hass, t, value, names)] for t, value, names in COMMANDS],
    }
    pathlib.Path(sys.argv[1]).write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")) + "\n")
    print({name: len(entries) for name, entries in cases.items() if isinstance(entries, list)})
    await hass.async_stop(force=True)


asyncio.run(main())
