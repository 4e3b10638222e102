import AsyncHTTPClient
import Foundation
import LaresAccess
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// HTTP over the network. Each hop resolves its host once, has the addresses judged, and connects to exactly the address that was judged,
/// so that a name can't lead elsewhere between the check and the connection (DNS rebinding).
struct HTTPWeb: Web {
    let check: AddressCheck

    func withResponse<R: Sendable>(to request: WebRequest, _ body: @Sendable (WebResponse) async throws -> R) async throws -> R {
        let host = request.url.host(percentEncoded: false) ?? ""
        let addresses = await resolve(host)
        try check.check(addresses, of: request.url)
        var failure: (any Error)?
        // A name may have an IPv6 address that this network can't reach; the next one is tried when a connection can't be made.
        for address in addresses.prefix(4) {
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration(host, address))
            let result: Result<R, any Error>
            do {
                let response = try await client.execute(clientRequest(request), deadline: .distantFuture)
                result = await Self.pass(response, from: host, to: body)
            } catch {
                if Task.isCancelled || error is CancellationError {
                    // Whoever gave up doesn't wait for the end of an attempt to connect.
                    client.shutdown { _ in }
                    throw CancellationError()
                }
                failure = error
                try await client.shutdown()
                continue
            }
            try await client.shutdown()
            return try result.get()
        }
        throw PullError(.network, WebFault(failure).sentence(about: host))
    }

    private static func pass<R: Sendable>(
        _ response: HTTPClientResponse, from host: String, to use: @Sendable (WebResponse) async throws -> R
    ) async -> Result<R, any Error> {
        var headers: [String: String] = [:]
        for header in response.headers { headers[header.name.lowercased()] = header.value }
        let body = response.body.map { Array($0.readableBytesView) }
        do {
            return .success(try await use(WebResponse(status: Int(response.status.code), headers: headers, body: body)))
        } catch let error where error is PullError || error is CancellationError {
            return .failure(error)
        } catch {
            if Task.isCancelled { return .failure(CancellationError()) }
            return .failure(
                PullError(.network, "\(WebFault(error).whileReading(host)): run the same command again to go on where it stopped"))
        }
    }

    private func configuration(_ host: String, _ address: NetworkAddress) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(20), read: .seconds(60))
        configuration.dnsOverride = [host: address.description]
        configuration.httpVersion = .http1Only
        return configuration
    }

    private func clientRequest(_ request: WebRequest) -> HTTPClientRequest {
        var result = HTTPClientRequest(url: request.url.withoutCredentials.absoluteString)
        result.headers.add(name: "user-agent", value: "lares")
        for header in request.headers { result.headers.add(name: header.name, value: header.value) }
        if let credentials = request.url.basicCredentials { result.headers.add(name: "authorization", value: credentials) }
        return result
    }

    /// Every address of a host, in the system's order.
    private func resolve(_ host: String) async -> [NetworkAddress] {
        if let numeric = NetworkAddress(host) { return [numeric] }
        // getaddrinfo waits for the network, so it gets a thread of its own.
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: addresses(of: host)) }
        }
    }
}

private func addresses(of host: String) -> [NetworkAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [NetworkAddress] = []
    for entry in sequence(first: list, next: { $0?.pointee.ai_next }) {
        guard let entry, let address = entry.pointee.ai_addr else { continue }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = getnameinfo(address, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        let name = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        if status == 0, let numeric = NetworkAddress(name), !found.contains(numeric) { found.append(numeric) }
    }
    return found
}

extension URL {
    fileprivate var withoutCredentials: URL {
        guard user != nil || password != nil, var parts = URLComponents(url: self, resolvingAgainstBaseURL: true) else { return self }
        parts.user = nil
        parts.password = nil
        return parts.url ?? self
    }

    fileprivate var basicCredentials: String? {
        guard let user = user(percentEncoded: false) else { return nil }
        return "Basic " + Data("\(user):\(password(percentEncoded: false) ?? "")".utf8).base64EncodedString()
    }
}
