/// Reads the members of an object strictly: each is asked for by name, and `end` refuses what nobody asked for.
///
/// For files and requests in which a misspelt name must not pass as a default. Errors name the place, such as "steps[2].outputs".
public struct JSONFields: Sendable {
    private let members: JSON.Members
    /// Where the object stands, such as "steps[2]"; empty for the whole.
    public let place: String
    private var asked: [String] = []

    /// - Parameters:
    ///   - value: What should be an object.
    ///   - place: Where it stands; empty for the whole.
    /// - Throws: ``JSONError`` for something else, and for an object that names a member twice.
    public init(_ value: JSON, at place: String = "") throws(JSONError) {
        guard case .object(let members) = value else {
            throw JSONError(message: "\(place.isEmpty ? "the whole" : "'\(place)'") must be an object, not \(value.kind)")
        }
        (self.members, self.place) = (members, place)
        var seen: Set<String> = []
        for (key, _) in members where !seen.insert(key).inserted {
            throw JSONError(message: "'\(name(key))' stands there twice: keep one")
        }
    }

    /// The full name of a member, as errors give it.
    public func name(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    /// An error about a member.
    public func error(_ key: String, _ what: String) -> JSONError { JSONError(message: "'\(name(key))' \(what)") }

    /// A member of any kind; nil when it is left out or null.
    public mutating func value(_ key: String) -> JSON? {
        asked.append(key)
        guard let value = members[key], value != .null else { return nil }
        return value
    }

    /// A member that must be there.
    public mutating func required(_ key: String) throws(JSONError) -> JSON {
        guard let value = value(key) else { throw error(key, "is missing") }
        return value
    }

    /// A text; nil when it is left out.
    public mutating func string(_ key: String) throws(JSONError) -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value else { throw error(key, "must be a string, not \(value.kind)") }
        return text
    }

    /// One of some words; nil when it is left out.
    public mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, of type: Choice.Type = Choice.self)
        throws(JSONError) -> Choice? where Choice.RawValue == String
    {
        guard let text = try string(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw error(key, "is \"\(text)\"; it may be \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// True or false; nil when it is left out.
    public mutating func bool(_ key: String) throws(JSONError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .bool(let flag) = value else { throw error(key, "must be true or false, not \(value.kind)") }
        return flag
    }

    /// A whole number in a range, `1.0` counts as one; nil when it is left out.
    public mutating func int(_ key: String, in range: ClosedRange<Int>) throws(JSONError) -> Int? {
        guard let value = value(key) else { return nil }
        return try integer(value, key, range)
    }

    /// A number in a range; nil when it is left out.
    public mutating func double(_ key: String, in range: ClosedRange<Double>) throws(JSONError) -> Double? {
        guard let value = value(key) else { return nil }
        return try number(value, key, range)
    }

    /// The elements of an array; nil when it is left out.
    public mutating func array(_ key: String) throws(JSONError) -> [JSON]? {
        guard let value = value(key) else { return nil }
        guard case .array(let elements) = value else { throw error(key, "must be an array, not \(value.kind)") }
        return elements
    }

    /// An array of texts; nil when it is left out.
    public mutating func strings(_ key: String) throws(JSONError) -> [String]? {
        guard let elements = try array(key) else { return nil }
        var texts: [String] = []
        for (i, element) in elements.enumerated() {
            guard case .string(let text) = element else { throw error("\(key)[\(i)]", "must be a string, not \(element.kind)") }
            texts.append(text)
        }
        return texts
    }

    /// An array of whole numbers; nil when it is left out.
    public mutating func ints(_ key: String, in range: ClosedRange<Int>) throws(JSONError) -> [Int]? {
        guard let elements = try array(key) else { return nil }
        var numbers: [Int] = []
        for (i, element) in elements.enumerated() { numbers.append(try integer(element, "\(key)[\(i)]", range)) }
        return numbers
    }

    /// An array of numbers; nil when it is left out.
    public mutating func doubles(_ key: String, in range: ClosedRange<Double>) throws(JSONError) -> [Double]? {
        guard let elements = try array(key) else { return nil }
        var numbers: [Double] = []
        for (i, element) in elements.enumerated() { numbers.append(try number(element, "\(key)[\(i)]", range)) }
        return numbers
    }

    /// An object inside; nil when it is left out.
    public mutating func fields(_ key: String) throws(JSONError) -> JSONFields? {
        guard let value = value(key) else { return nil }
        return try JSONFields(value, at: name(key))
    }

    /// Objects inside an array; nil when it is left out.
    public mutating func objects(_ key: String) throws(JSONError) -> [JSONFields]? {
        guard let elements = try array(key) else { return nil }
        var objects: [JSONFields] = []
        for (i, element) in elements.enumerated() { objects.append(try JSONFields(element, at: name("\(key)[\(i)]"))) }
        return objects
    }

    /// Refuses members that nobody asked for. Throws ``JSONError``, which names the first and what there may be.
    public func end() throws(JSONError) {
        for (key, _) in members where !asked.contains(key) {
            throw error(key, "is unknown; there may be \(asked.sorted().joined(separator: ", "))")
        }
    }

    private func integer(_ value: JSON, _ key: String, _ range: ClosedRange<Int>) throws(JSONError) -> Int {
        let whole: Int? =
            switch value {
            case .int(let number): number
            case .double(let number): Int(exactly: number)
            default: nil
            }
        guard let whole else { throw error(key, "must be a whole number, not \(value.serialized.prefix(40))") }
        guard range.contains(whole) else {
            throw error(key, "is \(whole); it must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        return whole
    }

    private func number(_ value: JSON, _ key: String, _ range: ClosedRange<Double>) throws(JSONError) -> Double {
        let number: Double
        switch value {
        case .int(let whole): number = Double(whole)
        case .double(let fraction): number = fraction
        default: throw error(key, "must be a number, not \(value.kind)")
        }
        guard range.contains(number) else {
            throw error(key, "is \(number); it must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }
}
