public import Foundation
internal import Synchronization

/// Keeps the changes of a home in a telemetry store.
public final class TelemetryRecorder: ChangeRecorder {
    /// The store.
    public let store: any TelemetryStore
    private let known = Mutex<[PropertyAddress: Line]>([:])
    /// Series of how readings came about.
    private let circumstances = Mutex<[SeriesKey: SeriesID]>([:])

    /// Where the changes of a property go; nil: nowhere.
    private struct Line: Sendable {
        let series: SeriesID?
        let kind: SeriesKind
        /// Readings of a series have different times: what is reported within a millisecond is kept a millisecond apart, however long that goes on.
        var last = Int64.min
        /// When the last change happened, by the clock.
        var clock = Int64.min
    }

    /// A recorder for a store.
    public init(_ store: any TelemetryStore) { self.store = store }

    /// Goes on with what was kept before a restart: a thing that couldn't be reached then is told of when it can be.
    ///
    /// - Throws: ``TelemetryError``.
    public func resume() async throws {
        let all = try await store.series(of: nil).filter(\.key.isOfCircumstances)
        circumstances.withLock { known in for one in all { known[one.key] = one.id } }
    }

    /// Keeps changes, and whose doing they were unless the thing's own; what is unknown now, and what has no history (buttons), is left out.
    ///
    /// - Throws: ``TelemetryError``.
    public func record(_ changes: [Change], property: (PropertyAddress) -> Property?) throws {
        try declare(Set(changes.map(\.address)), property, at: changes.last.map { Timestamp($0.date).milliseconds } ?? 0)
        let kept = known.withLock { known in
            changes.compactMap { change in Self.reading(change, &known).map { (change: change, reading: $0) } }
        }
        try append(kept.map { $0.reading } + causes(of: kept))
    }

    private func causes(of kept: [(change: Change, reading: Reading)]) throws -> [Reading] {
        let meant = kept.filter { $0.change.cause.kind != .device }
        guard !meant.isEmpty else { return [] }
        try declareCircumstances(Set(meant.map { SeriesKey($0.change.address).cause }))
        return circumstances.withLock { known in
            meant.compactMap { change, reading in
                known[SeriesKey(change.address).cause].map { Reading($0, at: reading.time, change.cause.recorded) }
            }
        }
    }

    private func declareCircumstances(_ keys: Set<SeriesKey>) throws {
        let new = circumstances.withLock { known in keys.filter { known[$0] == nil } }
        guard !new.isEmpty else { return }
        let declarations = new.map { SeriesDeclaration($0, .state) }
        let ids = try Blocking.wait { [store] in try await store.declaring(declarations) }
        circumstances.withLock { known in for (key, id) in ids { known[key] = id } }
    }

    /// Keeps when things could be reached. That of a thing begins when it can't be for the first time: most always can.
    ///
    /// - Throws: ``TelemetryError``.
    public func record(_ changes: [AvailabilityChange]) throws {
        try declareCircumstances(Set(changes.filter { $0.availability == .offline }.map { SeriesKey.availability(of: $0.thing) }))
        let readings = circumstances.withLock { known in
            changes.compactMap { change in
                known[.availability(of: change.thing)].map {
                    Reading($0, at: Timestamp(change.date), .state(change.availability.rawValue))
                }
            }
        }
        try append(readings)
    }

    /// Keeps what properties still are, as readings a millisecond after the date; what changed since has a reading already.
    ///
    /// - Throws: ``TelemetryError``.
    public func record(_ pulses: [Pulse], at date: Date, property: (PropertyAddress) -> Property?) throws {
        let mark = Timestamp(date).milliseconds
        try declare(Set(pulses.map(\.address)), property, at: mark)
        try append(known.withLock { known in pulses.compactMap { Self.reading($0, at: mark, &known) } })
    }

    private func append(_ readings: [Reading]) throws {
        let store = store, most = 20_000
        for start in stride(from: 0, to: readings.count, by: most) {
            let piece = Array(readings[start...].prefix(most))
            try Blocking.wait { try await store.append(piece) }
        }
    }

    private static func reading(_ pulse: Pulse, at mark: Int64, _ known: inout [PropertyAddress: Line]) -> Reading? {
        let time = PulseTime.latest(upTo: mark + 1)
        // What lies minutes ahead was written before the clock was set back.
        guard let line = known[pulse.address], let series = line.series, line.kind != .state,
            time > line.last || line.last > time + 120_000, let value = pulse.value.reading(line.kind)
        else { return nil }
        known[pulse.address]?.last = time
        known[pulse.address]?.clock = mark
        return Reading(series, at: Timestamp(milliseconds: time), value)
    }

    private static func reading(_ change: Change, _ known: inout [PropertyAddress: Line]) -> Reading? {
        guard let line = known[change.address], let series = line.series, let value = change.new?.reading(line.kind) else {
            return nil
        }
        let now = Timestamp(change.date).milliseconds
        // A clock that was set back is believed; what came in the same second, or faster than the clock can tell apart, is later than what came before.
        let time = now > line.last || now &+ 1_000 < line.clock ? now : line.last + 1
        known[change.address]?.last = time
        known[change.address]?.clock = now
        return Reading(series, at: Timestamp(milliseconds: time), value)
    }

    private func declare(_ addresses: Set<PropertyAddress>, _ property: (PropertyAddress) -> Property?, at now: Int64) throws {
        let new = known.withLock { known in addresses.filter { known[$0] == nil } }
        guard !new.isEmpty else { return }
        let wanted = new.map { ($0, property($0)?.seriesKind) }
        let declarations = wanted.compactMap { address, kind in kind.map { SeriesDeclaration(SeriesKey(address), $0) } }
        let ids = try Blocking.wait { [store] in try await store.declaring(declarations) }
        // Times run ahead of the clock when much is reported at once; after a restart they must not come again, or take the place of what was kept.
        let latest = try Blocking.wait { [store] in try await store.latest(of: Array(ids.values)) }
        known.withLock { known in
            // What is nowhere now may be somewhere later: it is looked up again then.
            for case (let address, let kind?) in wanted {
                let series = ids[SeriesKey(address)]
                let last = series.flatMap { latest[$0]?.time.milliseconds } ?? .min
                // A reading an hour ahead was written while the clock was wrong.
                known[address] = Line(series: series, kind: kind, last: last > now + 3_600_000 ? .min : last)
            }
        }
    }
}

extension TelemetryStore {
    /// The numbers of series; one whose kind can't become what is wanted is left out, and what was kept of it stays.
    fileprivate func declaring(_ declarations: [SeriesDeclaration]) async throws -> [SeriesKey: SeriesID] {
        // All at once; one that can't be is found by trying each.
        if let all = try? await declare(declarations) {
            return Dictionary(zip(declarations.map(\.key), all), uniquingKeysWith: { $1 })
        }
        var ids: [SeriesKey: SeriesID] = [:]
        for declaration in declarations {
            do {
                ids[declaration.key] = try await declare([declaration])[0]
            } catch let error as TelemetryError where [.wrongKind, .badName, .tooManySeries].contains(error.code) {
                continue
            }
        }
        return ids
    }
}

extension SeriesKey {
    /// The history of a property.
    public init(_ address: PropertyAddress) { self.init(thing: address.thing.description, property: address.property) }
}

extension Property {
    /// How its history adds up; nil: it has none.
    var seriesKind: SeriesKind? {
        switch kind {
        case .boolean: .measurement
        case .number:
            accumulation == .totalIncreasing ? .meter : quantity == "power" && unit == .watt ? .power : .measurement
        case .choice, .text, .color: .state
        case .action: nil
        }
    }
}

extension PropertyValue {
    fileprivate func reading(_ kind: SeriesKind) -> ReadingValue? {
        switch self {
        case .boolean(let flag): kind == .state ? .state(flag ? "true" : "false") : .number(flag ? 1 : 0)
        case .number(let number): kind == .state ? .state("\(number)") : abs(number) <= 1e200 ? .number(number) : nil
        case .text(let text): kind == .state ? .state(text.cut(toBytes: 4_000)) : nil
        case .color(let color): kind == .state ? .state("\(color.hue),\(color.saturation)") : nil
        }
    }
}

extension String {
    /// Its beginning, of so many bytes at most, without half a character at the end.
    fileprivate func cut(toBytes most: Int) -> String {
        guard utf8.count > most else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: most)
        while end.samePosition(in: self) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}

extension PropertyValue {
    /// What a reading said of a property of a kind; nil if it can't be told.
    package init?(_ reading: ReadingValue, _ kind: PropertyKind) {
        switch (reading, kind) {
        case (.number(let number), .boolean): self = .boolean(number != 0)
        case (.number(let number), .number): self = .number(number)
        case (.state(let text), .choice), (.state(let text), .text): self = .text(text)
        case (.state(let text), .color):
            let parts = text.split(separator: ",").compactMap { Double($0) }
            guard parts.count == 2, let color = Color(hue: parts[0], saturation: parts[1]) else { return nil }
            self = .color(color)
        default: return nil
        }
    }
}
