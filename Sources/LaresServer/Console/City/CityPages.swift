import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The pages of a city: the map, signals, zones, how devices behave, the day, dashboards, forecasts, alarms, the quality of data, what comes in, and questions to the API.
struct CityPages: Sendable {
    let console: Console
    let services: HomeServices

    var city: CityServices { console.city }
    var telemetry: any TelemetryStore { services.telemetry }

    func addRoutes(to router: Router<LaresContext>) {
        if let store = city.dashboards { DashboardPages(city: self, store: store).addRoutes(to: router) }
        if let onRequest = city.forecastsOnRequest { ForecastPages(city: self, onRequest: onRequest).addRoutes(to: router) }
        if let watching = city.watching { AlarmPages(city: self, watching: watching).addRoutes(to: router) }
        if let ingest = city.ingest {
            QualityPages(city: self, ingest: ingest).addRoutes(to: router)
            IngestPages(city: self, ingest: ingest).addRoutes(to: router)
        }
        MapPages(city: self, finder: PlaceFinder(city)).addRoutes(to: router)
        if let streets = city.streets { SignalPages(city: self, streets: streets).addRoutes(to: router) }
        if let zones = city.zones { ZonePages(city: self, zones: zones).addRoutes(to: router) }
        if let devices = city.devices { DevicePages(city: self, devices: devices).addRoutes(to: router) }
        if console.energy != nil { DistrictPages(city: self).addRoutes(to: router) }
        if city.watching != nil || city.deeds != nil { DayPages(city: self).addRoutes(to: router) }
        QueryPages(city: self).addRoutes(to: router)
    }

    func sight(_ caller: Caller) async throws -> SeriesSight {
        try await SeriesSight(
            HomeSight(home: services.home, guardian: console.guardian, caller: caller, path: .console), city.ingest)
    }

    func search(_ caller: Caller) async throws -> SeriesSearch {
        SeriesSearch(telemetry: telemetry, home: services.home, sight: try await sight(caller))
    }

    /// What series are called, with the units of some of them.
    func said(_ viewer: Viewer, _ keys: [SeriesKey] = []) async -> SeriesWords {
        let known = await city.ingest?.marks(of: keys.filter { ThingID($0.thing).flatMap { services.home.thing($0) } == nil }) ?? [:]
        return SeriesWords(
            home: services.home, said: ThingWords(amount: console.amount(viewer)), units: known.compactMapValues { $0.unit })
    }

    /// Charts of series, asked for together.
    func charts(_ series: [Series], in range: Range<Timestamp>, atMost count: Int) async throws -> [LineChart.Line] {
        try await withThrowingTaskGroup(of: (Int, LineChart.Line).self) { group in
            for (place, one) in series.enumerated() where one.kind != .state {
                group.addTask {
                    let chart = try await telemetry.buckets(of: one.id, in: range, atMost: count)
                    return (place, LineChart.Line(key: one.key, kind: one.kind, chart: chart))
                }
            }
            var lines: [(Int, LineChart.Line)] = []
            for try await line in group { lines.append(line) }
            return lines.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// The fields of the template `series-find`: a search for series, and links to those that were found.
    ///
    /// - Parameters:
    ///   - action: The page that is searched from.
    ///   - text: What was searched for; nil: nothing yet.
    ///   - link: The address that chooses a series.
    func findFields(
        _ viewer: Viewer, action: String, _ text: String?, hidden: [(name: String, value: String)] = [], isNumeric: Bool = true,
        link: (SeriesKey) -> String
    ) async throws -> [String: Any] {
        let words = console.words(viewer), amount = console.amount(viewer)
        let found = try await text.asyncMap { try await search(viewer.caller).found($0, atMost: 30, isNumeric: isNumeric) }
        let said = await said(viewer)
        let sentence = found.map { found in
            found.count == 0
                ? words("find.none")
                : words("find.count", ["n": amount.whole(found.count), "shown": amount.whole(found.series.count)])
        }
        return [
            "findAction": action, "findText": text ?? "", "findSentence": sentence ?? false,
            "findHidden": hidden.map { ["hiddenName": $0.name, "hiddenValue": $0.value] },
            "found": (found?.series ?? []).map { one in
                ["foundHref": link(one.key), "foundName": said.name(one.key), "foundKey": one.key.description.printable]
            },
        ]
    }
}

/// A range of time that a page shows, as its address has it.
struct PageSpan: Sendable {
    let range: Range<Timestamp>
    let isNow: Bool

    /// So many seconds until a moment; whole minutes, so that pictures move no more often.
    init(seconds: Double, until end: Date? = nil, now: Date = .now) {
        isNow = end == nil
        let minute = 60_000.0
        let stop = ((end ?? now).timeIntervalSince1970 * 1_000 / minute).rounded(end == nil ? .up : .toNearestOrAwayFromZero) * minute
        let last = Timestamp(milliseconds: Int64(max(minute, min(stop, Double(Timestamp.end.milliseconds)))))
        range = Timestamp(milliseconds: max(0, last.milliseconds - Int64(seconds * 1_000)))..<last
    }
}
