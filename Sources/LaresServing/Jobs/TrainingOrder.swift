import Foundation

/// What a child process is to train, and what it may use.
public struct TrainingOrder: Sendable, Hashable {
    /// The recipe's file.
    public var recipe: String
    /// The data's file; nil: the one that the recipe names.
    public var data: String?
    /// The file of the model that learns more, where the recipe names one.
    public var base: String?
    /// The folder for checkpoints, network and card.
    public var output: String
    /// What it may use.
    public var limits = TrainingLimits()
    /// Seconds of the time limit that are used already.
    public var spent = 0
    /// Threads that compute.
    ///
    /// One unless told otherwise: the scheduler lets an idle process off a processor when serving wants it, but the products of matrices
    /// are bound by memory too, which has no such classes.
    public var threads = 1

    /// Whether it runs only while no other process wants a processor; otherwise it gives way, but not without end.
    public var isIdle = true

    /// An order with the usual limits.
    public init(recipe: String, data: String? = nil, output: String) { (self.recipe, self.data, self.output) = (recipe, data, output) }

    /// The data's file, beside the recipe where that names it by a part of its path; nil: neither names one.
    func dataFile(_ named: String?) -> String? {
        guard data == nil, let named, !named.hasPrefix("/") else { return data ?? named }
        return URL(fileURLWithPath: recipe).deletingLastPathComponent().path + "/" + named
    }

    var arguments: [String] {
        ["train-worker", recipe, "--output", output, "--memory", String(limits.memory), "--disk", String(limits.disk)]
            + (data.map { ["--data", $0] } ?? []) + (base.map { ["--base", $0] } ?? []) + (isIdle ? ["--idle"] : [])
    }
}
