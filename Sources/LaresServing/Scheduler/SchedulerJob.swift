package import LaresTensor

/// What the scheduler knows of a request.
package struct SchedulerJob: Sendable, Hashable {
    /// Its number; unique.
    package let id: Int
    /// Who asked.
    package let caller: String
    /// How urgent it is.
    package let work: WorkClass
    /// Tokens that are known: the prompt, and what was generated so far. Grows by one with each generated token.
    package internal(set) var tokens: Int
    /// Stands for the beginning of the prompt up to the end of each page that can be shared: prompts that agree at one agree up to it.
    package let pages: [Int]
    /// Whether its caller has paid for the prompt; it isn't paid again when the request comes back after it gave way.
    var isCharged = false

    /// Whether both prompts are the same up to the end of a page.
    func shares(_ page: Int, with other: SchedulerJob) -> Bool {
        page < pages.count && page < other.pages.count && pages[page] == other.pages[page]
    }

    package init(id: Int, caller: String, work: WorkClass, promptTokens: Int, pages: [Int] = []) {
        self.id = id
        self.caller = caller
        self.work = work
        self.pages = pages
        tokens = promptTokens
    }
}

/// What happens to a request that wants in.
package enum Submission: Sendable, Hashable {
    /// It waits.
    case queued
    /// Too many wait, altogether or of this caller; try again later.
    case full(retryAfter: Duration)
    /// No new work is taken.
    case draining
}

/// What the engine shall do now, in this order.
package struct SchedulerStep: Sendable, Hashable {
    /// Tokens of one sequence in the next forward pass.
    package struct Entry: Sendable, Hashable {
        /// Which request.
        package let id: Int
        /// At most so many tokens that were not computed yet.
        package let tokens: Int
    }

    /// Sequences to close; they wait again, and their tokens are computed once more when they come back.
    package var preempted: [Int] = []
    /// Requests to open sequences for, with room for all their tokens.
    package var admitted: [Int] = []
    /// The forward pass. Empty when `preempted` isn't: close those, and ask again with the pages that became free.
    package var entries: [Entry] = []
}

/// How much a scheduler takes on.
package struct SchedulerSettings: Sendable, Hashable {
    /// Most requests that wait.
    package var queueLimit = 512
    /// Most requests of one caller that wait: three quarters of the queue, so that nobody can shut all others out.
    package var callerLimit: Int { queueLimit - queueLimit / 4 }
    /// Most sequences in a batch.
    package var batchLimit = 64
    /// Most tokens of other prompts in a step beside a command.
    package var tokensBesideActs = 16
    /// Most prompt tokens in a step while no answer is being written.
    package var promptTokens = 512
    /// Most prompt tokens in a step while answers are being written: a longer step would be felt as a stutter.
    package var mixedPromptTokens = 64
    /// Tokens of a page of the cache.
    package var pageTokens = 16

    package init() {}
}
