public import LaresJSON

/// Why a request to the SensorThings service can't be answered.
public struct SensorThingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The HTTP status that says so: 400, 403, 404, 405, 409, 413, 501 or 503.
    public let status: Int
    /// What is wrong, where, and what to do about it.
    public let message: String

    /// A failure.
    public init(_ status: Int, _ message: String) { (self.status, self.message) = (status, message) }

    /// The message.
    public var description: String { message }

    /// The body of the answer: `{"code": 400, "type": "error", "message": …}`.
    public var json: JSON { ["code": .int(status), "type": "error", "message": .string(message)] }
}

extension SensorThingsError {
    /// The request can't be answered as it stands.
    static func bad(_ message: String) -> SensorThingsError { SensorThingsError(400, message) }

    /// There is nothing at an address.
    static func missing(_ message: String) -> SensorThingsError { SensorThingsError(404, message) }

    /// What belongs to the home isn't changed here.
    static func ofTheHome(_ kind: STAKind, _ id: Int64) -> SensorThingsError {
        SensorThingsError(403, "\(kind.set)(\(id)) belongs to the home and can only be read here: change it where the home is kept")
    }
}
