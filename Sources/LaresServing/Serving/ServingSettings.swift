import Foundation

/// How much of the machine models may take, and how requests are batched.
public struct ServingSettings: Sendable, Hashable {
    /// Bytes that models may take, weights and caches together.
    public var memoryBudget: Int
    /// Threads that compute; nil takes every processor this process may use.
    public var threads: Int?
    /// Models to load at start; one that fails doesn't stop the others.
    public var preload: [String]
    /// Longest prompt plus answer; nil takes each model's own.
    public var contextLimit: Int?
    /// Tokens the cache of a language model holds; nil takes its context or 16,384, whichever is more, as far as memory allows.
    public var cacheTokens: Int?
    /// Most requests that wait for one model; one caller may have three quarters of these places.
    public var queueLimit: Int
    /// Most sequences in a batch.
    public var batchLimit: Int
    /// Most prompt tokens in one step.
    public var stepTokens: Int
    /// Whether every logit is computed exactly, also those that can't be chosen (see ``OutputHead``).
    public var exactHead: Bool
    /// Whether greedy answers guess what they repeat and check several tokens in a step (see `PromptLookup`).
    public var speculates: Bool
    /// Bytes of prefixes of each model that are kept on disk while it is not in memory; 0 keeps none. They hold the tokens of what was said.
    public var prefixBytes: Int

    /// Settings; what is left out fits the machine.
    public init(
        memoryBudget: Int = ServingSettings.standardBudget, threads: Int? = nil, preload: [String] = [], contextLimit: Int? = nil,
        cacheTokens: Int? = nil, queueLimit: Int = 512, batchLimit: Int = 64, stepTokens: Int = 512, exactHead: Bool = false,
        speculates: Bool = true, prefixBytes: Int = 0
    ) {
        self.memoryBudget = memoryBudget
        self.threads = threads
        self.preload = preload
        self.contextLimit = contextLimit
        self.cacheTokens = cacheTokens
        self.queueLimit = queueLimit
        self.batchLimit = batchLimit
        self.stepTokens = stepTokens
        self.exactHead = exactHead
        self.speculates = speculates
        self.prefixBytes = prefixBytes
    }

    /// Three quarters of the memory this process may have (a container's limit counts).
    public static var standardBudget: Int {
        let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let limit = (try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8)).flatMap {
            Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return min(machine, limit ?? machine) / 4 * 3
    }
}
