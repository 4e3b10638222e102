/// Why a request was refused or ended.
public struct ServingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code as programs see it.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// There is no model of this name or alias.
        public static let modelNotFound = Code("model_not_found")
        /// The prompt, or the prompt and the answer asked for, is longer than the context.
        public static let contextTooLong = Code("context_length_exceeded")
        /// Too many requests wait; `retryAfter` says when to come back.
        public static let queueFull = Code("queue_full")
        /// The model fits into the memory budget, but not beside the models in use; `retryAfter` says when to come back.
        public static let memoryBusy = Code("memory_busy")
        /// The model doesn't fit into the memory budget, not even alone.
        public static let outOfMemory = Code("out_of_memory")
        /// A value of the request is out of range; `param` names it.
        public static let invalidRequest = Code("invalid_request")
        /// The server is being shut down.
        public static let draining = Code("draining")
        /// The model's files could not be loaded.
        public static let loadFailed = Code("load_failed")
        /// An embedding model was asked for text, or the other way round.
        public static let wrongKind = Code("wrong_model_kind")
        /// The model is answering or being loaded, and what was asked must wait for that; `retryAfter` says when to come back.
        public static let inUse = Code("model_in_use")
        /// The disk is full, so that what was asked could not be written; nothing was changed.
        public static let noSpace = Code("no_space")
        /// The caller gave the request up.
        public static let cancelled = Code("cancelled")
        /// A fault of Lares itself.
        public static let `internal` = Code("internal_error")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, where, and what to do.
    public let message: String
    /// The request's field at fault, in the API's spelling ("messages", "max_tokens").
    public let param: String?
    /// When to try again, for `queueFull`, `memoryBusy`, `inUse` and `draining`.
    public let retryAfter: Duration?

    /// A failure.
    public init(_ code: Code, _ message: String, param: String? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.param = param
        self.retryAfter = retryAfter
    }

    /// The message.
    public var description: String { message }
}
