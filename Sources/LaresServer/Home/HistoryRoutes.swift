import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings
import NIOCore

/// `/lares/v1/history`, `/lares/v1/history.csv` and `/lares/v1/statistics`: what things reported.
struct HistoryRoutes {
    let services: HomeServices?
    let tables: HistoryData
    let ingest: Ingest?
    let guardian: HomeGuard?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/history", handler: history),
            APIRoute(method: .get, path: "/lares/v1/history.csv", handler: csv),
            APIRoute(method: .post, path: "/lares/v1/history.csv", handler: take),
            APIRoute(method: .get, path: "/lares/v1/statistics", handler: statistics),
            APIRoute(method: .post, path: "/lares/v1/history/table", handler: table),
        ]
    }

    /// `?property=hall/lamp/brightness&from=…&to=…&width=1000`: as many buckets as a chart has pixels, or the texts of a property that has texts, and when it
    /// was in which state.
    func history(_ request: Request, _ context: LaresContext) async throws -> Response {
        let query = HistoryQuery(request)
        let (range, width) = (try query.range(), try query.width())
        return try await telling {
            let series = try await series(try query.key(), context)
            let head: [(String, JSON)] = [("property", .string(series.key.description)), ("kind", .string(series.kind.rawValue))]
            if series.kind == .state {
                let readings = try await telemetry().readings(of: series.id, in: range, order: .newestFirst, limit: width)
                let chart = try await telemetry().states(of: series, in: range, atMost: width)
                let lanes = chart.lanes + [chart.others].compactMap(\.self)
                return .json(
                    .object(
                        head + [
                            ("readings", .array(readings.reversed().map(\.json))), ("lanes", .array(lanes.map(\.json))),
                            ("cut", .bool(chart.isCut)),
                        ]))
            }
            let chart = try await telemetry().timedBuckets(of: series, in: range, atMost: width)
            return .json(
                .object(head + [("width_seconds", .double(Double(chart.width) / 1_000)), ("buckets", .array(chart.buckets.map(\.json)))]))
        }
    }

    /// `?property=…&period=hour`: periods with least, mean over time, greatest and last, and what a meter or power added up to.
    func statistics(_ request: Request, _ context: LaresContext) async throws -> Response {
        let query = HistoryQuery(request)
        let (range, period) = (try query.range(), try query.period())
        return try await telling {
            let series = try await series(try query.key(), context)
            let statistics = try await telemetry().timedStatistics(of: series, in: range, every: period)
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
                guard try await sight(context).shows(thing: thing) else { throw Self.unknown(thing) }
                series = try await telemetry().series(of: thing).filter { !$0.key.isOfCircumstances }
            } else {
                series = [try await self.series(try query.key(), context)]
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

    /// One row for each period, one column for each property that is asked for, as a recipe's `data.history` has it: rows to learn from, as CSV.
    func table(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let sight = try await sight(context)
        let rows = try await tables.rows(try await request.json(within: limits).json, shows: sight.shows)
        return Response(status: .ok, headers: [.contentType: "text/csv; charset=utf-8"], body: .init(byteBuffer: ByteBuffer(bytes: rows)))
    }

    /// Takes readings from elsewhere in, line by line as `GET` writes them, for things that are here.
    func take(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        guard let services, request.mediaType == "text/csv" else {
            throw APIError(
                .unsupportedMediaType, type: "invalid_request_error", code: "unsupported_media_type", "send the readings as text/csv")
        }
        return try await telling {
            var importing = HistoryImport(into: services.telemetry) { services.home.property($0) }
            var rest: [UInt8] = []
            for try await part in request.body {
                rest.append(contentsOf: part.readableBytesView)
                guard rest.count <= 1 << 20 || rest.contains(0x0A) else { throw APIError.invalid("a line has more than a million bytes") }
                for line in Self.lines(&rest) { try await importing.take(line) }
            }
            if !rest.isEmpty { try await importing.take(String(decoding: rest, as: UTF8.self)) }
            try await importing.finish()
            return .json([
                "added": .int(importing.added), "refused": .int(importing.refused),
                "refusals": .array(importing.refusals.map { ["line": .int($0.line), "reason": .string($0.reason)] }),
            ])
        }
    }

    /// The whole lines that there are so far.
    private static func lines(_ rest: inout [UInt8]) -> [String] {
        guard let end = rest.lastIndex(of: 0x0A) else { return [] }
        let whole = rest[..<end].split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
        }
        rest.removeSubrange(...end)
        return whole
    }

    private func telemetry() throws -> any TelemetryStore {
        guard let services else { throw APIError.noHome }
        return services.telemetry
    }

    private func sight(_ context: LaresContext) async throws -> SeriesSight {
        guard let services else { throw APIError.noHome }
        return try await SeriesSight(
            HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api), ingest)
    }

    private static func unknown(_ name: String) -> APIError {
        APIError(.notFound, type: "invalid_request_error", code: "unknown", "nothing was ever reported for '\(name)'", param: "property")
    }

    private func series(_ key: SeriesKey, _ context: LaresContext) async throws -> Series {
        guard try await sight(context).shows(key), let series = try await telemetry().series(of: key.thing).first(where: { $0.key == key })
        else { throw Self.unknown(key.description) }
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

    private func value(_ name: String) -> String? { request.queryFields.get(name) }

    /// All properties of a thing.
    var thing: String? { value("thing") }

    /// Which series: a thing's property, or what points in bulk are called, `air,station=7/no2`.
    func key() throws -> SeriesKey {
        guard let key = value("property").flatMap({ SeriesKey($0) }) else {
            throw APIError.invalid("'property' must name a property, such as hall/lamp/brightness", param: "property")
        }
        return key
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
        // A plus that nobody escaped is a space in a query; no moment has one.
        guard let date = try? Date(text.replacing(" ", with: "+"), strategy: .iso8601) else {
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
    var seconds: JSON { .double(Double(milliseconds) / 1_000) }
}

extension Reading {
    /// The reading as the API gives it.
    var json: JSON {
        switch value {
        case .number(let number): ["time": time.seconds, "value": .double(number)]
        case .state(let text): ["time": time.seconds, "value": .string(text)]
        }
    }
}

extension StateChart.Lane {
    /// A lane without a name is that of all other states.
    fileprivate var json: JSON {
        [
            "state": state.isEmpty ? .null : .string(state), "seconds": .double(Double(time) / 1_000),
            "stretches": .array(stretches.map { ["from": $0.lowerBound.seconds, "to": $0.upperBound.seconds] }),
        ]
    }
}

extension Bucket {
    /// The bucket as the API gives it.
    var json: JSON {
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
            "amount": amount.map { .double($0) } ?? .null,
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
            case .overloaded, .closed, .inUse, .unreachable: .serviceUnavailable
            case .unreadable, .failed: .internalServerError
            default: .badRequest
            }
        self.init(status, type: status.code < 500 ? "invalid_request_error" : "server_error", code: error.code.description, error.message)
    }
}
