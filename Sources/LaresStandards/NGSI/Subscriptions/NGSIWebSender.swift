import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends notifications over HTTP, and over MQTT to the broker that an endpoint names.
public struct NGSIWebSender: NGSISender {
    /// A sender.
    public init() {}

    /// Sends one.
    public func send(_ body: [UInt8], headers: [(String, String)], to endpoint: NGSIEndpoint) async -> String? {
        if endpoint.isMQTT { return await publish(body, headers: headers, to: endpoint) }
        var request = HTTPClientRequest(url: endpoint.uri)
        request.method = .POST
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var failure: String?
        do {
            let patience = min(60_000, max(100, endpoint.timeout ?? 5_000))
            let response = try await client.execute(request, timeout: .milliseconds(Int64(patience)))
            if !(200..<300).contains(response.status.code) { failure = "the endpoint answers \(response.status.code)" }
        } catch { failure = "the endpoint can't be reached: \(error)" }
        // Whoever sent isn't kept until the connection is closed.
        client.shutdown { _ in }
        return failure
    }
}
