import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends notifications over HTTP, and over MQTT to the broker that an endpoint names.
public struct NGSIWebSender: NGSISender {
    private let client: HTTPClient

    /// Gives a sender for as long as the body runs; its connections are closed afterwards.
    public static func with(_ body: (NGSIWebSender) async -> Void) async {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        // Nobody waits for a connection that is told something else: one server may have many subscriptions.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = NGSIOutbox.mostAtOnce
        // Shorter than servers keep what is idle: a notification isn't sent into a connection that is being closed.
        configuration.connectionPool.idleTimeout = .seconds(2)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        await body(NGSIWebSender(client: client))
        // Whoever is through isn't kept until the connections are closed.
        client.shutdown { _ in }
    }

    /// Sends one.
    public func send(_ body: [UInt8], headers: [(String, String)], to endpoint: NGSIEndpoint) async -> String? {
        if endpoint.isMQTT { return await publish(body, headers: headers, to: endpoint) }
        var request = HTTPClientRequest(url: endpoint.uri)
        request.method = .POST
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let patience = min(60_000, max(100, endpoint.timeout ?? 5_000))
            let response = try await client.execute(request, timeout: .milliseconds(Int64(patience)))
            return (200..<300).contains(response.status.code) ? nil : "the endpoint answers \(response.status.code)"
        } catch { return "the endpoint can't be reached: \(error)" }
    }
}
