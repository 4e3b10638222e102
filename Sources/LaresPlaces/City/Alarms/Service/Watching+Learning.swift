internal import Foundation
internal import LaresThings

/// What histories teach.
extension Watching {
    /// At most so many series learn from their histories at once, from so many learning times of readings and no more than so many.
    static let history = (series: 5_000, lives: 4, readings: 5_000)

    /// Learns what is usual for series that are watched and of which little is known.
    package func learn() async throws {
        guard let telemetry, !engine.plans.isEmpty else { return }
        let addresses = home.things().flatMap { view in view.thing.properties.map { PropertyAddress(view.thing.id, $0.name) } }
        let wanted = engine.unlearned(addresses).prefix(Self.history.series)
        guard !wanted.isEmpty else { return }
        let series = Dictionary(try await telemetry.series(of: nil).map { ($0.key, $0.id) }, uniquingKeysWith: { $1 })
        let range = Timestamp.earliest..<max(.earliest, Timestamp(clock.now + 1))
        for (key, learning) in wanted {
            guard !Task.isCancelled else { return }
            guard let id = series[SeriesKey(key.series)], let kind = home.property(key.series)?.kind else { continue }
            let limit = min(Self.history.readings, Self.history.lives * learning)
            let readings = try await telemetry.readings(of: id, in: range, order: .newestFirst, limit: limit)
            engine.learn(key, from: readings.reversed().compactMap { one in PropertyValue(one.value, kind).map { ($0, one.time.date) } })
        }
    }
}
