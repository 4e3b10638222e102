import Foundation
import Synchronization

/// The in-memory twin of the network: pages by URL, served whole, in part (`Range`), broken off or redirected.
package final class MemoryWeb: Web {
    /// What is at a URL.
    package struct Page: Sendable {
        package var bytes: [UInt8] = []
        package var status = 200
        package var headers: [String: String] = [:]
        /// Break the connection after so many bytes of the first answer.
        package var breaksAfter: Int?

        package init(_ bytes: [UInt8], status: Int = 200, headers: [String: String] = [:], breaksAfter: Int? = nil) {
            self.bytes = bytes
            self.status = status
            self.headers = headers
            self.breaksAfter = breaksAfter
        }

        /// A page that sends its reader elsewhere.
        package static func redirect(to url: String, headers: [String: String] = [:]) -> Page {
            Page([], status: 302, headers: headers.merging(["location": url]) { $1 })
        }
    }

    private struct State {
        var pages: [String: Page]
        var requests: [WebRequest] = []
    }

    private let state: Mutex<State>

    package init(_ pages: [String: Page]) { state = Mutex(State(pages: pages)) }

    /// Every request so far.
    package var requests: [WebRequest] { state.withLock { $0.requests } }

    /// Puts another page at a URL.
    package func set(_ url: String, _ page: Page) { state.withLock { $0.pages[url] = page } }

    package func withResponse<R: Sendable>(to request: WebRequest, _ body: @Sendable (WebResponse) async throws -> R) async throws -> R {
        let page = state.withLock { state in
            state.requests.append(request)
            defer { state.pages[request.url.absoluteString]?.breaksAfter = nil }
            return state.pages[request.url.absoluteString]
        }
        return try await body(Self.answer(page ?? Page([], status: 404), to: request))
    }

    private static func answer(_ page: Page, to request: WebRequest) -> WebResponse {
        var (status, headers, start) = (page.status, page.headers, 0)
        let condition = request.headers.first { $0.name == "if-range" }?.value
        if status == 200, condition == nil || condition == page.headers["etag"], let from = rangeStart(request) {
            guard from < page.bytes.count else { return WebResponse(status: 416, headers: [:], body: stream([], thenBreak: false)) }
            (status, start) = (206, from)
            headers["content-range"] = "bytes \(from)-\(page.bytes.count - 1)/\(page.bytes.count)"
        }
        let rest = Array(page.bytes[start...])
        headers["content-length"] = "\(rest.count)"
        let sent = page.breaksAfter.map { Array(rest.prefix($0)) } ?? rest
        return WebResponse(status: status, headers: headers, body: stream(sent, thenBreak: page.breaksAfter != nil))
    }

    private static func rangeStart(_ request: WebRequest) -> Int? {
        guard let range = request.headers.first(where: { $0.name == "range" })?.value else { return nil }
        return Int(range.dropFirst("bytes=".count).dropLast())
    }

    private static func stream(_ bytes: [UInt8], thenBreak: Bool) -> AsyncThrowingStream<[UInt8], any Error> {
        AsyncThrowingStream { continuation in
            for start in Swift.stride(from: 0, to: bytes.count, by: 1_000) {
                continuation.yield(Array(bytes[start..<min(start + 1_000, bytes.count)]))
            }
            continuation.finish(throwing: thenBreak ? PullError(.network, "the connection broke") : nil)
        }
    }
}
