internal import Foundation
internal import LaresJSON
internal import LaresThings

/// What series that are no things' said last, and where they are: an incident's line begins with what led to it. Of each no more than a few are kept.
struct LatestReadings: Sendable {
    private var readings: [SeriesKey: [(date: Date, number: Double)]] = [:]
    /// By thing, as far as it was asked.
    private var places: [String: AreaID?] = [:]

    /// Readings that are kept of a series.
    static let most = 5

    mutating func take(_ number: Double, of key: SeriesKey, at date: Date) {
        if readings.count >= WatchEngine.mostSeries { readings = [:] }
        let count = readings[key]?.count ?? 0
        if count >= Self.most { readings[key]?.removeFirst(count - Self.most + 1) }
        readings[key, default: []].append((date, number))
    }

    /// The readings of a series before a time, as a line has them.
    func entries(of key: SeriesKey, before date: Date) -> [TimelineEntry] {
        (readings[key] ?? []).filter { $0.date < date }.map {
            TimelineEntry($0.date, .reading, key.description, JSON.number($0.number).serialized)
        }
    }

    /// Where the thing of a series is; it is asked when that isn't known.
    mutating func place(of key: SeriesKey, _ ask: (SeriesKey) -> AreaID?) -> AreaID? {
        if let known = places[key.thing] { return known }
        if places.count >= WatchEngine.mostSeries { places = [:] }
        let place = ask(key)
        places.updateValue(place, forKey: key.thing)
        return place
    }

    mutating func forgetPlaces() { places = [:] }
}
