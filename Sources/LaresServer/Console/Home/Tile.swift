import LaresPlaces
import LaresThings

/// A thing as a tile: picture, name, state in words, one control.
struct Tile {
    let view: ThingView
    let said: ThingWords
    /// The page to come back to.
    let back: String
    let mayAct: Bool

    var thing: Thing { view.thing }
    var words: Words { said.words }

    /// The id of the element that is replaced when the tile reads differently.
    var cell: String { "t-" + thing.id.description.replacing("/", with: "--") }

    /// Whether it takes the room of two.
    var isWide: Bool { level != nil || target != nil || property("locked") != nil || choice != nil || actions.count > 1 }

    func property(_ base: String) -> Property? { thing.properties.first { $0.base == base && $0.role == .primary } }

    func state(_ property: Property?) -> PropertyState? { property.flatMap { view.states[$0.name] } }

    var power: Property? { property("on").flatMap { $0.isWritable ? $0 : nil } }
    var level: Property? {
        ["brightness", "speed", "position"].lazy.compactMap { property($0) }.first { $0.isWritable && state($0)?.reported != nil }
    }
    var target: Property? {
        ["target_temperature", "target_humidity"].lazy.compactMap { property($0) }.first { $0.isWritable && state($0)?.reported != nil }
    }

    /// The fields of the template `tile`.
    var fields: [String: Any] {
        let isGone = view.availability == .offline
        let isOn = state(power)?.reported == .boolean(true)
        let isWaiting = view.states.values.contains { $0.desired != nil }
        let isUsable = mayAct && !isGone
        return [
            "thing": thing.id.description, "cell": cell, "href": thing.page, "name": said.name(thing), "icon": thing.category.icon,
            "back": back,
            "wide": isWide, "isOn": isOn && !isGone, "isWaiting": isWaiting && !isGone, "isGone": isGone,
            "state": Self.field(sentence(isGone, isWaiting)), "reading": Self.field(isGone ? nil : reading),
            "switch": Self.field(isUsable ? toggle : nil), "level": Self.field(isUsable ? slider : nil),
            "target": Self.field(isUsable ? stepper : nil), "act": Self.field(isUsable ? act : nil),
            "choice": Self.field(isUsable ? chooser : nil), "acts": isUsable ? acts : [], "anyActs": isUsable && !actions.isEmpty,
            "pill": Self.field(pill(isGone, isWaiting)), "more": Self.field(isGone ? nil : more),
        ]
    }

    /// What a page gets for something that may not be there.
    private static func field(_ value: Any?) -> Any { value ?? false }

    private func sentence(_ isGone: Bool, _ isWaiting: Bool) -> String? {
        if isGone { return words("tile.gone") }
        if let waiting = thing.properties.first(where: { state($0)?.desired != nil }), let desired = state(waiting)?.desired {
            return words("tile.waiting", ["value": waiting.kind == .action ? said.plainAct(waiting) : said.value(desired, of: waiting)])
        }
        let told = [power, level, property("state"), property("mode"), property("action")].compactMap(\.self).filter {
            state($0)?.reported != nil
        }
        let isOff = power.map { state($0)?.reported == .boolean(false) } ?? false
        let texts = told.filter { !isOff || $0 == power }.prefix(2).map { said.value(state($0)?.reported, of: $0) }
        if !texts.isEmpty { return texts.joined(separator: words("list.comma")) }
        guard reading == nil else { return nil }
        if let beside { return beside }
        return thing.properties.contains(where: \.isReported) ? words("tile.unheard") : nil
    }

    /// What a thing without a state or a reading says of how it is set up and doing.
    private var beside: String? {
        let heard = thing.properties.filter { state($0)?.reported != nil }
        let main = heard.filter { $0.role == .primary }
        let texts = (main.isEmpty ? heard : main).prefix(2).map { pair($0) }
        return texts.isEmpty ? nil : texts.joined(separator: words("list.comma"))
    }

    private func pair(_ property: Property) -> String {
        words("tile.pair", ["name": said.label(property), "value": said.value(state(property)?.reported, of: property)])
    }

    /// What a thing that only tells says in large letters.
    private var reading: [String: Any]? {
        guard power == nil, level == nil, property("locked") == nil, property("state") == nil, let main = readings.first,
            let value = state(main)?.reported
        else { return nil }
        guard case .number(let number) = value, let unit = main.unit else { return ["number": said.value(value, of: main), "unit": ""] }
        return ["number": said.plain(number), "unit": unit.description.printable]
    }

    /// What it tells, what people look for first in front.
    private var readings: [Property] {
        let all = thing.properties.filter {
            $0.role == .primary && !$0.isWritable && state($0)?.reported != nil && !Self.exact.contains($0.base)
        }
        let isSensed = thing.origin.hasPrefix(SenseEngine.origin), first = isSensed ? Self.firstSensed : Self.first
        func rank(_ property: Property) -> Int { first.firstIndex(of: (isSensed ? property.base : property.quantity) ?? "") ?? first.count }
        return all.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
    }

    /// Where somebody is to the metre is on the thing's page only, and being home is what their location says.
    private static let exact: Set<String> = ["latitude", "longitude", "accuracy", "home"]
    private static let first = ["temperature", "power"]
    private static let firstSensed = ["occupancy", "comfort", "air", "feels_like"]

    /// What else it tells.
    private var more: String? {
        let rest = reading == nil ? readings.filter { !["state", "action", "mode"].contains($0.base) } : Array(readings.dropFirst())
        let texts = rest.prefix(3).map { pair($0) }
        return texts.isEmpty ? nil : texts.joined(separator: words("list.comma"))
    }

    private var toggle: [String: Any]? {
        guard let power, let value = state(power)?.reported?.boolean else { return nil }
        return ["property": power.name, "checked": value ? "true" : "false", "next": value ? "false" : "true", "label": said.name(thing)]
    }

    private var slider: [String: Any]? {
        guard let level, case .number(let range) = level.kind, let value = state(level)?.reported?.number else { return nil }
        let (least, greatest) = (range.least ?? 0, range.greatest ?? 100)
        let width = (greatest - least) / 10
        return steps(level, value, least, greatest, width).merging(
            ["least": "\(least)", "greatest": "\(greatest)", "value": "\(value.rounded())"]) { $1 }
    }

    private var stepper: [String: Any]? {
        guard let target, case .number(let range) = target.kind, let value = state(target)?.reported?.number else { return nil }
        return steps(target, value, range.least ?? -1e6, range.greatest ?? 1e6, max(range.step ?? 0.5, 0.1))
    }

    private func steps(_ property: Property, _ value: Double, _ least: Double, _ greatest: Double, _ width: Double) -> [String: Any] {
        let label = words("tile.of", ["name": said.name(thing), "property": said.label(property)])
        return [
            "property": property.name, "text": said.value(.number(value), of: property), "label": label,
            "less": "\(max(least, value - width))", "more": "\(min(greatest, value + width))",
            "lessLabel": words("tile.less", ["name": label]), "moreLabel": words("tile.more", ["name": label]),
        ]
    }

    private var act: [String: Any]? {
        guard let lock = property("locked"), lock.isWritable, let isLocked = state(lock)?.reported?.boolean else { return nil }
        return ["property": lock.name, "next": isLocked ? "false" : "true", "label": words(isLocked ? "tile.unlock" : "tile.lock")]
    }

    private func pill(_ isGone: Bool, _ isWaiting: Bool) -> [String: Any]? {
        if isGone { return ["tone": "warn", "pillIcon": "off", "word": words("tile.offline")] }
        if isWaiting { return ["tone": "info", "pillIcon": "clock", "word": words("tile.sent")] }
        guard let isLocked = state(property("locked"))?.reported?.boolean else { return nil }
        return [
            "tone": isLocked ? "ok" : "warn", "pillIcon": isLocked ? "check" : "alert",
            "word": words(isLocked ? "truth.locked.true" : "truth.locked.false"),
        ]
    }
}

extension Thing {
    /// The address of its page.
    var page: String { "/things/\(id)" }
}
