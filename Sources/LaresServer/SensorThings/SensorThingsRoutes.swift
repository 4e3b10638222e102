import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresStandards
import LaresThings
import NIOCore

/// `/sta/v1.1/…`: OGC SensorThings 1.1. What a request means is `SensorThingsAPI`'s; here are who may, how much, and the way to and fro.
struct SensorThingsRoutes {
    let service: SensorThingsAPI?
    let services: HomeServices?
    let guardian: HomeGuard?
    let limits: BodyLimits
    let isSecure: Bool

    private static let place = "/sta/v1.1"

    var routes: [APIRoute] {
        let deep = Self.place + "/{path}"
        return [APIRoute(method: .get, path: Self.place, handler: answer)]
            + [HTTPRequest.Method.get, .post, .patch, .put, .delete].map { method in
                var route = APIRoute(method: method, path: deep, handler: answer)
                route.isDeep = true
                return route
            }
    }

    func answer(_ request: Request, _ context: LaresContext) async throws -> Response {
        guard let service else { throw APIError.noSensorThings }
        let share = limits.budget.share()
        defer { share.end() }
        let body = try await request.bytes(upTo: limits.each, share: share)
        let path = request.uri.path.dropFirst(Self.place.utf8.count + 1)
        guard let plain = String(path).removingPercentEncoding else { throw APIError.invalid("the address has a '%' that can't be read") }
        var question = SensorThingsRequest(
            request.method.rawValue, plain, query: request.uri.query, contentType: request.mediaType, body: body, root: root(request))
        question.mayWrite = context.caller.principal.roles.allSatisfy(\.mayControl)
        question.hidden = try hidden(from: context)
        question.isMinimal = HTTPField.Name("Prefer").flatMap { request.headers[$0] }?.contains("return=minimal") ?? false
        let answer = await service.answer(question)
        var headers = HTTPFields()
        for (name, value) in answer.headers { if let name = HTTPField.Name(name) { headers[name] = value } }
        return Response(status: .init(code: answer.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }

    /// Where the caller found the service; the host was checked before.
    private func root(_ request: Request) -> String {
        (isSecure ? "https://" : "http://") + (request.head.authority ?? "localhost") + Self.place
    }

    /// The things that the policy hides from the caller.
    private func hidden(from context: LaresContext) throws -> [String] {
        guard let services else { return [] }
        let shows = try HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api).shows()
        return services.home.things().filter { !shows($0.thing) }.map(\.thing.id.description)
    }
}

extension APIError {
    /// There is no SensorThings service here.
    fileprivate static let noSensorThings = APIError(
        .notFound, type: "invalid_request_error", code: "no_sensor_things", "this Lares keeps no observations: start it with a home")
}
