import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresControl
import LaresJSON
import LaresPlaces

/// `/lares/v1/flexibility`: what a city asks of homes and what becomes of it; and, for a home, what its people allow and what was answered.
struct FlexibilityRoutes: EnergyRouting {
    let energy: EnergyServices?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        let requests = "/lares/v1/flexibility/requests", one = requests + "/{request}"
        return [
            APIRoute(method: .get, path: "/lares/v1/flexibility/limits", handler: showLimits),
            APIRoute(method: .put, path: "/lares/v1/flexibility/limits", handler: setLimits),
            APIRoute(method: .get, path: "/lares/v1/flexibility/answers", handler: answers),
            APIRoute(method: .get, path: requests, handler: list),
            APIRoute(method: .post, path: requests, handler: publish),
            APIRoute(method: .get, path: one, handler: show),
            APIRoute(method: .delete, path: one, handler: cancel),
            APIRoute(method: .post, path: one + "/award", handler: award),
            APIRoute(method: .post, path: one + "/offers", handler: offer),
            APIRoute(method: .get, path: one + "/offers/{token}", handler: answer),
        ]
    }

    // MARK: A home

    /// What its people allow a city to have.
    func showLimits(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let control = try require().control
        return .json(await control.flexibility.json)
    }

    /// Sets what they allow; off unless they say so.
    func setLimits(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let control = try require().control, body = try await request.json(within: limits).json
        return try await telling {
            let settings = try FlexibilitySettings(body, replacing: await control.flexibility)
            try await control.set(settings, by: context.caller.name)
            note("flexibility/limits", context)
            return .json(settings.json)
        }
    }

    /// What was answered of late.
    func answers(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let answers = try require().answers
        return .json(await answers.shown)
    }

    // MARK: A city

    /// The requests that aren't over, the same for everybody.
    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let desk = try require().desk
        return .json(["requests": .array(try await desk.requests().map(\.json))])
    }

    /// Publishes a request: `{"from": "2026-12-01T17:00:00Z", "hours": 2, "kw": -50}`.
    func publish(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let desk = try require().desk, body = try await request.json(within: limits).json
        return try await telling {
            let made = try await desk.publish(try PublishedRequest(new: body, now: Date().timeIntervalSince1970))
            if made.isNew { note("flexibility/" + made.request.request.identifier, context) }
            return .json(made.request.json, status: made.isNew ? .created : .ok)
        }
    }

    /// What a request came to: sums, never an offer of one home.
    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let desk = try require().desk, id = context.parameter("request") ?? ""
        return try await telling { .json(try await desk.outcome(id)) }
    }

    func cancel(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let desk = try require().desk, id = context.parameter("request") ?? ""
        return try await telling {
            let cancelled = try await desk.cancel(id)
            note("flexibility/\(id)/cancel", context)
            return .json(cancelled.json)
        }
    }

    /// Awards before the time for answers is over.
    func award(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let desk = try require().desk, id = context.parameter("request") ?? ""
        return try await telling {
            try await desk.award(id)
            note("flexibility/\(id)/award", context)
            return .json(try await desk.outcome(id))
        }
    }

    /// Takes an offer: `{"token": "…", "kw": -1.5}`, from whoever has a key.
    func offer(_ request: Request, _ context: LaresContext) async throws -> Response {
        let desk = try require().desk, id = context.parameter("request") ?? ""
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["token", "kw"])
        let token = try fields.requiredString("token")
        _ = try fields.required("kw")
        let change = try fields.double("kw", in: -FlexibilityOffer.most...FlexibilityOffer.most) ?? 0
        return try await telling {
            let offer = try FlexibilityOffer(request: id, token: token, change: change)
            try await desk.take(offer)
            return .json(["request": .string(id), "token": .string(token), "kw": .double(change)])
        }
    }

    /// What became of an offer.
    func answer(_ request: Request, _ context: LaresContext) async throws -> Response {
        let desk = try require().desk, id = context.parameter("request") ?? "", token = context.parameter("token") ?? ""
        return try await telling { .json(try await desk.answer(id, token: token).json) }
    }
}
