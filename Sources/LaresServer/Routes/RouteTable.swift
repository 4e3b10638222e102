package import HTTPTypes
package import Hummingbird

/// One address of the API and what answers it.
package struct APIRoute: Sendable {
    package let method: HTTPRequest.Method
    /// The path as OpenAPI writes it: `/v1/models/{model}`.
    package let path: String
    package let handler: @Sendable (Request, LaresContext) async throws -> Response
    /// Whether it takes microseconds or waits without holding a thread, so that the connection's own thread can answer (``LoopChannel``).
    package var isBrief = false
    /// Whether the last parameter of the path stands for any number of parts, one or more.
    package var isDeep = false

    /// The path as the router takes it.
    var routerPath: RouterPath {
        guard isDeep, let slash = path.lastIndex(of: "/") else { return RouterPath(path) }
        return RouterPath(path[..<slash] + "/**")
    }
}

/// The API as data: what the router is made of, what a wrong method is told, and what the tests hold against `openapi.json`.
package struct RouteTable: Sendable {
    package let routes: [APIRoute]

    /// Puts every route into a router.
    func add(to router: Router<LaresContext>) {
        for route in routes { router.on(route.routerPath, method: route.method, use: route.handler) }
    }

    /// Paths of the brief routes.
    var brief: Set<String> { Set(routes.filter(\.isBrief).map(\.path)) }

    /// The methods that a path answers to; empty when there is no such path.
    func methods(of path: String) -> [String] {
        let asked = path.split(separator: "/")
        return routes.filter { route in
            let parts = route.path.split(separator: "/")
            let fits = parts.count == asked.count || route.isDeep && parts.count < asked.count
            return fits && zip(parts, asked).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }.map(\.method.rawValue)
    }
}
