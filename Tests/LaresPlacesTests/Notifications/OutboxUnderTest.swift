import Foundation
import LaresJSON
import LaresPlaces
import LaresStore
import LaresThings
import Synchronization

/// Takes what is sent, and says what came of it as it was told.
final class MemorySender: Sender {
    private let state = Mutex<(parcels: [Parcel], answers: [SendOutcome])>(([], []))
    private let (stream, continuation) = AsyncStream.makeStream(of: Parcel.self)
    private let never = AsyncStream.makeStream(of: Void.self)
    private let isStuck: Bool

    /// - Parameter isStuck: Whether tries never end, until their task is cancelled.
    init(_ answers: [SendOutcome] = [], isStuck: Bool = false) {
        self.isStuck = isStuck
        state.withLock { $0.answers = answers }
    }

    /// What was sent, in order.
    var parcels: [Parcel] { state.withLock { $0.parcels } }
    var texts: [String] { parcels.map(\.shown) }

    /// The next thing that is sent.
    func next() async -> Parcel? {
        for await parcel in stream { return parcel }
        return nil
    }

    func send(_ parcel: Parcel) async -> SendOutcome {
        let answer = state.withLock { state in
            state.parcels.append(parcel)
            return state.answers.isEmpty ? SendOutcome.sent : state.answers.removeFirst()
        }
        continuation.yield(parcel)
        guard isStuck else { return answer }
        for await _ in never.stream {}
        return .failed("cut off")
    }
}

extension Parcel {
    /// What it says, and whether it is urgent.
    var shown: String {
        switch content {
        case .notice(let notice, _): notice.text + (isUrgent ? "!" : "")
        case .call(let body, _): body.serialized
        }
    }
}

/// An outbox in a folder of its own.
struct OutboxUnderTest {
    let store: HomeStore
    let outbox: Outbox
    let clock: FixedClock
    let sender: MemorySender

    /// 2026-11-29 12:00 in Berlin.
    static let noon = Date(timeIntervalSince1970: 1_795_950_000)

    init(_ path: String, _ sender: MemorySender = MemorySender(), limits: OutboxLimits = OutboxLimits(), at now: Date = noon) throws {
        (store, clock) = (try HomeStore(home: LaresHome(path: path)), FixedClock(now))
        self.sender = sender
        outbox = Outbox(
            store, site: Site(zone: try TimeZoneRules("Europe/Berlin")), sender: sender, limits: limits, clock: clock,
            chance: Outbox.Chance(fraction: { 0 }))
    }

    /// Anna has a phone and quiet nights; Ben has the same phone, mail, and none.
    func furnish() throws {
        try outbox.set(channel: ["name": "phone", "kind": "ntfy", "server": "http://127.0.0.1:1", "topic": "t"])
        try outbox.set(channel: ["name": "hook", "kind": "webhook", "url": "http://127.0.0.1:1/hook"])
        try outbox.set(NoticeRecipient(["name": "Anna", "channels": ["phone"], "quiet": ["from": "22:00", "to": "07:00"]]))
        try outbox.set(NoticeRecipient(["name": "Ben", "channels": ["phone", "hook"]]))
    }

    @discardableResult
    func post(_ text: String, to recipient: String? = nil, isUrgent: Bool = false) throws -> Int {
        try outbox.post(
            Notice(date: clock.now, text: text, title: nil, recipient: recipient, rule: "rule"), isUrgent: isUrgent)
    }

    /// How deliveries stand, oldest first.
    func states() throws -> [Delivery.State] { try outbox.deliveries().reversed().map(\.state) }
}

/// Gives a folder, and removes it afterwards.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = NSTemporaryDirectory() + "lares-test-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}
