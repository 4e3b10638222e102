package import Foundation

/// A GET request of one hop.
package struct WebRequest: Sendable {
    package var url: URL
    package var headers: [(name: String, value: String)] = []
}

/// What a server answers: status and headers now, the body in pieces.
package struct WebResponse: Sendable {
    package var status: Int
    /// Names in lower case.
    package var headers: [String: String]
    package var body: any AsyncSequence<[UInt8], any Error> & Sendable

    package init(status: Int, headers: [String: String], body: any AsyncSequence<[UInt8], any Error> & Sendable) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The body as a whole.
    ///
    /// - Throws: ``PullError`` when it is larger than `limit`.
    func collect(upTo limit: Int) async throws -> [UInt8] {
        var all: [UInt8] = []
        for try await piece in body {
            guard all.count + piece.count <= limit else { throw PullError(.badAnswer, "the answer is larger than \(limit) bytes") }
            all += piece
        }
        return all
    }
}

/// One hop of HTTP; redirects are followed by ``WebReader``, which checks each.
package protocol Web: Sendable {
    /// Sends a request, and calls `body` with the answer; the connection ends with the call.
    func withResponse<R: Sendable>(to request: WebRequest, _ body: @Sendable (WebResponse) async throws -> R) async throws -> R
}

/// Follows redirects, at most five, each checked like the first address.
struct WebReader: Sendable {
    let web: any Web
    let check: AddressCheck

    static let redirectLimit = 5

    func get<R: Sendable>(
        _ url: URL, headers: [(name: String, value: String)] = [], noteRedirect: @Sendable (WebResponse) -> Void = { _ in },
        _ body: @escaping @Sendable (WebResponse) async throws -> R
    ) async throws -> R {
        var request = WebRequest(url: url, headers: headers)
        for _ in 0...Self.redirectLimit {
            let current = request
            let next: Hop<R> = try await web.withResponse(to: current) { response in
                guard [301, 302, 303, 307, 308].contains(response.status), let location = response.headers["location"] else {
                    return .arrived(try await body(response))
                }
                return .redirected(try check.url(location, relativeTo: current.url), response)
            }
            switch next {
            case .arrived(let result): return result
            case .redirected(let target, let response):
                noteRedirect(response)
                request.url = target
            }
        }
        throw PullError(.badAnswer, "\(url.host() ?? "the server") redirects more than \(Self.redirectLimit) times")
    }

    private enum Hop<R: Sendable>: Sendable {
        case arrived(R)
        case redirected(URL, WebResponse)
    }
}
