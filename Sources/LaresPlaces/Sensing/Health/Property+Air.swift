internal import Foundation
package import LaresThings

extension Property {
    /// Whether a temperature is that of the air in a room or outdoors, for which limits are narrow: an oven that is taken for a room is "impossible"
    /// every Sunday.
    ///
    /// It is where a thing measures rather than works, nothing in its words says that it looks into something, and it is in a room, says that it is
    /// outdoors, or measures what only air has besides. Anything else may be water, a chip or a stove.
    package func isOfAir(of thing: Thing) -> Bool {
        guard role == .primary else { return false }
        let own = AirWords([name, label ?? ""]), said = AirWords(of: thing)
        guard !own.nameVessel, !said.nameVessel, !own.nameHeating else { return false }
        switch thing.category.description {
        // The thermostat of a radiator tells of the room, though not what flows through it.
        case "climate": return true
        case "sensor": break
        default: return false
        }
        // What has a programme or a target is an appliance.
        guard !said.nameHeating, !thing.properties.contains(where: { $0.isWritable && $0.role == .primary }) else { return false }
        return thing.area != nil || own.nameOutdoors || said.nameOutdoors
            || thing.properties.contains { $0.quantity.map(Self.airy.contains) ?? false }
    }

    /// Whether its name, or its thing's, says that it looks outdoors. In a room that takes plain words: what is at the door to the garden may hang inside.
    package func isOutdoors(of thing: Thing) -> Bool {
        let names = [AirWords([name, label ?? ""]), AirWords(of: thing)]
        return names.contains { thing.area == nil ? $0.nameOutdoors : $0.nameOutside }
    }

    private static let airy: Set = ["humidity", "carbon_dioxide", "volatile_organic_compounds", "pm25", "pm10", "atmospheric_pressure"]
}

/// The words in which people and makers name a temperature.
private struct AirWords {
    private let words: Set<String>
    private let text: String

    init(_ texts: [String]) {
        text = texts.joined(separator: " ").lowercased()
        words = Set(text.split { !$0.isLetter }.map(String.init))
    }

    /// A thing's id begins with its room, which doesn't count: "boiler-room/thermometer" is one of air.
    init(of thing: Thing) {
        let own = thing.id.description.split(separator: "/").last.map(String.init) ?? ""
        self.init([own, thing.name] + thing.names.values + thing.aliases)
    }

    /// Something that is hot or cold inside.
    var nameVessel: Bool { has(Self.vessels, Self.chineseVessels) }
    /// What is made to be warmer than the air.
    var nameHeating: Bool { has(Self.heating, Self.chineseHeating) }
    var nameOutdoors: Bool { nameOutside || has(Self.outdoors, Self.chineseOutdoors) }
    var nameOutside: Bool { has(Self.outside, Self.chineseOutside) }

    /// Chinese has no spaces between words.
    private func has(_ words: Set<String>, _ parts: [String]) -> Bool {
        !self.words.isDisjoint(with: words) || parts.contains { text.contains($0) }
    }

    private static let vessels: Set = [
        "oven", "stove", "hob", "grill", "barbecue", "bbq", "smoker", "kettle", "kiln", "fridge", "refrigerator", "freezer", "cooler",
        "sauna",
        "pool", "spa", "aquarium", "pond", "washer", "dryer", "dishwasher", "fireplace", "chimney", "flue", "meat", "food", "wine", "soil",
        "engine", "nozzle", "hotend", "cpu", "gpu", "processor", "chip", "inverter", "backofen", "ofen", "kühlschrank", "gefrierschrank",
        "kamin", "boden",
    ]
    private static let chineseVessels = [
        "烤箱", "烤炉", "灶", "冰箱", "冷柜", "冰柜", "酒柜", "水壶", "泳池", "桑拿", "鱼缸", "土壤", "洗衣机", "烘干机", "洗碗机", "烟道", "芯片", "处理器", "逆变器",
    ]
    private static let heating: Set = [
        "boiler", "heater", "radiator", "furnace", "burner", "water", "flow", "return", "supply", "tank", "cylinder", "buffer", "collector",
        "exhaust", "battery", "charger", "motor", "compressor", "evaporator", "condenser", "coil", "pipe", "surface", "probe", "kessel",
        "heizung", "heizkörper", "vorlauf", "rücklauf", "wasser", "warmwasser", "speicher",
    ]
    private static let chineseHeating = ["锅炉", "水温", "出水", "回水", "热水", "水箱", "暖气", "散热", "探头", "电池", "管道"]
    private static let outside: Set = ["outdoor", "outdoors", "outside", "aussen", "außen", "draussen", "draußen"]
    private static let chineseOutside = ["室外", "户外"]
    private static let outdoors: Set = ["garden", "balcony", "terrace", "weather", "garten"]
    private static let chineseOutdoors = ["花园", "阳台", "天气"]
}
