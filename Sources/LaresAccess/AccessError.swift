/// Why a key, a person or the policy can't be made or changed, or a deed isn't done.
public struct AccessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        /// Its name: "wrongPIN".
        public let name: String

        private init(_ name: String) { self.name = name }

        /// The name is empty, too long, has invisible characters, or stands for callers without a key.
        public static let badName = Code("badName")
        /// A usable key has this name already.
        public static let nameTaken = Code("nameTaken")
        /// No usable key has this name or id.
        public static let noSuchKey = Code("noSuchKey")
        /// The end lies in the past.
        public static let badExpiry = Code("badExpiry")
        /// Whoever asks may not do this.
        public static let notAllowed = Code("notAllowed")
        /// A person can't have this role.
        public static let badRole = Code("badRole")
        /// No person has this id.
        public static let noSuchPerson = Code("noSuchPerson")
        /// The PIN has another form, or is one of those that are tried first.
        public static let badPIN = Code("badPIN")
        /// A PIN is needed, and none was given.
        public static let needsPIN = Code("needsPIN")
        /// The PIN isn't right, or there is no such person, or they have none: it never says which.
        public static let wrongPIN = Code("wrongPIN")
        /// PINs aren't looked at for a while.
        public static let tooManyTries = Code("tooManyTries")
        /// The policy can't be read.
        public static let badPolicy = Code("badPolicy")
        /// Somebody changed the policy meanwhile.
        public static let policyChanged = Code("policyChanged")
        /// The policy refuses the deed.
        public static let refused = Code("refused")
        /// The deed needs no person.
        public static let nothingToConfirm = Code("nothingToConfirm")
        /// Too many questions wait for an answer.
        public static let tooManyPending = Code("tooManyPending")
        /// No such question waits for this: there is none, it has ended, or somebody was faster.
        public static let noSuchConfirmation = Code("noSuchConfirmation")
        /// What would be done is no longer what was confirmed.
        public static let deedChanged = Code("deedChanged")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong and what to do.
    public let message: String
    /// After how many seconds it is worth trying again; nil: waiting doesn't help.
    public let retryAfter: Int?

    /// A failure.
    public init(_ code: Code, _ message: String, retryAfter: Int? = nil) {
        (self.code, self.message, self.retryAfter) = (code, message, retryAfter)
    }

    /// The message.
    public var description: String { message }
}
