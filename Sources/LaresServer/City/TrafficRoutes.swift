import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresControl
import LaresJSON
import LaresPlaces
import LaresServing

/// `/lares/v1/traffic`: the street that runs, its junctions and who controls them, as a map and second by second.
struct TrafficRoutes {
    let traffic: TrafficService?
    let incidents: TrafficIncidents?
    let audit: AuditLog?
    let limits: BodyLimits

    /// Events that an answer has unless another number is asked for, and at most.
    static let (usual, most) = (100, 500)

    var routes: [APIRoute] {
        let traffic = "/lares/v1/traffic", junction = traffic + "/junctions/{junction}", closures = traffic + "/closures"
        return [
            APIRoute(method: .get, path: traffic, handler: status),
            APIRoute(method: .patch, path: traffic, handler: set),
            APIRoute(method: .get, path: traffic + "/network", handler: network),
            APIRoute(method: .get, path: traffic + "/junctions", handler: junctions),
            APIRoute(method: .get, path: junction, handler: self.junction),
            APIRoute(method: .patch, path: junction, handler: configure),
            APIRoute(method: .post, path: junction + "/take-over", handler: takeOver),
            APIRoute(method: .post, path: junction + "/hand-back", handler: handBack),
            APIRoute(method: .get, path: traffic + "/events", handler: events),
            APIRoute(method: .get, path: traffic + "/incidents", handler: seenIncidents),
            APIRoute(method: .get, path: traffic + "/live", handler: live),
            APIRoute(method: .get, path: closures, handler: self.closures),
            APIRoute(method: .post, path: closures, handler: close),
            APIRoute(method: .delete, path: closures + "/{lane}", handler: reopen),
            APIRoute(method: .post, path: traffic + "/faults", handler: lie),
        ]
    }

    func status(_ request: Request, _ context: LaresContext) async throws -> Response { .json(try require().statusJSON) }

    /// `{"speed": 5}`, or `{"folder": "/data/cologne3", "clock": true}`, where `clock` has it begin at our time of the day, or "08:00" at that one; a `folder` of null to leave the street: files of this machine are named on this machine.
    func set(_ request: Request, _ context: LaresContext) async throws -> Response {
        let traffic = try require()
        try context.requireAdministrator()
        let body = try await request.json(within: limits).json, fields = try Fields(body)
        try fields.allow(only: ["speed", "folder", "clock"])
        let (speed, folder) = (try fields.double("speed", in: 0.1...100), try fields.string("folder"))
        guard let begin = StreetBegin(body["clock"]) else {
            throw APIError.invalid("'clock' must be true for the time of the day here, or a time such as \"08:00\"", param: "clock")
        }
        try await telling {
            if body["folder"] == .null { traffic.leave() }
            if let folder {
                guard context.caller.isLocal else {
                    throw APIError(
                        .forbidden, type: "permission_error", code: "not_allowed",
                        "folders of the server's machine are not named from elsewhere: run `lares serve --traffic FOLDER` there",
                        param: "folder")
                }
                try await offTheThreads { try traffic.open((folder as NSString).expandingTildeInPath, from: begin) }
            }
            if let speed { try traffic.set(speed: speed) }
        }
        audit.note(.trafficSet, "traffic", by: context.caller, context.logger)
        return .json(traffic.statusJSON)
    }

    /// As GeoJSON; the same as long as the street is.
    func network(_ request: Request, _ context: LaresContext) async throws -> Response {
        let traffic = try require()
        guard let network = try await offTheThreads({ traffic.network }) else { throw Self.noStreet }
        var hash = ContentHash()
        hash.update(network.serialized.utf8)
        let tag = "\"\(hash.digits)\""
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: [.eTag: tag]) }
        var response = Response.json(network)
        response.headers[.contentType] = "application/geo+json"
        response.headers[.eTag] = tag
        return response
    }

    /// `?limit=100`: where traffic couldn't pass, the latest first.
    func seenIncidents(_ request: Request, _ context: LaresContext) async throws -> Response {
        _ = try require()
        let limit = try request.queryFields.whole("limit", in: 1...Self.most) ?? Self.usual
        return .json(["incidents": await incidents?.json(limit: limit) ?? []])
    }

    func junctions(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["junctions": .array(try require().junctions)])
    }

    func junction(_ request: Request, _ context: LaresContext) async throws -> Response { .json(try found(context).json) }

    /// `{"controller": "learned", "model": "planner:2", "sensors": "loops", "stage": "shadow"}`; more trust than was earned needs `"confirm": true`.
    func configure(_ request: Request, _ context: LaresContext) async throws -> Response {
        let traffic = try require()
        try context.requireAdministrator()
        let (name, old) = try found(context)
        let body = try await request.json(within: limits).json, fields = try Fields(body)
        try fields.allow(only: ["controller", "model", "sensors", "stage", "confirm"])
        let control = try Self.word(SignalControl.self, fields, "controller"),
            sensors = try Self.word(SignalSensors.self, fields, "sensors")
        let stage = try Self.word(Stage.self, fields, "stage"), isConfirmed = try fields.bool("confirm") ?? false
        let model: String?? = body["model"] == .null ? .some(nil) : try fields.string("model").map { .some($0) }
        // Another controller, another version of it, or one that sees by something else has earned nothing yet.
        let isSame =
            control.map { $0.rawValue == old["controller"]?.text } ?? true && sensors.map { $0.rawValue == old["sensors"]?.text } ?? true
        let now = isSame && model == nil ? old["stage"]?.text.flatMap(Stage.init(rawValue:)) : .shadow
        if let stage, stage > now ?? .shadow, !isConfirmed {
            throw APIError(
                .conflict, type: "invalid_request_error", code: "needs_confirmation",
                "'\(stage.rawValue)' is more trust than the controller has earned: send \"confirm\": true if you mean it", param: "stage")
        }
        try await telling {
            if control != nil || model != nil || sensors != nil {
                try traffic.configure(name, control: control, model: model, sensors: sensors)
            }
            if let stage { try traffic.trust(name, stage, as: control) }
        }
        audit.note(.trafficSet, "signal/\(name)", by: context.caller, context.logger)
        return .json(try found(context).json)
    }

    func takeOver(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(request, context, .actuatorTaken) { try $0.takeOver($1, by: context.caller.name, reason: $2) }
    }

    func handBack(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(request, context, .actuatorHandedBack) { try $0.handBack($1, by: context.caller.name, reason: $2) }
    }

    /// Has a junction change hands: `{"reason": "a demonstration"}`, or nothing.
    private func change(
        _ request: Request, _ context: LaresContext, _ act: AuditAct, _ body: (TrafficService, String, String?) throws -> Handover
    ) async throws -> Response {
        let traffic = try require()
        try context.requireHands()
        let reason = try await request.reason(within: limits), (name, _) = try found(context)
        try await telling { _ = try body(traffic, name, reason) }
        audit.note(act, "signal/\(name)", by: context.caller, context.logger)
        return .json(try found(context).json)
    }

    /// `?limit=100`: the latest first.
    func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let limit = try request.queryFields.whole("limit", in: 1...Self.most) ?? Self.usual
        return .json(["events": .array(try require().occurrences(limit: limit).map(\.json))])
    }

    /// How the street stands, once a second, as server-sent events.
    func live(_ request: Request, _ context: LaresContext) async throws -> Response {
        let traffic = try require()
        let presence = await context.channel.clientPresence(), last = request.headers[.init("Last-Event-ID")!]
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: .init { body in
                var writer = TextWriter(body), feed = LiveFeed(last: last)
                try await LiveFeed.follow(every: .seconds(1), until: presence) {
                    if let event = feed.next(traffic.live) { try await writer.send(event) }
                    return true
                }
                try await writer.finish()
            })
    }
}

/// What can be done to simulated streets.
extension TrafficRoutes {
    func closures(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["closures": try require().closuresJSON])
    }

    /// `{"lane": "A0A1_0", "seconds": 600}`; with `"by": "vehicle"` somebody breaks down there, `before` metres before the lane's end, and nobody is told.
    func close(_ request: Request, _ context: LaresContext) async throws -> Response {
        let traffic = try require()
        try context.requireHands()
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["lane", "seconds", "by", "before"])
        let lane = try fields.requiredString("lane"), seconds = try fields.double("seconds", in: 1...86_400) ?? 600
        let by = try fields.string("by") ?? "signs", before = try fields.double("before", in: 0...200)
        guard ["signs", "vehicle"].contains(by) else { throw APIError.invalid("'by' must be signs or vehicle", param: "by") }
        guard by == "vehicle" || before == nil else {
            throw APIError.invalid("'before' is of vehicles: signs close the whole lane", param: "before")
        }
        try await telling {
            if by == "vehicle" {
                try traffic.breakDown(on: lane, before: before ?? 30, for: seconds)
            } else {
                try traffic.close(lane, for: seconds)
            }
        }
        audit.note(.trafficSet, "lane/\(lane)", by: context.caller, context.logger)
        return .json(["lane": .string(lane), "seconds": .double(seconds), "by": .string(by)], status: .created)
    }

    func reopen(_ request: Request, _ context: LaresContext) async throws -> Response {
        let traffic = try require(), lane = context.parameter("lane") ?? ""
        try context.requireHands()
        try await telling { try traffic.close(lane, for: nil) }
        audit.note(.trafficSet, "lane/\(lane)", by: context.caller, context.logger)
        return .json(["reopened": .string(lane)])
    }

    /// `{"junction": "A1", "approach": "A0A1_0", "loop": 0, "fault": "stuck", "seconds": 600}`
    func lie(_ request: Request, _ context: LaresContext) async throws -> Response {
        let traffic = try require()
        try context.requireHands()
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["junction", "approach", "loop", "fault", "seconds"])
        let junction = try fields.requiredString("junction"), approach = try fields.requiredString("approach")
        let loop = try fields.int("loop", in: 0...15) ?? 0, seconds = try fields.double("seconds", in: 1...86_400) ?? 600
        guard let fault = try Self.word(LoopHealth.Fault.self, fields, "fault") else {
            throw APIError.invalid("'fault' is missing", param: "fault", code: "missing_required_parameter")
        }
        try await telling { try traffic.lie(fault, at: junction, approach: approach, loop: loop, for: seconds) }
        audit.note(.trafficSet, "signal/\(junction)", by: context.caller, context.logger)
        return .json(["fault": .string(fault.rawValue), "seconds": .double(seconds)], status: .created)
    }
}

extension TrafficRoutes {
    static let noStreet = APIError(
        .notFound, type: "invalid_request_error", code: "no_traffic", "no street is run here: start Lares with --traffic FOLDER")

    private func require() throws -> TrafficService {
        guard let traffic else { throw Self.noStreet }
        return traffic
    }

    private func found(_ context: LaresContext) throws -> (name: String, json: JSON) {
        let name = context.parameter("junction") ?? ""
        guard let json = try require().junction(name) else {
            throw APIError(.notFound, type: "invalid_request_error", code: "unknown", "there is no junction '\(name)'")
        }
        return (name, json)
    }

    private static func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type, _ fields: Fields, _ name: String) throws -> Word?
    where Word.RawValue == String {
        guard let text = try fields.string(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw APIError.invalid("'\(name)' must be \(Word.allCases.map(\.rawValue).joined(separator: ", "))", param: name)
        }
        return word
    }

    private func telling(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as TrafficError {
            throw APIError(traffic: error)
        } catch let error as OrderError {
            throw APIError(order: error)
        } catch let error as RegistryError {
            throw APIError(error)
        }
    }
}

extension APIError {
    /// How an error of traffic looks to a client.
    init(traffic error: TrafficError) {
        let status: HTTPResponse.Status = error.code == .unreachable ? .serviceUnavailable : .badRequest
        self.init(
            status, type: status == .serviceUnavailable ? "server_error" : "invalid_request_error", code: error.code.name, error.message)
    }
}

extension LaresContext {
    /// Who may take actuators over and order: people, and programs that may have things do something.
    ///
    /// - Throws: ``APIError`` (403) for everybody else.
    func requireHands() throws {
        guard caller.mayMakeRules else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "the key '\(caller.name)' may look, not take over: use one made with `lares keys add NAME --role resident`")
        }
    }
}

extension Request {
    /// The member `reason` of a body that may be left out.
    func reason(within limits: BodyLimits) async throws -> String? {
        guard announcesBody else { return nil }
        let fields = try Fields(try await json(within: limits).json)
        try fields.allow(only: ["reason"])
        return try fields.string("reason").map { String($0.prefix(500)) }
    }
}
