/// A plan, a file or an input that a network can't take.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Hashable, Sendable {
        private let name: String
        private init(_ name: String) { self.name = name }
        /// The plan is not JSON, has unknown names, or contradicts itself.
        public static let plan = Code("plan")
        /// Shapes or types that don't fit.
        public static let shape = Code("shape")
        /// A value outside its range: NaN, an index that is no token, a number that its type doesn't hold.
        public static let value = Code("value")
        /// More memory than is allowed.
        public static let tooLarge = Code("tooLarge")
        /// A file that is no network, or damaged.
        public static let file = Code("file")
    }

    /// What is wrong, for programs.
    public let code: Code
    /// What is wrong, where, and what to do, for people.
    public let message: String
    /// The message.
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
