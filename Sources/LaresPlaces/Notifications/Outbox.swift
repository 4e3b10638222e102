public import Foundation
public import LaresThings
internal import Synchronization

/// Tells people and programs things, however long that takes.
///
/// ```swift
/// let outbox = Outbox(store, site: site, sender: NetworkSender(folder: folder))
/// async let end: Void = outbox.run()                  // until its task is cancelled
/// try outbox.post(notice, isUrgent: true)
/// ```
///
/// What is posted is on the disk before ``post(_:isUrgent:)`` returns, and stays there until the other side has taken it or it is given up. Each
/// thing arrives at least once; who gets one twice can tell by its key.
public final class Outbox: Sendable {
    /// Makes the parts of deliveries that are made by chance.
    public struct Chance: Sendable {
        /// From 0 to 1.
        var fraction: @Sendable () -> Double
        /// Never the same text twice; letters, digits and "-".
        var key: @Sendable () -> String

        /// By the system's chance, unless said otherwise.
        public init(
            fraction: @escaping @Sendable () -> Double = { .random(in: 0...1) },
            key: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() }
        ) { (self.fraction, self.key) = (fraction, key) }
    }

    let store: OutboxStore
    private let place: Mutex<Site>
    let sender: any Sender
    let policy: RetryPolicy
    let limits: OutboxLimits
    let clock: any TimeSource
    let chance: Chance
    private let wakes: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)
    private let lastTrouble = Mutex<String?>(nil)

    /// An outbox as it was left.
    ///
    /// - Parameters:
    ///   - home: Where it is kept.
    ///   - site: Its clocks, for quiet hours.
    ///   - sender: What sends.
    ///   - policy: How often, and for how long, things are tried.
    ///   - limits: How much it holds.
    ///   - clock: What time it is.
    ///   - chance: Keys, and how long exactly to wait.
    public init(
        _ home: HomeStore, site: Site, sender: any Sender, policy: RetryPolicy = RetryPolicy(), limits: OutboxLimits = OutboxLimits(),
        clock: any TimeSource = SystemTime(), chance: Chance = Chance()
    ) {
        place = Mutex(site)
        (store, self.sender, self.policy, self.limits) = (OutboxStore(home), sender, policy, limits)
        (self.clock, self.chance) = (clock, chance)
        wakes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// The home's clocks, as they are now.
    var site: Site { place.withLock(\.self) }

    /// The home is somewhere else now.
    func move(to site: Site) { place.withLock { $0 = site } }

    /// Why nothing goes out at all, such as a full disk; nil: nothing keeps it.
    public var trouble: String? { lastTrouble.withLock { $0 } }

    /// Has it look what is due, as after the clock was set.
    package func wake() { wakes.continuation.yield() }
}

/// Sending what is due.
extension Outbox {
    /// Sends what is due, when it is due, until its task is cancelled. Once: it doesn't begin again.
    public func run() async {
        while await attempt({ try store.resume(at: clock.now) }) == nil, !Task.isCancelled {}
        await withDiscardingTaskGroup { group in
            var wakes = self.wakes.stream.makeAsyncIterator()
            while !Task.isCancelled {
                for delivery in await attempt({ try store.begin(at: clock.now, most: limits.parallel) }) ?? [] {
                    group.addTask {
                        await self.send(delivery)
                        self.wake()
                    }
                }
                let alarm = Task { [self] in await sleepUntilDue() }
                _ = await wakes.next()
                alarm.cancel()
            }
        }
    }

    /// Sends what is due now, and what of it is due again, one round after the other.
    package func sendDue() async throws {
        while !Task.isCancelled, case let due = try store.begin(at: clock.now, most: limits.parallel), !due.isEmpty {
            await withDiscardingTaskGroup { group in
                for delivery in due { group.addTask { await self.send(delivery) } }
            }
        }
    }

    /// At most a minute at once: clocks are set.
    private func sleepUntilDue() async {
        let next = try? store.nextDate()
        let wait = next.map { max(0.1, min(60, $0.timeIntervalSince(clock.now))) } ?? 60
        try? await Task.sleep(for: .seconds(wait))
        if !Task.isCancelled { wake() }
    }

    private func send(_ begun: Delivery) async {
        var delivery = begun
        let outcome = await outcome(of: delivery)
        if Task.isCancelled, outcome != .sent {
            delivery.resume(at: clock.now)
        } else {
            delivery.finish(outcome, at: clock.now, by: policy, chance: chance.fraction())
        }
        // Until it is kept, it counts as being sent: better late than again and again.
        while await attempt({ [delivery] in try store.save(delivery) }) == nil, !Task.isCancelled {}
    }

    private func outcome(of delivery: Delivery) async -> SendOutcome {
        let kind: NoticeChannel.Kind?
        do { kind = try self.kind(of: delivery.target) } catch { return .failed("\(error)") }
        guard let kind else { return .refused("there is no channel '\(delivery.target)' any more") }
        return await sender.send(
            Parcel(kind, delivery.content, key: delivery.key, isUrgent: delivery.isUrgent, createdAt: delivery.createdAt))
    }

    private func kind(of target: String) throws -> NoticeChannel.Kind? {
        if let address = WebAddress(target) { return .webhook(Webhook(address)) }
        return try store.channel(target)?.kind
    }

    /// Does something with the database; after a failure it says so, and waits a little.
    /// - Returns: Nil: it failed.
    private func attempt<Result: Sendable>(_ body: () throws -> Result) async -> Result? {
        do {
            let result = try body()
            lastTrouble.withLock { $0 = nil }
            return result
        } catch {
            lastTrouble.withLock { $0 = "the outbox can't be kept: \(error)" }
            try? await Task.sleep(for: .seconds(5))
            return nil
        }
    }
}
