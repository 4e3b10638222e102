public import LaresNeural
public import LaresTensor

/// One input that a caller sent.
public struct InferenceInput: Sendable {
    /// Which input of the network.
    public var name: String
    /// What the caller says its elements are; must be what the signature says.
    public var datatype: SignatureType
    /// Its elements and sizes.
    public var value: NetworkValue

    /// An input.
    public init(name: String, datatype: SignatureType, value: NetworkValue) {
        self.name = name
        self.datatype = datatype
        self.value = value
    }
}

/// A question to a trained network.
public struct InferenceRequest: Sendable {
    /// The network's name.
    public var model: String
    /// A version's number or alias; nil: production, or the trial beside it.
    public var version: String?
    /// All inputs of the signature, in any order.
    public var inputs: [InferenceInput]
    /// How urgent it is.
    public var work: WorkClass

    /// A request.
    public init(model: String, version: String? = nil, inputs: [InferenceInput], work: WorkClass = .chat) {
        self.model = model
        self.version = version
        self.inputs = inputs
        self.work = work
    }
}

/// What a network answered.
public struct InferenceAnswer: Sendable {
    /// Which version computed it.
    public let version: ModelVersion
    /// Every output of the signature, by name.
    public let outputs: [String: NetworkValue]
}

/// How requests to one network are joined.
public struct BatchLimits: Sendable, Hashable {
    /// Most rows that are computed together, 1 or more.
    public var rows: Int
    /// How long a request may wait for others; none by default: what arrives during a step makes the next one.
    public var delay: Duration

    /// Limits.
    public init(rows: Int = 64, delay: Duration = .zero) {
        self.rows = rows
        self.delay = delay
    }
}

/// What a network has answered since it was loaded. Times are sums.
public struct InferenceStatistics: Sendable, Hashable {
    /// Times of steps with one number of rows.
    public struct Batch: Sendable, Hashable {
        /// How many steps.
        public internal(set) var steps = 0
        /// What they took.
        public internal(set) var time = Duration.zero
    }

    /// Rows that were answered.
    public internal(set) var rows = 0
    /// Requests that were answered.
    public internal(set) var answered = 0
    /// Requests that failed.
    public internal(set) var failed = 0
    /// From arrival to answer, of those answered.
    public internal(set) var total = Duration.zero
    /// From arrival to answer, of those that failed.
    public internal(set) var failing = Duration.zero
    /// From arrival to the step.
    public internal(set) var waiting = Duration.zero
    /// In steps, counted for every request in them.
    public internal(set) var computing = Duration.zero
    /// Steps, by their number of rows.
    public internal(set) var batches: [Int: Batch] = [:]
    /// Milliseconds since 1970 of the last answer; 0 before the first.
    public internal(set) var last = 0

    /// Nothing so far.
    public init() {}
}
