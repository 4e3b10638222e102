import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/alarms` and `/lares/v1/incidents`: what is odd, what people did about it, and what happened around it.
struct AlarmRoutes {
    let watching: Watching?
    let services: HomeServices?
    let ingest: Ingest?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    /// Alarms and incidents that an answer has unless another number is asked for, and at most.
    static let (usual, most) = (100, 1_000)

    var routes: [APIRoute] {
        let alarms = "/lares/v1/alarms", alarm = alarms + "/{alarm}"
        return [
            APIRoute(method: .get, path: alarms, handler: list),
            APIRoute(method: .get, path: alarm, handler: show),
            APIRoute(method: .post, path: alarm + "/acknowledge", handler: acknowledge),
            APIRoute(method: .post, path: alarm + "/shelve", handler: shelve),
            APIRoute(method: .post, path: alarm + "/clear", handler: clear),
            APIRoute(method: .get, path: "/lares/v1/incidents", handler: incidents),
            APIRoute(method: .get, path: "/lares/v1/incidents/{incident}", handler: incident),
        ]
    }

    /// `?state=raised&severity=major&place=hall&thing=hall/meter&watch=power&limit=100&before=17`: the latest first.
    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let watching = try require(), shows = try await shows(context)
        let filter = try AlarmFilter(request), query = request.queryFields
        let limit = try query.whole("limit", in: 1...Self.most) ?? Self.usual
        var (found, before) = ([Alarm](), try query.whole("before", in: 1...Int.max) ?? Int.max)
        while found.count < limit {
            let page = try await watching.alarms(limit: Self.most, before: before)
            found += page.filter { filter.passes($0) && shows($0.series.thing) }.prefix(limit - found.count)
            guard page.count == Self.most, let last = page.last?.number else { break }
            before = last
        }
        return .json(["alarms": .array(found.map(\.json))])
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(try await found(context).json)
    }

    func acknowledge(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(context) { watching, number, person in try await watching.acknowledge(number, by: person) }
    }

    /// `{"seconds": 3600}` or `{"until": 1796000000}`.
    func shelve(_ request: Request, _ context: LaresContext) async throws -> Response {
        let body = try await request.json(within: limits).json
        guard let end = body["until"]?.number.map({ Date(timeIntervalSince1970: $0) }) ?? body["seconds"]?.number.map({ Date() + $0 })
        else {
            throw APIError.invalid("give 'seconds', or 'until' as seconds since 1970", param: "seconds")
        }
        return try await change(context) { watching, number, person in try await watching.shelve(number, until: end, by: person) }
    }

    /// `{"reason": "the meter was moved"}`, or nothing.
    func clear(_ request: Request, _ context: LaresContext) async throws -> Response {
        let share = limits.budget.share()
        let bytes = try await request.bytes(upTo: limits.each, share: share)
        let fields = bytes.isEmpty ? nil : try Fields(Self.parsed(bytes))
        try fields?.allow(only: ["reason"])
        let reason = try fields?.string("reason")
        return try await change(context) { watching, number, person in
            try await watching.clear(number, by: person, because: reason.flatMap { $0.isEmpty ? nil : $0 })
        }
    }

    private static func parsed(_ bytes: [UInt8]) throws -> JSON {
        do { return try JSON(parsing: bytes) } catch {
            throw APIError.invalid("the request body is not JSON that can be read: \(error.message)", code: "invalid_json")
        }
    }

    /// Without their timelines, the latest first.
    func incidents(_ request: Request, _ context: LaresContext) async throws -> Response {
        let watching = try require(), shows = try await shows(context), query = request.queryFields
        let limit = try query.whole("limit", in: 1...Self.most) ?? Self.usual
        let before = try query.whole("before", in: 1...Int.max) ?? Int.max
        let incidents = try await watching.incidents(limit: limit, before: before).filter { $0.things.allSatisfy(shows) }
        return .json(["incidents": .array(incidents.map(\.summary))])
    }

    /// With what its reader may see of its timeline. Who doesn't see all its things doesn't see it.
    func incident(_ request: Request, _ context: LaresContext) async throws -> Response {
        let watching = try require(), sight = try await sight(context), name = context.parameter("incident") ?? ""
        guard let number = Int(name), let incident = try await watching.incident(number), incident.things.allSatisfy(sight.tells) else {
            throw APIError(alarm: AlarmError(.unknown, "there is no incident '\(name)'"))
        }
        return .json(incident.showing { $0.isSeen(by: sight) }.json)
    }

    private func change(_ context: LaresContext, _ body: (Watching, Int, String) async throws -> Void) async throws -> Response {
        try requireResident(context)
        let watching = try require(), alarm = try await found(context)
        do { try await body(watching, alarm.number, context.caller.name) } catch let error as AlarmError { throw APIError(alarm: error) }
        audit.note(.homeChanged, "alarm/\(alarm.number)", by: context.caller, context.logger)
        return .json(try await found(context).json)
    }

    /// Who may make rules may also say what is to become of alarms.
    private func requireResident(_ context: LaresContext) throws {
        guard context.caller.principal.roles.allSatisfy(\.mayMakeRules) else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "the key '\(context.caller.name)' may see alarms, not change them: use one made with `lares keys add NAME --role resident`")
        }
    }

    private func found(_ context: LaresContext) async throws -> Alarm {
        let watching = try require(), shows = try await shows(context), name = context.parameter("alarm") ?? ""
        guard let number = Int(name), let alarm = try await watching.alarm(number), shows(alarm.series.thing) else {
            throw APIError(alarm: AlarmError(.unknown, "there is no alarm '\(name)'"))
        }
        return alarm
    }

    /// Whether they see what is said of a thing.
    private func shows(_ context: LaresContext) async throws -> @Sendable (String) -> Bool {
        let sight = try await sight(context)
        return { sight.tells(of: $0) }
    }

    private func sight(_ context: LaresContext) async throws -> SeriesSight {
        guard let services else { throw APIError.noHome }
        return try await SeriesSight(
            HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api), ingest)
    }

    private func require() throws -> Watching {
        guard let watching else { throw APIError.noHome }
        return watching
    }
}

/// Which alarms are asked for.
private struct AlarmFilter {
    private let state: Alarm.State?
    private let severity: Alarm.Severity?
    private let place, thing, watch: String?

    init(_ request: Request) throws {
        let query = request.queryFields
        state = try Self.word(query.get("state"), "state")
        severity = try Self.word(query.get("severity"), "severity")
        (place, thing, watch) = (query.get("place"), query.get("thing"), query.get("watch"))
    }

    func passes(_ alarm: Alarm) -> Bool {
        (state ?? alarm.state) == alarm.state && (severity ?? alarm.severity) == alarm.severity
            && (place ?? alarm.place?.description) == alarm.place?.description
            && (thing ?? alarm.series.thing) == alarm.series.thing && (watch ?? alarm.watch) == alarm.watch
    }

    private static func word<Word: RawRepresentable & CaseIterable>(_ text: String?, _ name: String) throws -> Word?
    where Word.RawValue == String {
        guard let text else { return nil }
        guard let word = Word(rawValue: text) else {
            throw APIError.invalid("'\(name)' must be \(Word.allCases.map(\.rawValue).joined(separator: ", "))", param: name)
        }
        return word
    }
}

extension APIError {
    /// How an error of alarms looks to a client.
    init(alarm error: AlarmError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .unknown: .notFound
            case .notPossible, .full: .conflict
            default: .badRequest
            }
        self.init(status, type: "invalid_request_error", code: error.code.name, error.message)
    }
}
