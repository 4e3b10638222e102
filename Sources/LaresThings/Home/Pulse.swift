public import Foundation
internal import Synchronization

/// What a property of numbers still is, though nothing changed.
///
/// Histories of changes alone can't tell what is constant from what is silent. So every five minutes of the clock the home keeps what it knows and
/// believes, as one batch: each of the shortest periods of statistics begins with a reading then, also those in which much changes. It is no
/// change: rules, watchers and sensing don't hear of it.
public struct Pulse: Hashable, Sendable {
    /// The property.
    public let address: PropertyAddress
    /// What it is: a number, true or false.
    public let value: PropertyValue

    /// A pulse.
    public init(_ address: PropertyAddress, _ value: PropertyValue) { (self.address, self.value) = (address, value) }

    /// Seconds from one to the next.
    public static let period = Double(PulseTime.period) / 1_000

    /// The last time up to a date for which there are pulses: a multiple of five minutes since 1970.
    public static func mark(before date: Date) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 / period).rounded(.down) * period)
    }
}

/// When pulses are due.
struct PulseClock: Sendable {
    private var last: Date?
    /// Seconds after which it isn't known any more what was at the time.
    static let patience = 60.0

    /// The time for which pulses are due; nil: there is none, or it was missed.
    mutating func mark(at now: Date) -> Date? {
        let mark = Pulse.mark(before: now)
        defer { last = mark }
        // What was before the first look isn't known.
        guard let last, mark > last, now.timeIntervalSince(mark) < Self.patience else { return nil }
        return mark
    }
}

extension HomeModel {
    /// Seconds for which a report is believed of a thing that doesn't say whether it is there.
    private static let belief = 7_200.0

    /// What properties with a history of numbers were at a time up to a minute ago, and still are, as far as it is known and believed.
    package func pulses(at mark: Date) -> [Pulse] {
        records.values.flatMap { record in
            record.slots.values.compactMap { place -> Pulse? in
                guard let slot = slots[place], slot.property.hasPulses, let value = slot.state.reported,
                    Self.wasSo(slot.state, at: mark), isBelieved(slot, of: record, at: mark)
                else { return nil }
                return Pulse(slot.address, value)
            }
        }
    }

    /// Whether it was already what it is; a change that lies further ahead was written while the clock was wrong.
    private static func wasSo(_ state: PropertyState, at mark: Date) -> Bool {
        guard let changed = state.changedAt else { return true }
        return changed <= mark || changed > mark + 2 * PulseClock.patience
    }

    /// Whether a thing says that it is there, or reported not long ago; a group: whether one of its things does.
    private func isBelieved(_ slot: Slot, of record: Record, at mark: Date) -> Bool {
        guard record.availability != .offline else { return false }
        if let group = byGroup[record.thing.id] {
            return group.members.contains { member in
                guard byGroup[member] == nil, let owner = records[member], let own = owner.thing.property(slot.property.base),
                    let place = owner.slots[own.name], let other = slots[place]
                else { return false }
                return isBelieved(other, of: owner, at: mark)
            }
        }
        let saysSo = record.parts.contains { installed[$0]?.part.availability != nil && installed[$0]?.availability == .online }
        return saysSo || slot.state.reportedAt.map { mark.timeIntervalSince($0) <= Self.belief } ?? false
    }
}

extension Property {
    /// Whether what it is is kept when it doesn't change.
    fileprivate var hasPulses: Bool { !isEvent && seriesKind.map { $0 != .state } ?? false }
}

extension Home {
    /// Keeps what stays as it is, when five minutes of the clock are over. ``run()`` calls it.
    ///
    /// - Throws: An error of the recorder; what it couldn't keep is a gap.
    public func pulse() throws {
        guard let recorder, let mark = state.withLock({ $0.pulses.mark(at: clock.now) }) else { return }
        try recording.withLock { _ in
            // What changed before comes first.
            try record()
            let (pulses, waiting) = state.withLock { ($0.model.pulses(at: mark), Set($0.unrecorded.map(\.address))) }
            try recorder.record(pulses.filter { !waiting.contains($0.address) }, at: mark) { address in
                state.withLock { $0.model.property(address) }
            }
        }
    }
}
