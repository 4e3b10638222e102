internal import LaresJSON

/// What a reader has in its hands: the message as it came, or what a template took out of it.
enum Reading {
    case raw([UInt8])
    case value(JSON)
}

extension Optional<ValueTemplate> {
    /// What is there to read; nil where the template's answer is that there is nothing.
    func reading(of payload: inout Payload) throws(ThingsError) -> Reading? {
        guard let template = self else { return payload.bytes.isEmpty ? nil : .raw(payload.bytes) }
        guard let value = try template.value(of: &payload) else { return nil }
        if case .string(let text) = value, text.isEmpty { return nil }
        return .value(value)
    }
}

extension Reading {
    /// As a finite number; nil where it is none.
    var number: Double? {
        switch self {
        case .raw(let bytes): NumberText.number(bytes)
        case .value(let json): Conversions.number(json)
        }
    }

    /// As Python prints it, without the blank space around it; nil unless it is UTF-8.
    var text: String? {
        switch self {
        case .raw(let bytes): String(validating: bytes, as: UTF8.self)
        case .value(let json): json.pythonText.trimmed
        }
    }

    /// Whether it says that there is no value: "None".
    var isNone: Bool {
        switch self {
        case .raw(let bytes): bytes.elementsEqual("None".utf8)
        case .value(.null), .value(.string("None")): true
        case .value: false
        }
    }

    /// The members, where it is an object or the JSON text of one.
    var members: JSON.Members? {
        let json: JSON?
        switch self {
        case .raw(let bytes): json = Self.object(bytes)
        case .value(.string(let text)): json = Self.object(Array(text.utf8))
        case .value(let value): json = value
        }
        if case .object(let members)? = json { return members } else { return nil }
    }

    private static func object(_ bytes: [UInt8]) -> JSON? {
        guard bytes.count <= Payload.longestJSON, bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else { return nil }
        return try? JSON(parsing: bytes, maximumDepth: Payload.deepestJSON)
    }
}
