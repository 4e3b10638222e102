internal import Foundation
public import LaresJSON

/// Values as people write them.
extension Property {
    /// Reads a value: JSON of its kind, or a text such as "on", "40%", "70 °F", "#ff8800".
    ///
    /// - Throws: ``ThingsError`` with `badValue` that says what it must be.
    public func value(from json: JSON) throws(ThingsError) -> PropertyValue {
        let value: PropertyValue?
        if case .string(let text) = json { value = self.value(from: text) } else { value = PropertyValue(json) }
        guard let value else { throw ThingsError(.badValue, "'\(name)' can't be \(json.serialized.prefix(60)): \(expectation)") }
        if let objection = kind.objection(to: value) {
            throw ThingsError(.badValue, "'\(name)' must \(objection)\(unit.map { " (\($0))" } ?? "")")
        }
        return value
    }

    private func value(from text: String) -> PropertyValue? {
        switch kind {
        case .boolean, .action: Self.truth[text.lowercased()].map { .boolean($0) }
        case .number: number(from: text).map { .number($0) }
        case .color: Color(text: text).map { .color($0) }
        case .choice, .text: .text(text)
        }
    }

    private static let truth = [
        "true": true, "on": true, "yes": true, "1": true, "开": true, "是": true, "false": false, "off": false, "no": false, "0": false,
        "关": false,
        "否": false,
    ]

    private func number(from text: String) -> Double? {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        let digits = trimmed.prefix { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
        guard let number = Double(digits), number.isFinite else { return nil }
        let symbol = trimmed.dropFirst(digits.count).trimmingCharacters(in: .whitespaces)
        if symbol.isEmpty || unit?.description == symbol { return number }
        return unit.flatMap { Unit(symbol == "C" || symbol == "F" ? "°" + symbol : symbol).convert(number, to: $0) }
    }

    private var expectation: String {
        switch kind {
        case .boolean: "it is true or false, on or off"
        case .action: "it is true"
        case .number: "it is a number\(unit.map { " in \($0)" } ?? "")"
        case .color: "it is a colour such as \"#ff8800\" or {\"hue\": 30, \"saturation\": 100}"
        case .choice(let words): "it is one of \(words.joined(separator: ", "))"
        case .text: "it is a text"
        }
    }

    /// What a value would do that a person must want; nil: nothing. Locking a door isn't dangerous, unlocking it is.
    public func hazard(of value: PropertyValue) -> Hazard? {
        guard let hazard else { return nil }
        return switch (hazard, value) {
        case (.opens, .boolean(let flag)): (base == "locked") != flag ? hazard : nil
        case (.opens, .number(let position)): position > 0 ? hazard : nil
        case (.disarms, .text(let word)): word.lowercased().contains("disarm") ? hazard : nil
        case (.heats, .boolean(false)), (.heats, .text("off")): nil
        default: hazard
        }
    }
}

extension Color {
    /// Reads "#ff8800".
    init?(text: String) {
        guard text.hasPrefix("#"), text.utf8.count == 7, let bits = UInt32(text.dropFirst(), radix: 16) else { return nil }
        self.init(red: Double(bits >> 16) / 255, green: Double(bits >> 8 & 255) / 255, blue: Double(bits & 255) / 255)
    }
}
