internal import LaresJSON

/// Why something can't be sensed or gone on with.
public struct SensingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// What was kept can't be read.
        public static let badMemory = Code("badMemory")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, where, and what to do.
    public let message: String

    /// A failure.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    /// The message.
    public var description: String { message }
}

extension JSONFields {
    /// Objects inside an array, no more than so many; none when it is left out.
    mutating func bounded(_ key: String, _ most: Int) throws(JSONError) -> [JSONFields] {
        let objects = try objects(key) ?? []
        guard objects.count <= most else { throw error(key, "has more than \(most) parts") }
        return objects
    }
}
