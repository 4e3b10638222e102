import LaresJSON

/// Reads the members of a request's object, each checked for its kind and range; errors name the parameter.
///
/// A member that is null counts as left out, as the clients mean it.
struct Fields {
    private let members: JSON.Members
    private let prefix: String

    /// - Parameters:
    ///   - value: What should be an object.
    ///   - name: Where it stands, such as `messages[2]`; empty for the request itself.
    /// - Throws: ``APIError`` when it is something else.
    init(_ value: JSON, name: String = "") throws {
        guard case .object(let members) = value else {
            let what = name.isEmpty ? "the request body" : "'\(name)'"
            throw APIError.invalid("\(what) must be an object, not \(value.kind)", param: name.isEmpty ? nil : name, code: "invalid_type")
        }
        self.members = members
        prefix = name.isEmpty ? "" : name + "."
    }

    /// The names of the members there are.
    var names: [String] { members.map(\.key) }

    /// Refuses members of other names: one that is misspelt would count as left out.
    ///
    /// - Throws: ``APIError`` that names the first.
    func allow(only known: [String]) throws {
        guard let stranger = names.first(where: { !known.contains($0) }) else { return }
        throw APIError.invalid(
            "'\(name(String(stranger.prefix(60))))' is unknown; there may be \(known.sorted().joined(separator: ", "))",
            param: name(stranger), code: "unknown_parameter")
    }

    /// The full name of a member, as errors give it.
    func name(_ key: String) -> String { prefix + key }

    /// The value of a member; nil when it is left out or null.
    func value(_ key: String) -> JSON? {
        guard let value = members[key], value != .null else { return nil }
        return value
    }

    func wrongType(_ key: String, _ expected: String, _ value: JSON) -> APIError {
        APIError.invalid("'\(name(key))' must be \(expected), not \(value.kind)", param: name(key), code: "invalid_type")
    }

    /// A member that must be there.
    func required(_ key: String) throws -> JSON {
        guard let value = value(key) else {
            throw APIError.invalid("'\(name(key))' is missing", param: name(key), code: "missing_required_parameter")
        }
        return value
    }

    func requiredString(_ key: String) throws -> String {
        _ = try required(key)
        return try string(key) ?? ""
    }

    func string(_ key: String) throws -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value else { throw wrongType(key, "a string", value) }
        return text
    }

    func bool(_ key: String) throws -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .bool(let flag) = value else { throw wrongType(key, "true or false", value) }
        return flag
    }

    /// A whole number; `1.0` counts as one.
    func int(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let value = value(key) else { return nil }
        let number: Int? =
            switch value {
            case .int(let number): number
            case .double(let number): Int(exactly: number)
            default: nil
            }
        guard let number else { throw wrongType(key, "a whole number", value) }
        guard range.contains(number) else { throw outOfRange(key, "\(number)", range) }
        return number
    }

    func double(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
        guard let value = value(key) else { return nil }
        let number: Double
        switch value {
        case .int(let whole): number = Double(whole)
        case .double(let fraction): number = fraction
        default: throw wrongType(key, "a number", value)
        }
        guard range.contains(number) else { throw outOfRange(key, "\(number)", range) }
        return number
    }

    private func outOfRange<Bound>(_ key: String, _ value: String, _ range: ClosedRange<Bound>) -> APIError {
        APIError.invalid("'\(name(key))' is \(value); it must lie between \(range.lowerBound) and \(range.upperBound)", param: name(key))
    }

    /// A nested object; nil when it is left out or null.
    func fields(_ key: String) throws -> Fields? {
        try value(key).map { try Fields($0, name: name(key)) }
    }
}
