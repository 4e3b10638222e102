internal import Foundation
internal import LaresThings

/// What histories teach.
extension Watching {
    /// At most so many series learn from their histories at once, from so many learning times of readings and no more than so many.
    static let history = (series: 5_000, lives: 4, readings: 5_000)

    /// Learns what is usual for series that are watched and of which little is known.
    package func learn() async throws {
        guard let telemetry, !engine.plans.isEmpty else { return }
        let addresses = home.things().flatMap { view in view.thing.properties.map { SeriesKey(PropertyAddress(view.thing.id, $0.name)) } }
        let all = try await telemetry.series(of: nil), plans = engine.plans.filter(\.isBeyondThings)
        let beyond = all.filter { one in
            one.kind != .state && Self.isMeant(one.key) && plans.contains { $0.watches(one.key) } && !Self.isOfThing(one.key, home)
        }
        let unlearned = engine.unlearned(addresses) + engine.unlearned(beyond.map(\.key), areOfThings: false)
        let wanted = unlearned.prefix(Self.history.series)
        guard !wanted.isEmpty else { return }
        let series = Dictionary(all.map { ($0.key, $0.id) }, uniquingKeysWith: { $1 })
        let range = Timestamp.earliest..<max(.earliest, Timestamp(clock.now + 1))
        for one in wanted {
            guard !Task.isCancelled else { return }
            let limit = min(Self.history.readings, Self.history.lives * one.learning)
            var readings: [(series: SeriesKey, value: PropertyValue, date: Date)] = []
            for key in one.series {
                guard let id = series[key] else { continue }
                let kind = PropertyAddress(key.description).flatMap { home.property($0)?.kind }
                let found = try await telemetry.readings(of: id, in: range, order: .newestFirst, limit: limit)
                readings += found.reversed().compactMap { found in Self.value(found.value, kind).map { (key, $0, found.time.date) } }
            }
            // Readings of one moment stay in the order of the series.
            if one.series.count > 1 {
                readings = readings.enumerated().sorted { ($0.element.date, $0.offset) < ($1.element.date, $1.offset) }.map(\.element)
            }
            engine.learn(one.key, from: readings)
        }
    }

    /// What a reading was: of a thing as its property has it, of anything else a number.
    private static func value(_ value: ReadingValue, _ kind: PropertyKind?) -> PropertyValue? {
        if let kind { return PropertyValue(value, kind) }
        if case .number(let number) = value { return .number(number) }
        return nil
    }
}
