public import LaresLanguage

/// What the serving part does now.
public struct ServingStatus: Sendable, Hashable {
    /// Whether requests are taken.
    public enum State: String, Sendable, Hashable {
        /// Models asked for at start are still being loaded.
        case loading
        /// Requests are taken.
        case ready
        /// Running requests end, new ones are refused.
        case draining
    }

    /// One loaded model.
    public struct Model: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Bytes of its weights in memory.
        public var weightBytes: Int
        /// Bytes set aside for its key/value cache.
        public var cacheBytes: Int
        /// Pages of the cache in use by running sequences.
        public var usedPages: Int
        /// Pages of the cache.
        public var totalPages: Int
        /// Sequences waiting.
        public var queued: Int
        /// Sequences in the batch.
        public var running: Int
        /// Generation speed of late, over all sequences.
        public var tokensPerSecond: Double?
        /// Where the time of its steps went since it was loaded.
        public var times: StepTimes
        /// Bytes of weights that a step of one token reads.
        public var stepBytes: Int

        /// A loaded model.
        public init(
            name: String, weightBytes: Int, cacheBytes: Int, usedPages: Int, totalPages: Int, queued: Int, running: Int,
            tokensPerSecond: Double? = nil, times: StepTimes = StepTimes(), stepBytes: Int = 0
        ) {
            self.name = name
            self.weightBytes = weightBytes
            self.cacheBytes = cacheBytes
            self.usedPages = usedPages
            self.totalPages = totalPages
            self.queued = queued
            self.running = running
            self.tokensPerSecond = tokensPerSecond
            self.times = times
            self.stepBytes = stepBytes
        }
    }

    /// Whether requests are taken.
    public var state: State
    /// Bytes that models may take.
    public var memoryBudget: Int
    /// Bytes they take: weights, caches, what their steps work in, and what is reserved for those being loaded.
    public var memoryUsed: Int
    /// The loaded models, by name.
    public var models: [Model]

    /// Sequences waiting, over all models.
    public var queued: Int { models.reduce(0) { $0 + $1.queued } }
    /// Sequences in a batch, over all models.
    public var running: Int { models.reduce(0) { $0 + $1.running } }
    /// Part of the key/value pages in use, 0…1, over all models.
    public var cacheUse: Double {
        let total = models.reduce(0) { $0 + $1.totalPages }
        return total == 0 ? 0 : Double(models.reduce(0) { $0 + $1.usedPages }) / Double(total)
    }

    /// A status.
    public init(state: State, memoryBudget: Int, memoryUsed: Int, models: [Model]) {
        self.state = state
        self.memoryBudget = memoryBudget
        self.memoryUsed = memoryUsed
        self.models = models
    }
}
