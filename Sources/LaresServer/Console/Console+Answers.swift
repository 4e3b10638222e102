import Foundation
import HTTPTypes
import Hummingbird
import LaresJSON
import LaresServing
import LaresThings
import Logging
import NIOCore

extension Console {
    /// A finished page as text.
    func text(_ page: Page, title: String, _ fields: [String: Any], viewer: Viewer) throws -> String {
        let frame = Frame(
            title: title, viewer: viewer, words: words(viewer), place: place,
            stylesheet: assets.address(of: viewer.theme.stylesheet) ?? "", hasKeys: keys != nil, hasAudit: audit != nil,
            hasNetworks: networks != nil,
            hasJobs: jobs != nil, hasHome: home != nil, hasZigbee: home?.home.zigbeeBridges().isEmpty == false,
            hasEnergy: energy != nil, city: city)
        return try pages.render(page, frame.fields.merging(fields) { $1 }, language: viewer.language)
    }

    /// A finished page as an answer.
    func html(
        _ page: Page, title: String, _ fields: [String: Any], viewer: Viewer, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        Response(
            status: status, headers: Self.headers,
            body: .init(byteBuffer: ByteBuffer(string: try text(page, title: title, fields, viewer: viewer))))
    }

    /// A page that says what went wrong; `key` with `.title` and `.text` are its words.
    func problem(
        _ key: String, values: KeyValuePairs<String, String> = [:], detail: String? = nil,
        back: (page: String, label: String) = ("/models", "problem.go"), viewer: Viewer, status: HTTPResponse.Status
    ) throws -> Response {
        let words = words(viewer)
        let title = words("\(key).title", values)
        return try html(
            .problem, title: title,
            ["text": words("\(key).text", values), "detail": detail ?? false, "go": back.page, "goLabel": words(back.label)],
            viewer: viewer, status: status)
    }

    /// The page for an error a handler met: what a person may know of it, and what still works.
    func problem(_ error: any Error, viewer: Viewer) throws -> Response {
        switch error {
        case let error as ServingError where error.code == .modelNotFound:
            try problem("problem.missing", viewer: viewer, status: .notFound)
        case let error as ServingError where error.code == .draining:
            try problem("problem.stopping", viewer: viewer, status: .serviceUnavailable)
        case let error as ServingError:
            try problem("problem.failed", detail: error.message, viewer: viewer, status: .internalServerError)
        case is FormError:
            try problem("problem.refused", viewer: viewer, status: .badRequest)
        default:
            try problem("problem.failed", viewer: viewer, status: .internalServerError)
        }
    }

    /// Runs a handler of a page; its errors become pages too.
    func page(
        _ request: Request, _ context: LaresContext, _ make: (Viewer) async throws -> Response
    ) async throws -> Response {
        let viewer = viewer(request, context)
        do {
            return try await make(viewer)
        } catch let error as any HTTPResponseError {
            throw error
        } catch {
            context.logger.log(
                level: Self.level(of: error), "console page failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return try problem(error, viewer: viewer)
        }
    }

    /// What a page reads now, as server-sent events: one when the page would read differently, numbered by what it reads, so that a reader
    /// who comes back hears only what is new to them. A state whose member `over` is true is the last.
    func feed(
        _ request: Request, _ context: LaresContext, every interval: Duration = .milliseconds(500),
        _ state: @escaping @Sendable () async throws -> JSON
    ) async throws -> Response {
        let presence = await context.channel.clientPresence()
        let last = request.headers[.init("Last-Event-ID")!]
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: .init { body in
                var writer = TextWriter(body)
                var feed = LiveFeed(last: last)
                try await LiveFeed.follow(every: interval, until: presence) {
                    let state = try await state()
                    if let event = feed.next(state) { try await writer.send(event) }
                    return state["over"] != true
                }
                try await writer.finish()
            })
    }

    /// What people do is no fault of the server: a form cut short, a reader who left, a model that is not there.
    private static func level(of error: any Error) -> Logger.Level {
        switch error {
        case is FormError, is ClientGone, is CancellationError: .debug
        case let error as ServingError where error.code != .internal: .debug
        default: .error
        }
    }

    /// Styles, scripts and pictures; kept for good under their hash, checked by ETag under another.
    @Sendable func asset(_ request: Request, _ context: LaresContext) throws -> Response {
        guard let name = context.parameters.get("name"), let asset = assets.asset(name) else { return try missingPage(request, context) }
        let isCurrent = context.parameters.get("hash") == assets.hash
        let tag = "\"\(assets.hash)\""
        var headers: HTTPFields = [
            .contentType: asset.mediaType, .eTag: tag, .xContentTypeOptions: "nosniff",
            .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
        ]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        if asset.mediaType.hasPrefix("image/svg") { headers[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'" }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }

    /// The policy of console.md: nothing inline, nothing from another host. A referrer goes to this server only; without one, browsers
    /// send `Origin: null` with forms and the check of the origin could not tell them from strangers'.
    static let headers: HTTPFields = [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        .contentSecurityPolicy: SecurityHeaders.contentPolicy,
        .referrerPolicy: "same-origin",
    ]
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = Self("Referrer-Policy")!
}
