/// A job, or data for one, that can't be taken or found.
public struct JobError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Hashable, Sendable {
        private let name: String
        private init(_ name: String) { self.name = name }
        /// There is no such job.
        public static let notFound = Code("notFound")
        /// The recipe is not one.
        public static let badRecipe = Code("badRecipe")
        /// The limits are out of range, or have unknown names.
        public static let badLimits = Code("badLimits")
        /// The job is finished, or not over, and can't be resumed.
        public static let notResumable = Code("notResumable")
        /// Too many jobs wait.
        public static let queueFull = Code("queueFull")
        /// There is no such data set.
        public static let noSuchData = Code("noSuchData")
        /// The data are no table.
        public static let badData = Code("badData")
        /// The data are larger than allowed.
        public static let tooLarge = Code("tooLarge")
        /// The program that would train isn't where it was.
        public static let programGone = Code("programGone")
        /// Another process trains in the folder.
        public static let folderInUse = Code("folderInUse")
        /// The folder can't be made or written.
        public static let badFolder = Code("badFolder")
        /// Too many data sets are kept.
        public static let tooMany = Code("tooMany")
    }

    /// What is wrong, for programs.
    public let code: Code
    /// What is wrong and what to do, for people.
    public let message: String
    /// The message.
    public var description: String { message }

    /// An error.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }
}
