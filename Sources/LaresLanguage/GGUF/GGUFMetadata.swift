/// The key-value part of a GGUF file, read by type: a wrong type is an error that names the key, never a silent default.
public struct GGUFMetadata: Sendable {
    private let values: [String: GGUFValue]

    /// Every key with its value.
    public var all: [String: GGUFValue] { values }

    /// Metadata of values that were already checked.
    public init(_ values: [String: GGUFValue]) {
        self.values = values
    }

    /// Every key, in no order.
    public var keys: some Collection<String> { values.keys }

    /// The value of a key, or nil.
    public subscript(_ key: String) -> GGUFValue? { values[key] }

    /// A string; throws `missing` or `wrongType`.
    public func string(_ key: String) throws -> String { try needed(key, stringIfPresent(key)) }
    /// An integer of any width; throws `missing`, `wrongType` or `outOfRange`.
    public func int(_ key: String) throws -> Int { try needed(key, intIfPresent(key)) }
    /// A FLOAT32 or FLOAT64; throws `missing` or `wrongType`.
    public func float(_ key: String) throws -> Float { try needed(key, floatIfPresent(key)) }
    /// A BOOL; throws `missing` or `wrongType`.
    public func bool(_ key: String) throws -> Bool { try needed(key, boolIfPresent(key)) }
    /// An array of strings; throws `missing` or `wrongType`.
    public func strings(_ key: String) throws -> [String] { try needed(key, stringsIfPresent(key)) }
    /// An array of integers of any width; throws `missing` or `wrongType`.
    public func ints(_ key: String) throws -> [Int] { try needed(key, intsIfPresent(key)) }
    /// An array of floats; throws `missing` or `wrongType`.
    public func floats(_ key: String) throws -> [Float] { try needed(key, floatsIfPresent(key)) }

    /// A string, or nil when the key is absent; throws `wrongType`.
    public func stringIfPresent(_ key: String) throws -> String? {
        try value(key, "a string") { if case .string(let value) = $0 { value } else { nil } }
    }

    /// An integer, or nil when the key is absent; throws `wrongType`, or `outOfRange` when it does not fit `Int`.
    public func intIfPresent(_ key: String) throws -> Int? {
        try value(key, "an integer that fits 64 bits") { if case .integer(let value, _) = $0 { Int(exactly: value) } else { nil } }
    }

    /// A float, or nil when the key is absent; throws `wrongType`.
    public func floatIfPresent(_ key: String) throws -> Float? {
        try value(key, "a float") { if case .float(let value, _) = $0 { Float(value) } else { nil } }
    }

    /// A truth value, or nil when the key is absent; throws `wrongType`.
    public func boolIfPresent(_ key: String) throws -> Bool? {
        try value(key, "a bool") { if case .bool(let value) = $0 { value } else { nil } }
    }

    /// Strings, or nil when the key is absent; throws `wrongType`.
    public func stringsIfPresent(_ key: String) throws -> [String]? {
        try value(key, "an array of strings") { if case .array(let value) = $0 { value.strings() } else { nil } }
    }

    /// Integers, or nil when the key is absent; throws `wrongType`.
    public func intsIfPresent(_ key: String) throws -> [Int]? {
        try value(key, "an array of integers") { if case .array(let value) = $0 { value.integers() } else { nil } }
    }

    /// Floats, or nil when the key is absent; throws `wrongType`.
    public func floatsIfPresent(_ key: String) throws -> [Float]? {
        try value(key, "an array of floats") { if case .array(let value) = $0 { value.floats() } else { nil } }
    }

    /// The array under a key in the form the file has it, or nil when the key is absent; throws `wrongType`.
    public func arrayIfPresent(_ key: String) throws -> GGUFArray? {
        try value(key, "an array") { if case .array(let value) = $0 { value } else { nil } }
    }

    private func value<T>(_ key: String, _ wanted: String, _ convert: (GGUFValue) -> T?) throws -> T? {
        guard let value = values[key] else { return nil }
        guard let result = convert(value) else {
            throw GGUFError(.wrongType, "'\(key)' must be \(wanted), the file has \(Self.describe(value)); convert the model again")
        }
        return result
    }

    private func needed<T>(_ key: String, _ value: T?) throws -> T {
        guard let value else { throw GGUFError(.missing, "the key '\(key)' is missing; convert the model again") }
        return value
    }

    private static func describe(_ value: GGUFValue) -> String {
        if case .array(let array) = value { return "an array of \(array.kind)" }
        if case .integer(let number, let kind) = value { return "\(kind) \(number)" }
        return "\(value.kind)"
    }
}
