import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Fetches contexts over HTTP, within five seconds, without following redirects to where it isn't allowed.
public struct NGSIWebContexts: NGSIContextSource {
    /// A source.
    public init() {}

    /// The document at an address.
    public func document(at address: String, upTo limit: Int) async throws -> [UInt8] {
        guard address.hasPrefix("http://") || address.hasPrefix("https://") else {
            throw NGSIError(.contextNotAvailable, "only http: and https: addresses are fetched")
        }
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "accept", value: "application/ld+json, application/json;q=0.9")
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))
        do {
            let response = try await client.execute(request, timeout: .seconds(5))
            guard response.status == .ok else {
                throw NGSIError(.contextNotAvailable, "the server answers \(response.status.code)")
            }
            let body = try await response.body.collect(upTo: limit)
            try? await client.shutdown()
            return Array(body.readableBytesView)
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
