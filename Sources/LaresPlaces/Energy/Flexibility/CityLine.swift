internal import AsyncHTTPClient
internal import Foundation
public import LaresControl
internal import LaresJSON
internal import NIOCore
internal import NIOHTTP1

/// How a home reaches a city. Nothing else of the home goes over it than what these methods take.
public protocol CityLine: Sendable {
    /// What the city asks.
    func requests() async throws -> [PublishedRequest]
    /// Makes an offer; the same once more changes nothing.
    func offer(_ offer: FlexibilityOffer) async throws
    /// What became of an offer.
    func answer(_ request: String, token: String) async throws -> OfferAnswer
}

/// A line over HTTP. Redirects aren't followed, and answers of more than a mebibyte aren't read.
public struct WebCityLine: CityLine {
    private let address: String
    private let key: Secret?

    /// A line to a city by its settings; nil without an address.
    public init?(_ settings: FlexibilitySettings) {
        guard let city = settings.city else { return nil }
        address = city.text.hasSuffix("/") ? String(city.text.dropLast()) : city.text
        key = settings.key
    }

    /// What the city asks; a request that can't be is left out.
    public func requests() async throws -> [PublishedRequest] {
        let answer = try await ask(.GET, "/lares/v1/flexibility/requests", nil)
        return (answer["requests"]?.elements ?? []).prefix(1_000).compactMap { try? PublishedRequest($0) }
    }

    /// Makes an offer.
    public func offer(_ offer: FlexibilityOffer) async throws {
        let body: JSON = ["token": .string(offer.token), "kw": .number(offer.change)]
        _ = try await ask(.POST, "/lares/v1/flexibility/requests/\(offer.request)/offers", body)
    }

    /// What became of an offer.
    public func answer(_ request: String, token: String) async throws -> OfferAnswer {
        let answer = try await ask(.GET, "/lares/v1/flexibility/requests/\(request)/offers/\(token)", nil)
        guard let answer = OfferAnswer(answer) else { throw EnergyError(.badFlexibility, "the city's answer to an offer can't be read") }
        return answer
    }

    private func ask(_ method: HTTPMethod, _ path: String, _ body: JSON?) async throws -> JSON {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        // No more than has to be said: no language, no version, no cookie.
        request.headers = ["user-agent": "lares", "accept": "application/json"]
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key.text)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.serialized))
        }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        // The timeout of a request ends with the head of its answer: a body that stops coming is given up, too.
        configuration.timeout.read = .seconds(10)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let result: Result<JSON, any Error>
        do {
            let response = try await client.execute(request, timeout: .seconds(10))
            let bytes = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
            let json = (try? JSON(parsing: bytes, maximumDepth: 8)) ?? .null
            let status = Int(response.status.code)
            if (200..<300).contains(status) {
                result = .success(json)
            } else {
                let said = json["error"]?["message"]?.text.map { OneLine.of($0, most: 200) } ?? "HTTP \(status)"
                // What the city refuses for good isn't tried again.
                let isFinal = [400, 404, 409, 410].contains(status)
                result = .failure(EnergyError(isFinal ? .conflict : .notReady, "the city answers: \(said)"))
            }
        } catch {
            result = .failure(EnergyError(.notReady, "the city can't be reached: \(OneLine.of("\(error)", most: 200))"))
        }
        if Task.isCancelled { client.shutdown { _ in } } else { try? await client.shutdown() }
        return try result.get()
    }
}
