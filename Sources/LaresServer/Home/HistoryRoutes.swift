import Foundation
import HTTPTypes
import Hummingbird
import LaresJSON
import LaresThings
import NIOCore

/// `/lares/v1/history`, `/lares/v1/history.csv` and `/lares/v1/statistics`: what things reported.
struct HistoryRoutes {
    let services: HomeServices?

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/history", handler: history),
            APIRoute(method: .get, path: "/lares/v1/history.csv", handler: csv),
            APIRoute(method: .get, path: "/lares/v1/statistics", handler: statistics),
        ]
    }

    /// `?property=hall/lamp/brightness&from=…&to=…&width=1000`: as many buckets as a chart has pixels, or the texts of a property that has texts.
    func history(_ request: Request, _ context: LaresContext) async throws -> Response {
        let query = HistoryQuery(request)
        let (range, width) = (try query.range(), try query.width())
        return try await telling {
            let series = try await series(try query.address())
            let head: [(String, JSON)] = [("property", .string(series.key.description)), ("kind", .string(series.kind.rawValue))]
            if series.kind == .state {
                let readings = try await telemetry().readings(of: series.id, in: range, order: .newestFirst, limit: width)
                return .json(.object(head + [("readings", .array(readings.reversed().map(\.json)))]))
            }
            let chart = try await telemetry().buckets(of: series.id, in: range, atMost: width)
            return .json(
                .object(head + [("width_seconds", .double(Double(chart.width) / 1_000)), ("buckets", .array(chart.buckets.map(\.json)))]))
        }
    }

    /// `?property=…&period=hour`: periods with least, mean, greatest and last, and what a meter or power added up to.
    func statistics(_ request: Request, _ context: LaresContext) async throws -> Response {
        let query = HistoryQuery(request)
        let (range, period) = (try query.range(), try query.period())
        return try await telling {
            let series = try await series(try query.address())
            let statistics = try await telemetry().statistics(of: series.id, in: range, every: period)
            return .json([
                "property": .string(series.key.description), "kind": .string(series.kind.rawValue),
                "statistics": .array(statistics.map(\.json)),
            ])
        }
    }

    /// Every reading as a line of a CSV file; `property` may be repeated, and is every property of the thing when it is `thing`.
    func csv(_ request: Request, _ context: LaresContext) async throws -> Response {
        let query = HistoryQuery(request)
        let range = try query.range()
        return try await telling {
            let series: [Series]
            if let thing = query.thing {
                series = try await telemetry().series(of: thing)
            } else {
                series = [try await self.series(try query.address())]
            }
            let lines = try telemetry().csv(of: series, in: range)
            return Response(
                status: .ok,
                headers: [.contentType: "text/csv; charset=utf-8", .contentDisposition: "attachment; filename=\"history.csv\""],
                body: .init { writer in
                    for try await text in lines { try await writer.write(ByteBuffer(string: text)) }
                    try await writer.finish(nil)
                })
        }
    }

    private func telemetry() throws -> SQLiteTelemetry {
        guard let services else { throw APIError.noHome }
        return services.telemetry
    }

    private func series(_ address: PropertyAddress) async throws -> Series {
        let all = try await telemetry().series(of: address.thing.description)
        guard let series = all.first(where: { $0.key == SeriesKey(address) }) else {
            throw APIError(
                .notFound, type: "invalid_request_error", code: "unknown", "nothing was ever reported for '\(address)'", param: "property")
        }
        return series
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let error as TelemetryError { throw APIError(telemetry: error) }
    }
}

/// What a request wants to know of a history.
struct HistoryQuery {
    private let request: Request

    init(_ request: Request) { self.request = request }

    private func value(_ name: String) -> String? { request.uri.queryParameters.get(name) }

    /// All properties of a thing.
    var thing: String? { value("thing") }

    func address() throws -> PropertyAddress {
        guard let text = value("property"), let address = PropertyAddress(text) else {
            throw APIError.invalid("'property' must name a property, such as hall/lamp/brightness", param: "property")
        }
        return address
    }

    /// From `from` until before `to`, in seconds since 1970 or as "2026-11-29T07:00:00Z"; the last day unless said otherwise.
    func range(now: Date = Date()) throws -> Range<Timestamp> {
        let end = try moment("to") ?? now
        let start = try moment("from") ?? end.addingTimeInterval(-86_400)
        let (from, to) = (Timestamp(start), Timestamp(end))
        guard from >= .earliest, to <= .end, from < to else {
            throw APIError.invalid("'from' must lie before 'to', and both between 1970 and 2200", param: "from")
        }
        return from..<to
    }

    private func moment(_ name: String) throws -> Date? {
        guard let text = value(name) else { return nil }
        if let seconds = Double(text), seconds.isFinite, abs(seconds) < 1e12 { return Date(timeIntervalSince1970: seconds) }
        guard let date = try? Date(text, strategy: .iso8601) else {
            throw APIError.invalid("'\(name)' must be seconds since 1970, or a moment such as 2026-11-29T07:00:00Z", param: name)
        }
        return date
    }

    func width() throws -> Int {
        guard let text = value("width") else { return 1_000 }
        guard let width = Int(text), (2...10_000).contains(width) else {
            throw APIError.invalid("'width' must be a whole number from 2 to 10,000", param: "width")
        }
        return width
    }

    func period() throws -> StatisticPeriod {
        let periods: [String: StatisticPeriod] = ["five_minutes": .fiveMinutes, "hour": .hour, "day": .day]
        guard let period = periods[value("period") ?? "hour"] else {
            throw APIError.invalid("'period' must be five_minutes, hour or day", param: "period")
        }
        return period
    }
}

extension JSON {
    fileprivate static func object(_ members: [(String, JSON)]) -> JSON {
        .object(members.reduce(into: Members()) { $0.append($1.0, $1.1) })
    }
}

extension Timestamp {
    fileprivate var seconds: JSON { .double(Double(milliseconds) / 1_000) }
}

extension Reading {
    fileprivate var json: JSON {
        switch value {
        case .number(let number): ["time": time.seconds, "value": .double(number)]
        case .state(let text): ["time": time.seconds, "value": .string(text)]
        }
    }
}

extension Bucket {
    fileprivate var json: JSON {
        [
            "start": start.seconds, "count": .int(count), "min": .double(min), "mean": .double(mean), "max": .double(max),
            "last": .double(last),
        ]
    }
}

extension Statistic {
    fileprivate var json: JSON {
        [
            "start": start.seconds, "count": .int(count), "min": .double(min), "mean": .double(mean), "max": .double(max),
            "last": .double(last),
            "amount": amount.map { .double($0) } ?? nil,
        ]
    }
}

extension APIError {
    /// How an error of the telemetry looks to a client.
    init(telemetry error: TelemetryError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .seriesNotFound: .notFound
            case .noSpace: .init(code: 507)
            case .overloaded, .closed, .inUse: .serviceUnavailable
            case .unreadable, .failed: .internalServerError
            default: .badRequest
            }
        self.init(status, type: status.code < 500 ? "invalid_request_error" : "server_error", code: error.code.description, error.message)
    }
}
