internal import Foundation
internal import LaresThings

/// What one property was over a time, from its history.
struct Recording {
    /// What it was when the time began; nil: unknown.
    private(set) var before: PropertyState?
    /// What it became, earliest first; at most ``most``.
    private(set) var events: [RuleReplay.Recorded] = []
    static let most = 100_000
    /// Readings before the time that are looked at for when it became what it was: pulses of three days.
    private static let earlier = 1_000

    init(_ address: PropertyAddress, over range: Range<Timestamp>, in telemetry: any TelemetryStore, property: Property?)
        async throws
    {
        guard let property,
            let series = try await telemetry.series(of: address.thing.description).first(where: { $0.key == SeriesKey(address) })
        else { return }
        let earlier = try await telemetry.readings(
            of: series.id, in: .earliest..<range.lowerBound, order: .newestFirst, limit: Self.earlier)
        var last = earlier.first.flatMap { PropertyValue($0.value, property.kind) }
        if let latest = earlier.first, let last {
            let change = earlier.prefix { $0.value == latest.value }.last ?? latest
            var state = PropertyState()
            (state.reported, state.reportedAt, state.changedAt) = (last, latest.time.date, change.time.date)
            before = state
        }
        for reading in try await telemetry.readings(of: series.id, in: range, order: .oldestFirst, limit: Self.most) {
            // A reading that says the same again is a pulse.
            guard let value = PropertyValue(reading.value, property.kind), value != last || property.isEvent else { continue }
            let change = Change(address, from: last, to: value, at: reading.time.date, by: .device)
            events.append(RuleReplay.Recorded(reading.time.date, .changed(change)))
            last = value
        }
    }
}
