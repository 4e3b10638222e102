internal import LaresJSON
internal import LaresTemplates

/// Sets a property that is true or false by one of two words.
struct SwitchCommand: Command {
    let property: String
    let publication: Publication
    let on: String
    let off: String
    /// The template for switching off, where it is another.
    var offTemplate: ValueTemplate?

    var properties: [String] { [property] }

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        guard let isOn = setting[property]?.boolean else { return [] }
        var publication = publication
        if !isOn, let offTemplate { publication.template = offTemplate }
        return [try publication.message(.string(isOn ? on : off))]
    }
}

/// Sets a property to a text or one of some words.
struct TextCommand: Command {
    let property: String
    let publication: Publication
    /// What the device calls its words, where that differs.
    var words: [String: String] = [:]

    var properties: [String] { [property] }

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        guard let text = setting[property]?.text else { return [] }
        return [try publication.message(.string(words[text] ?? text))]
    }
}

/// Makes something happen by a fixed word.
struct ActionCommand: Command {
    let property: String
    let publication: Publication
    let word: String

    var properties: [String] { [property] }

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        setting[property] == .boolean(true) ? [try publication.message(.string(word))] : []
    }
}

/// Sets a number.
struct NumberCommand: Command {
    let property: String
    let publication: Publication
    /// What the property's number is multiplied with, and what is added then.
    var factor = 1.0
    var offset = 0.0
    /// How the device wants it.
    var rounding = Rounding.float
    /// What the property's own number is called in templates.
    var name: String?
    /// What else templates may name.
    var names: [String: TemplateValue] = [:]

    /// What kind of number a device is sent.
    enum Rounding {
        /// With a point, always: "21.0".
        case float
        /// Without one where it is whole.
        case whole
        /// The nearest whole number.
        case nearest
        /// The whole number above.
        case up
    }

    var properties: [String] { [property] }

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        guard let number = setting[property]?.number else { return [] }
        var names = names
        if let name { names[name] = Int(exactly: number).map { .int($0) } ?? .double(number) }
        return [try publication.message(json(of: number), names)]
    }

    /// The device's number for the property's.
    func json(of number: Double) -> JSON {
        let value = number * factor + offset
        switch rounding {
        case .float: return .double(value)
        case .whole: return Int(exactly: value).map { .int($0) } ?? .double(value)
        case .nearest: return Int(exactly: value.rounded(.toNearestOrEven)).map { .int($0) } ?? .double(value)
        case .up:
            // Without what multiplying added: 7 × (100 / 100) must not become 8.
            return Int(exactly: Conversions.rounded(value, places: 9).rounded(.up)).map { .int($0) } ?? .double(value)
        }
    }
}
