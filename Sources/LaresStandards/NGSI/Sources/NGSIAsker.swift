import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A request to a context source.
public struct NGSIQuestion: Sendable {
    /// `GET`, `POST` …
    public var method: String
    /// The whole address.
    public var url: String
    /// Its headers.
    public var headers: [(name: String, value: String)]
    /// Its body; empty: none.
    public var body: [UInt8] = []
    /// How long an answer is waited for, in milliseconds.
    public var timeout: Double

    /// A request without a body.
    public init(_ method: String, _ url: String, headers: [(name: String, value: String)], timeout: Double) {
        (self.method, self.url, self.headers, self.timeout) = (method, url, headers, timeout)
    }
}

/// Asks context sources.
public protocol NGSIAsker: Sendable {
    /// - Returns: The status and the body of the answer.
    /// - Throws: Why there is none.
    func ask(_ question: NGSIQuestion) async throws -> (status: Int, body: [UInt8])
}

/// Asks context sources over HTTP; redirects aren't followed, and an answer has at most 16 MiB.
public struct NGSIWebAsker: NGSIAsker {
    private static let largest = 16 << 20

    /// One that asks.
    public init() {}

    /// Asks once.
    public func ask(_ question: NGSIQuestion) async throws -> (status: Int, body: [UInt8]) {
        var request = HTTPClientRequest(url: question.url)
        request.method = HTTPMethod(rawValue: question.method)
        for (name, value) in question.headers { request.headers.replaceOrAdd(name: name, value: value) }
        if !question.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: question.body)) }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        // The timeout of a request ends with the head of its answer: a body that stops coming is given up as late.
        configuration.timeout.read = .milliseconds(Int64(question.timeout))
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(request, timeout: .milliseconds(Int64(question.timeout)))
            let body = try await response.body.collect(upTo: Self.largest)
            client.shutdown { _ in }
            return (Int(response.status.code), Array(body.readableBytesView))
        } catch {
            client.shutdown { _ in }
            throw error
        }
    }
}
