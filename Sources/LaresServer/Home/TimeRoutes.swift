import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/timers`, `/lares/v1/delayed` and `/lares/v1/presence`: what is to happen at times that no rule names.
struct TimeRoutes {
    let services: HomeServices?
    let times: Timekeeper?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/timers", handler: timers),
            APIRoute(method: .post, path: "/lares/v1/timers", handler: start),
            APIRoute(method: .post, path: "/lares/v1/timers/{timer}", handler: change),
            APIRoute(method: .delete, path: "/lares/v1/timers/{timer}", handler: stop),
            APIRoute(method: .get, path: "/lares/v1/delayed", handler: waiting),
            APIRoute(method: .post, path: "/lares/v1/delayed", handler: wait),
            APIRoute(method: .delete, path: "/lares/v1/delayed/{command}", handler: cancel),
            APIRoute(method: .get, path: "/lares/v1/presence", handler: presence),
            APIRoute(method: .put, path: "/lares/v1/presence", handler: setPresence),
        ]
    }

    func timers(_ request: Request, _ context: LaresContext) async throws -> Response {
        let now = Date()
        return .json(["timers": .array(try await require().timers.map { $0.json(at: now) })])
    }

    /// `{"name": "Eggs", "seconds": 300}`.
    func start(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireResident()
        let times = try require()
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["name", "seconds"])
        let seconds = try Self.seconds(fields), name = try fields.string("name") ?? ""
        let isDoubted = context.caller.isDoubted
        return try await telling {
            .json(try await times.start(name, seconds: seconds, isDoubted: isDoubted).json(at: Date()), status: .created)
        }
    }

    /// `{"do": "pause"}`, `{"do": "resume"}`, or `{"do": "add", "seconds": 60}`.
    func change(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireResident()
        let times = try require(), id = try number(context)
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["do", "seconds"])
        let change: @Sendable (inout CountdownTimer, Date) -> Void
        switch try fields.requiredString("do") {
        case "pause": change = { $0.pause(at: $1) }
        case "resume": change = { $0.resume(at: $1) }
        case "add":
            let seconds = try Self.seconds(fields)
            change = { $0.add(seconds: seconds, at: $1) }
        default: throw APIError.invalid("'do' must be pause, resume or add", param: "do")
        }
        return try await telling {
            guard let timer = try await times.change(id, isDoubted: context.caller.isDoubted, change) else {
                throw missing("timer", "\(id)")
            }
            return .json(timer.json(at: Date()))
        }
    }

    func stop(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireResident()
        let times = try require(), id = try number(context)
        guard let timer = try await times.stop(id) else { throw missing("timer", "\(id)") }
        return .json(timer.json(at: Date()))
    }

    /// Those for things that the caller sees.
    func waiting(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["delayed": .array(try await seen(context).map(\.shown))])
    }

    private func seen(_ context: LaresContext) async throws -> [DelayedCommand] {
        let sees = try sight(context).seesAll()
        return try await require().waiting.filter { $0.thing.map { sees([$0]) } ?? false }
    }

    /// `{"thing": "hall/lamp", "set": {"on": false}, "in_seconds": 600}`. The policy is asked now, with a PIN or `"confirm": true`, and again then.
    func wait(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireResident()
        let times = try require(), body = try await request.json(within: limits).json, fields = try Fields(body)
        try fields.allow(only: ["thing", "set", "in_seconds"] + Assurance.members)
        let name = try fields.requiredString("thing")
        guard let view = try ThingID(name).flatMap({ try sight(context).thing($0) }) else { throw missing("thing", name) }
        _ = try fields.required("in_seconds")
        let seconds = try fields.double("in_seconds", in: 0...31_536_000) ?? 0
        let order = try ThingOrder(try fields.required("set"), for: view.thing)
        let command = ThingCommand(view.thing.id, order.values, by: Cause(.principal, name: context.caller.name))
        let pledge = try await pledge(command, try Assurance(body), seconds, context)
        return try await telling {
            let waiting = try await times.wait(command, until: Date(timeIntervalSinceNow: seconds), on: pledge.json)
            note("delayed/" + command.subject, context)
            return .json(waiting.shown, status: .created)
        }
    }

    /// Has the policy judge a command, and keeps on what it permits it.
    private func pledge(
        _ command: ThingCommand, _ assurance: Assurance, _ seconds: Double, _ context: LaresContext
    ) async throws -> Pledge {
        let home = try sight(context).home
        let deed = home.deed(command, by: context.caller.principal, through: .api)
        guard deed.hazards.isEmpty || seconds <= DelayedGuard.longestDanger else {
            throw APIError.invalid("what is dangerous waits for a day at most", param: "in_seconds")
        }
        let changes = ThingChanges(
            home: home, guardian: guardian, audit: audit, caller: context.caller, path: .api, logger: context.logger)
        try await changes.check([command], assurance)
        return Pledge(deed, assurance)
    }

    func cancel(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireResident()
        let id = context.parameter("command") ?? ""
        guard try await seen(context).contains(where: { $0.id == id }), let command = try await require().cancel(id) else {
            throw missing("delayed command", id)
        }
        return .json(command.shown)
    }

    /// What makes the home look lived in, and what it switches today: who knew it would know when nobody is there.
    func presence(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        return try await telling { .json(try await description(try require())) }
    }

    /// `{"enabled": true, "properties": ["living/lamp/on"], "weeks": 4, "jitter_seconds": 900}`.
    func setPresence(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let times = try require(), body = try await request.json(within: limits).json
        return try await telling {
            try await times.set(try PresencePlan(body))
            note("presence", context)
            return .json(try await description(times))
        }
    }

    private func description(_ times: Timekeeper) async throws -> JSON {
        guard case .object(var members) = await times.presence.json else { return .null }
        members["today"] = .array(
            try await times.switchingsToday().map {
                ["property": .string($0.thing), "at": .int($0.instant), "value": $0.value]
            })
        return .object(members)
    }

    private static func seconds(_ fields: Fields) throws -> Double {
        _ = try fields.required("seconds")
        return try fields.double("seconds", in: -604_800...604_800) ?? 0
    }

    private func number(_ context: LaresContext) throws -> Int {
        let name = context.parameter("timer") ?? ""
        guard let number = Int(name) else { throw missing("timer", name) }
        return number
    }

    private func require() throws -> Timekeeper {
        guard let times else { throw APIError.noHome }
        return times
    }

    private func sight(_ context: LaresContext) throws -> HomeSight {
        guard let services else { throw APIError.noHome }
        return HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api)
    }

    private func missing(_ kind: String, _ name: String) -> APIError {
        APIError(.notFound, type: "invalid_request_error", code: "unknown", "there is no \(kind) '\(name.prefix(120))'")
    }

    private func note(_ subject: String, _ context: LaresContext) {
        audit.note(.homeChanged, subject, by: context.caller, context.logger)
    }

    private func telling<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as ScheduleError {
            throw error.code == .full
                ? APIError(.conflict, type: "invalid_request_error", code: "full", error.message) : .invalid(error.message)
        } catch let error as JSONError {
            throw APIError.invalid(error.message)
        } catch let error as TelemetryError {
            throw APIError(telemetry: error)
        }
    }
}

extension Timekeeper.Numbered {
    fileprivate func json(at now: Date) -> JSON {
        let state =
            switch timer.state {
            case .running: "running"
            case .paused: "paused"
            case .over: "over"
            }
        return [
            "id": .int(id), "name": .string(timer.name), "state": .string(state), "seconds_left": .double(timer.secondsLeft(at: now)),
        ]
    }
}

extension DelayedCommand {
    /// As the API shows it.
    fileprivate var shown: JSON {
        [
            "id": .string(id), "at": .int(due), "thing": command["thing"] ?? .null, "set": command["set"] ?? .null,
            "by": command["by"] ?? .null,
        ]
    }
}
