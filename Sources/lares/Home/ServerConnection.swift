import ArgumentParser
import AsyncHTTPClient
import Foundation
import LaresJSON
import LaresServer
import NIOCore
import NIOHTTP1

/// How a command reaches the Lares that runs.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp(say("cli.option.server"), valueName: "url"))
    var server: String?

    @Option(help: ArgumentHelp(say("cli.option.key")))
    var key: String?

    /// The connection: `--server`, then `LARES_SERVER`, then this machine's usual port; `--key`, then `LARES_KEY`.
    var connection: ServerConnection {
        let environment = ProcessInfo.processInfo.environment
        let usual = "http://127.0.0.1:\(ServerSettings.defaultPort)"
        let address = server ?? environment["LARES_SERVER"].flatMap { $0.isEmpty ? nil : $0 } ?? usual
        return ServerConnection(
            address: address.hasSuffix("/") ? String(address.dropLast()) : address, key: key ?? environment["LARES_KEY"])
    }
}

/// Asks the Lares that runs.
struct ServerConnection {
    let address: String
    let key: String?

    /// Sends a request, and reads the answer.
    ///
    /// - Throws: ``Failure`` when there is no Lares, or when it refuses; its own words say why.
    func ask(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let bytes = try await fetch(method, path, body)
        return (try? JSON(parsing: bytes)) ?? .null
    }

    /// Sends a request, and reads the answer as it is, at most 256 MiB.
    ///
    /// - Throws: as ``ask(_:_:_:)``.
    func fetch(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> [UInt8] {
        try await send(method, path, body?.data, as: "application/json")
    }

    /// Sends a request with any body, and reads the answer as it is.
    ///
    /// - Throws: as ``ask(_:_:_:)``.
    func send(_ method: String, _ path: String, _ body: [UInt8]?, as type: String) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: address + path)
        request.method = .init(rawValue: method)
        request.headers.add(name: "Accept-Language", value: words.language == .chinese ? "zh" : "en")
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response: HTTPClientResponse
        do {
            response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        } catch {
            throw Failure("cli.server.away", ["address": address, "reason": "\(error)"])
        }
        let bytes = Array(try await response.body.collect(upTo: 256 << 20).readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            let answer = (try? JSON(parsing: bytes)) ?? .null
            throw Failure("cli.server.refused", ["message": Self.advice(answer["error"]) ?? "HTTP \(response.status.code)"])
        }
        return bytes
    }

    /// What an error says; where it says what programs are to send, what is to be typed.
    static func advice(_ error: JSON?) -> String? {
        guard let message = error?["message"]?.text else { return nil }
        guard let code = error?["code"]?.text, ["needs_confirmation", "needs_pin"].contains(code), let end = message.range(of: ": send ")
        else { return message }
        return say("cli.server.\(code)", ["what": String(message[..<end.lowerBound])])
    }

    /// A part of a path, so that it stays one.
    static func part(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.subtracting(["/"])) ?? text
    }
}
