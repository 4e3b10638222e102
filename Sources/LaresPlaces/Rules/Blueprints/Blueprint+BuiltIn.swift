internal import LaresJSON
internal import LaresThings

extension Blueprint {
    /// The blueprints that come with Lares.
    public static let builtIn: [Blueprint] = sources.compactMap { source in
        (try? JSON(parsing: [UInt8](source.utf8))).flatMap { try? Blueprint($0) }
    }

    /// A blueprint that comes with Lares; nil when there is none of this name.
    public static func named(_ id: String) -> Blueprint? { builtIn.first { $0.id == id } }

    /// How many there must be; a test holds this against ``builtIn``.
    package static var sourceCount: Int { sources.count }

    private static let sources = [motionLight, climate, leak, door, appliance, battery, fan, vacation]

    // A lamp that someone switched is theirs: it isn't switched off, and after it was switched off by hand it stays off for a while.
    private static let motionLight = #"""
        {"id": "motion_light", "names": {"en": "Light by motion", "zh": "人来灯亮"},
        "inputs": [
        {"name": "motion", "kind": "property", "quantity": "motion", "list": true, "labels": {"en": "Motion sensors", "zh": "移动传感器"}},
        {"name": "light", "kind": "property", "labels": {"en": "Light, on or off", "zh": "灯的开关"}},
        {"name": "lux", "kind": "property", "quantity": "illuminance", "optional": true, "labels": {"en": "Brightness sensor", "zh": "光照传感器"}},
        {"name": "dark", "kind": "number", "range": [0, 100000], "usual": 40, "labels": {"en": "Dark below (lx)", "zh": "低于多少勒克斯算暗"}},
        {"name": "timeout", "kind": "span", "usual": "5m", "labels": {"en": "Off after no motion for", "zh": "无人多久后关灯"}},
        {"name": "override", "kind": "span", "usual": "30m", "labels": {"en": "Stays off after a hand switched it off for", "zh": "手动关灯后保持多久"}}],
        "rule": {
        "when": [{"$each": "motion", "becomes": "$motion", "to": true}],
        "only": [{"any": [
        {"state": "$light", "is": true, "by": ["rule"]},
        {"all": [
        {"not": {"state": "$light", "is": true}},
        {"$if": "lux", "any": [{"number": "$lux", "below": "$dark"}, {"not": {"known": "$lux"}}]},
        {"not": {"state": "$light", "is": false, "by": ["device", "principal"], "within": "$override"}}]}]}],
        "then": [
        {"choose": [{"only": [{"not": {"state": "$light", "is": true}}], "then": [{"set": {"$light": true}}]}]},
        {"$each": "motion", "wait_for": [{"becomes": "$motion", "to": false, "for": "$timeout"}, {"becomes": "$light", "from": true, "to": false}],
        "timeout": "12h", "on_timeout": "go_on"},
        {"only": [{"state": "$light", "is": true, "by": ["rule"]}]},
        {"set": {"$light": false}}],
        "mode": "restart"}}
        """#

    private static let climate = #"""
        {"id": "climate_by_presence", "names": {"en": "Climate by presence", "zh": "在家调温"},
        "inputs": [
        {"name": "people", "kind": "property", "quantity": "presence", "list": true, "labels": {"en": "Who is at home", "zh": "谁在家"}},
        {"name": "target", "kind": "property", "quantity": "temperature", "list": true, "labels": {"en": "Target temperature", "zh": "目标温度"}},
        {"name": "windows", "kind": "property", "quantity": "window", "list": true, "optional": true, "labels": {"en": "Windows", "zh": "窗户"}},
        {"name": "comfort", "kind": "number", "range": [5, 35], "usual": 21, "labels": {"en": "When someone is in", "zh": "有人时"}},
        {"name": "away", "kind": "number", "range": [5, 35], "usual": 17, "labels": {"en": "When nobody is in", "zh": "无人时"}},
        {"name": "leaving", "kind": "span", "usual": "15m", "labels": {"en": "Nobody in for", "zh": "离家多久后"}},
        {"name": "airing", "kind": "span", "usual": "2m", "labels": {"en": "Window open for", "zh": "开窗多久后"}}],
        "rule": {
        "when": [
        {"$each": "people", "becomes": "$people", "to": true}, {"$each": "people", "becomes": "$people", "to": false, "for": "$leaving"},
        {"$each": "windows", "becomes": "$windows", "to": true, "for": "$airing"},
        {"$each": "windows", "becomes": "$windows", "to": false, "for": "$airing"}],
        "then": [{"choose": [
        {"only": [{"any": [{"$each": "windows", "state": "$windows", "is": true, "for": "$airing"}]}], "then": [{"set": {"$target": "$away"}}]},
        {"only": [{"any": [{"$each": "people", "state": "$people", "is": true}]}], "then": [{"set": {"$target": "$comfort"}}]},
        {"only": [{"all": [{"$each": "people", "state": "$people", "is": false, "for": "$leaving"}]}], "then": [{"set": {"$target": "$away"}}]}]}]}}
        """#

    private static let leak = #"""
        {"id": "leak", "names": {"en": "Water leak", "zh": "漏水"},
        "inputs": [
        {"name": "sensors", "kind": "property", "quantity": "moisture", "list": true, "labels": {"en": "Leak sensors", "zh": "漏水传感器"}},
        {"name": "valve", "kind": "property", "optional": true, "list": true, "labels": {"en": "Valve to be shut", "zh": "要关的阀门"}},
        {"name": "shut", "kind": "value", "usual": false, "labels": {"en": "What the valve is when shut", "zh": "阀门关闭时的值"}},
        {"name": "again", "kind": "span", "usual": "10m", "labels": {"en": "Said again every", "zh": "多久再提醒"}},
        {"name": "to", "kind": "text", "optional": true, "labels": {"en": "Whom to tell", "zh": "通知谁"}}],
        "rule": {
        "when": [{"$each": "sensors", "becomes": "$sensors", "to": true}],
        "then": [
        {"$if": "valve", "set": {"$valve": "$shut"}},
        {"repeat": [
        {"notify": {"$words": {
        "en": "Water! {{ trigger.thing }}{% if trigger.room %} ({{ trigger.room }}){% endif %}",
        "zh": "漏水！{{ trigger.thing }}{% if trigger.room %}（{{ trigger.room }}）{% endif %}"}}, "to": "$to", "urgent": true},
        {"wait_for": [{"$each": "sensors", "becomes": "$sensors", "from": true, "to": false}], "timeout": "$again", "on_timeout": "go_on"}],
        "while": [{"any": [{"$each": "sensors", "state": "$sensors", "is": true}]}], "most": 12}],
        "mode": "parallel", "most": 8}}
        """#

    private static let door = #"""
        {"id": "door_left_open", "names": {"en": "Door left open", "zh": "门未关"},
        "inputs": [
        {"name": "door", "kind": "property", "quantity": "door", "list": true, "labels": {"en": "Doors and windows", "zh": "门窗"}},
        {"name": "span", "kind": "span", "usual": "5m", "labels": {"en": "Open for", "zh": "打开多久"}},
        {"name": "again", "kind": "span", "usual": "10m", "labels": {"en": "Said again every", "zh": "多久再提醒"}},
        {"name": "to", "kind": "text", "optional": true, "labels": {"en": "Whom to tell", "zh": "通知谁"}}],
        "rule": {
        "when": [{"$each": "door", "becomes": "$door", "to": true, "for": "$span"}],
        "then": [{"repeat": [
        {"notify": {"$words": {
        "en": "{{ trigger.thing }}{% if trigger.room %} ({{ trigger.room }}){% endif %} is still open",
        "zh": "{{ trigger.thing }}{% if trigger.room %}（{{ trigger.room }}）{% endif %}仍然开着"}}, "to": "$to"},
        {"wait_for": [{"$each": "door", "becomes": "$door", "from": true, "to": false}], "timeout": "$again", "on_timeout": "go_on"}],
        "while": [{"any": [{"$each": "door", "all": [{"template": "{{ trigger.property == '${door}' }}"}, {"state": "$door", "is": true}]}]}],
        "most": 6}],
        "mode": "parallel", "most": 16}}
        """#

    private static let appliance = #"""
        {"id": "appliance_finished", "names": {"en": "Appliance finished", "zh": "电器运行完毕"},
        "inputs": [
        {"name": "power", "kind": "property", "quantity": "power", "labels": {"en": "Power meter", "zh": "功率计"}},
        {"name": "busy", "kind": "number", "range": [1, 10000], "usual": 20, "labels": {"en": "At work above (W)", "zh": "高于多少瓦算运行"}},
        {"name": "idle", "kind": "number", "range": [0.1, 10000], "usual": 5, "labels": {"en": "Done below (W)", "zh": "低于多少瓦算结束"}},
        {"name": "span", "kind": "span", "usual": "2m", "labels": {"en": "For", "zh": "持续"}},
        {"name": "text", "kind": "text", "optional": true, "labels": {"en": "What to say", "zh": "通知内容"}},
        {"name": "to", "kind": "text", "optional": true, "labels": {"en": "Whom to tell", "zh": "通知谁"}}],
        "rule": {
        "when": [{"crosses": "$power", "above": "$busy", "for": "1m"}],
        "then": [
        {"wait_for": [{"crosses": "$power", "below": "$idle", "for": "$span"}], "timeout": "12h"},
        {"$if": "text", "notify": "$text", "to": "$to"},
        {"$unless": "text", "notify": {"$words": {"en": "{{ trigger.thing }} is done", "zh": "{{ trigger.thing }}已运行完毕"}}, "to": "$to"}]}}
        """#

    private static let battery = #"""
        {"id": "low_battery", "names": {"en": "Low battery", "zh": "电量低"},
        "inputs": [
        {"name": "batteries", "kind": "property", "quantity": "battery", "list": true, "labels": {"en": "Batteries", "zh": "电池"}},
        {"name": "low", "kind": "number", "range": [1, 99], "usual": 15, "labels": {"en": "Low below (%)", "zh": "低于多少算低"}},
        {"name": "to", "kind": "text", "optional": true, "labels": {"en": "Whom to tell", "zh": "通知谁"}}],
        "rule": {
        "when": [{"$each": "batteries", "crosses": "$batteries", "below": "$low", "margin": 5, "for": "10m"}],
        "then": [{"notify": {"$words": {
        "en": "The battery of {{ trigger.thing }}{% if trigger.room %} ({{ trigger.room }}){% endif %} is at {{ trigger.to }}%",
        "zh": "{{ trigger.thing }}{% if trigger.room %}（{{ trigger.room }}）{% endif %}的电量只剩 {{ trigger.to }}%"}}, "to": "$to"}],
        "mode": "parallel", "most": 64}}
        """#

    private static let fan = #"""
        {"id": "humidity_fan", "names": {"en": "Fan by humidity", "zh": "湿度排风"},
        "inputs": [
        {"name": "humidity", "kind": "property", "quantity": "humidity", "labels": {"en": "Humidity", "zh": "湿度"}},
        {"name": "fan", "kind": "property", "labels": {"en": "Fan, on or off", "zh": "风扇开关"}},
        {"name": "high", "kind": "number", "range": [1, 100], "usual": 65, "labels": {"en": "On above (%)", "zh": "高于多少开"}},
        {"name": "low", "kind": "number", "range": [0, 99], "usual": 58, "labels": {"en": "Off below (%)", "zh": "低于多少关"}},
        {"name": "span", "kind": "span", "usual": "1m", "labels": {"en": "For", "zh": "持续"}},
        {"name": "most", "kind": "span", "usual": "1h", "labels": {"en": "Off after at most", "zh": "最长运行"}}],
        "rule": {
        "when": [{"crosses": "$humidity", "above": "$high", "margin": 3, "for": "$span"}],
        "only": [{"not": {"state": "$fan", "is": true}}],
        "then": [
        {"set": {"$fan": true}},
        {"wait_for": [{"crosses": "$humidity", "below": "$low", "for": "$span"}, {"becomes": "$fan", "from": true, "to": false}],
        "timeout": "$most", "on_timeout": "go_on"},
        {"only": [{"state": "$fan", "is": true, "by": ["rule"]}]},
        {"set": {"$fan": false}}]}}
        """#

    // What PresenceSimulation gives for a day is fired as events named "presence", each when it is due.
    private static let vacation = #"""
        {"id": "vacation", "names": {"en": "Looks lived in", "zh": "度假时模拟有人"},
        "inputs": [
        {"name": "people", "kind": "property", "quantity": "presence", "list": true, "optional": true, "labels": {"en": "Who is at home", "zh": "谁在家"}},
        {"name": "away", "kind": "property", "optional": true, "labels": {"en": "Away, true or false", "zh": "外出状态"}},
        {"name": "lights", "kind": "property", "list": true, "labels": {"en": "Lights", "zh": "灯"}}],
        "either": ["people", "away"],
        "rule": {
        "when": [{"event": "presence"}, {"$each": "people", "id": "home", "becomes": "$people", "to": true},
        {"$if": "away", "id": "home", "becomes": "$away", "to": false}],
        "then": [{"choose": [
        {"only": [{"triggered_by": ["home"]}], "then": [{"stop": {"$words": {"en": "someone is at home again", "zh": "有人回家了"}}}]},
        {"$each": "lights", "only": [{"$each": "people", "state": "$people", "is": false}, {"$if": "away", "state": "$away", "is": true},
        {"template": "{{ trigger.data.property == '${lights}' }}"}],
        "then": [{"set": {"$lights": "{{ trigger.data.value | tojson }}"}}]}]}],
        "mode": "queued", "most": 20}}
        """#
}

extension PresenceSimulation.Switching {
    /// What the blueprint "vacation" looks out for, to be fired when the switching is due. The thing is the address of a property.
    public var event: RuleEvent {
        .fired("presence", data: ["property": .string(thing), "value": value], by: .init(.schedule, name: "presence"))
    }
}
