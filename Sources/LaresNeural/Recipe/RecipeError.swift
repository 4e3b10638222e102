/// A recipe, data or a folder that a training can't use.
public struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Hashable, Sendable {
        private let name: String
        private init(_ name: String) { self.name = name }
        /// The recipe is not JSON, has unknown names, or contradicts itself.
        public static let recipe = Code("recipe")
        /// The data is not what the recipe says, or not well-formed.
        public static let data = Code("data")
        /// A file can't be read or written.
        public static let file = Code("file")
        /// The training doesn't converge: its loss is no longer finite.
        public static let diverged = Code("diverged")
        /// The files of the training would take more than they may.
        public static let diskLimit = Code("diskLimit")
        /// The checkpoint belongs to another recipe or other data.
        public static let otherTraining = Code("otherTraining")
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
