internal import Foundation
internal import LaresJSON
internal import LaresThings

/// What stands in incidents of series that are no things'.
extension Watching {
    /// Where a series is: as its name says, else as others know.
    func place(of key: SeriesKey) -> AreaID? {
        lately.place(of: key) { key in key.namedPlace ?? whereabouts(key).flatMap { AreaID(said: $0) } }
    }

    /// Puts before the readings that began alarms what a forecaster had said of them, where one did.
    package func explain() async {
        guard let telemetry else { return }
        for number in book.takeBegun() {
            guard let alarm = book.alarm(number) else { continue }
            // No alarm hangs on it: when the store can't be asked the line has the reading alone.
            guard let entries = try? await Self.expected(alarm, in: telemetry), !entries.isEmpty else { continue }
            book.explain(number, by: entries)
            keep()
        }
    }

    /// What had been said last of the moment of an alarm; where it is about the error of a forecast, also what came instead.
    private static func expected(_ alarm: Alarm, in telemetry: any TelemetryStore) async throws -> [TimelineEntry] {
        let series = alarm.series.forecastErrorOf ?? alarm.series
        guard let forecast = try await telemetry.series(of: series.thing).first(where: { $0.key == series.forecast }) else { return [] }
        // A forecast of a step has the time at which the step begins; no step is longer than a day.
        let end = Timestamp(milliseconds: min(Timestamp(alarm.raisedAt).milliseconds, Timestamp.end.milliseconds - 1) + 1)
        let range = min(Timestamp(milliseconds: max(0, end.milliseconds - 86_400_000)), end)..<end
        let found = try await telemetry.readings(of: forecast.id, in: range, order: .newestFirst, limit: 1)
        guard let one = found.first, case .number(let expected) = one.value else { return [] }
        let subject = series.description
        var entries = [TimelineEntry(one.time.date, .forecast, subject, JSON.number(expected).serialized)]
        if series != alarm.series {
            entries.append(TimelineEntry(alarm.raisedAt, .reading, subject, JSON.number(expected + alarm.cause.value).serialized))
        }
        return entries
    }
}
