internal import Foundation
internal import LaresThings

/// Which rules led to what: what a rule does, and what follows from it within a minute, is one chain.
struct RuleChains: Sendable {
    /// Seconds for which what a rule did is remembered.
    static let memory = 60.0
    /// Seconds after which what a run does isn't the doing of those that led to it any more: it has waited, so nothing runs away.
    static let freshness = 10.0
    private static let most = 4096

    private var links: [RuleIndex.Key: (chain: [RuleID], date: Date)] = [:]

    /// A run does something.
    mutating func note(_ key: RuleIndex.Key, _ run: RuleRun, at now: Date) {
        let isFresh = now.timeIntervalSince(run.startedAt) <= Self.freshness
        links[key] = (isFresh ? run.chain : [run.rule], now)
        guard links.count > Self.most else { return }
        links = links.filter { now.timeIntervalSince($0.value.date) <= Self.memory }
        if links.count > Self.most { links = [:] }
    }

    /// The rule that published on a topic a moment ago, whose doing a message on it is taken for.
    func publisher(on topic: String, at now: Date) -> Cause? {
        guard let link = links[.topic(topic)], now.timeIntervalSince(link.date) <= Self.freshness else { return nil }
        return link.chain.last.map { Cause(.rule, name: $0.description) }
    }

    /// The rules that led to something. What people, devices and models do begins anew.
    func chain(to occasion: RuleOccasion, at now: Date) -> [RuleID] {
        guard let cause = occasion.cause, cause.kind == .rule, let rule = RuleID(cause.name) else { return [] }
        let key: RuleIndex.Key? =
            occasion.address.map { .property($0) } ?? occasion.name.map { occasion.kind == "mqtt" ? .topic($0) : .event($0) }
        guard let key, let link = links[key], link.chain.last == rule, now.timeIntervalSince(link.date) <= Self.memory else {
            return [rule]
        }
        return link.chain
    }
}
