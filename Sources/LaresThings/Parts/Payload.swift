public import LaresJSON
internal import LaresTemplates

/// What a message says, read as JSON at most once however many look at it.
public struct Payload: Sendable {
    /// Longer ones aren't read as JSON.
    public static let longestJSON = 256 << 10
    /// JSON nested deeper isn't read.
    public static let deepestJSON = 32

    /// The bytes, as they came.
    public let bytes: [UInt8]
    private var reading = State.unread

    private enum State: Sendable { case unread, notJSON, json(JSON, TemplateValue?) }

    /// What a message says.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The JSON it is; nil when it isn't, or is too long or nested too deeply.
    public mutating func json() -> JSON? {
        switch reading {
        case .json(let json, _): return json
        case .notJSON: return nil
        case .unread:
            guard bytes.count <= Self.longestJSON, let json = try? JSON(parsing: bytes, maximumDepth: Self.deepestJSON) else {
                reading = .notJSON
                return nil
            }
            reading = .json(json, nil)
            return json
        }
    }

    /// The same for templates.
    mutating func templateValue() -> TemplateValue? {
        if case .json(_, let value?) = reading { return value }
        guard let json = json() else { return nil }
        let value = TemplateValue(json)
        reading = .json(json, value)
        return value
    }

    /// Its text; nil unless it is UTF-8.
    public var text: String? { String(validating: bytes, as: UTF8.self) }
}
