import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// What a server in a test was sent, and how it answers.
final class Correspondence: Sendable {
    private let state = Mutex<(requests: [String], answers: [String])>(([], []))

    /// - Parameter answers: One for each connection, the last again and again.
    init(_ answers: [String]) { state.withLock { $0.answers = answers } }

    /// What was sent, each whole.
    var requests: [String] { state.withLock { $0.requests } }

    func add(_ request: String) { state.withLock { $0.requests.append(request) } }

    func answer() -> String { state.withLock { $0.answers.count > 1 ? $0.answers.removeFirst() : $0.answers[0] } }
}

/// Runs a server on this machine for as long as something takes.
func withServer<Handler: ChannelInboundHandler & Sendable, Result>(
    _ handler: @escaping @Sendable () -> Handler, _ body: (Int) async throws -> Result
) async throws -> Result {
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in channel.pipeline.addHandler(handler()) }
        .bind(host: "127.0.0.1", port: 0).get()
    let result: Result
    do { result = try await body(server.localAddress?.port ?? 0) } catch {
        try await server.close()
        throw error
    }
    try await server.close()
    return result
}

/// An HTTP server that reads one request as text, and answers with a text; an empty one: never.
final class WebHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let correspondence: Correspondence
    /// A letter may come in two pieces.
    private let received = Mutex<[UInt8]>([])

    init(_ correspondence: Correspondence) { self.correspondence = correspondence }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = received.withLock { bytes in
            bytes += unwrapInboundIn(data).readableBytesView
            return String(decoding: bytes, as: UTF8.self)
        }
        let halves = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let length = halves[0].lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }?.dropFirst(16)
        guard halves.count == 2, let length, halves[1].utf8.count >= Int(length) ?? 0 else { return }
        correspondence.add(text)
        let answer = correspondence.answer()
        guard !answer.isEmpty else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 \(answer)\r\ncontent-length: 0\r\n\r\n")), promise: nil)
    }
}

/// A mail server that takes everything, but for one command that it answers as it was told: "RCPT 550 no such user".
final class MailHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let correspondence: Correspondence
    private let state = Mutex<(rest: String, message: String?, isLogin: Bool)>(("", nil, false))

    init(_ correspondence: Correspondence) { self.correspondence = correspondence }

    func channelActive(context: ChannelHandlerContext) { say("220 mail.example", context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let lines = state.withLock { state in
            // "\r\n" is one character to Swift, and may come in two pieces.
            state.rest += String(buffer: unwrapInboundIn(data))
            var lines = state.rest.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
            state.rest = lines.removeLast()
            return lines
        }
        for line in lines { if let answer = answer(to: line) { say(answer, context) } }
    }

    private func answer(to line: String) -> String? {
        if let message = state.withLock({ $0.message }) {
            state.withLock { $0.message = line == "." ? nil : message + line + "\n" }
            guard line == "." else { return nil }
            correspondence.add(message)
            return answer("END", otherwise: "250 taken")
        }
        correspondence.add(line)
        if state.withLock({ $0.isLogin }) {
            state.withLock { $0.isLogin = false }
            return "235 welcome"
        }
        let verb = String(line.prefix { $0 != " " })
        switch verb {
        case "EHLO": return answer(verb, otherwise: "250-mail.example\r\n250 AUTH PLAIN")
        case "AUTH":
            let answer = answer(verb, otherwise: "334 ")
            state.withLock { $0.isLogin = answer == "334 " }
            return answer
        case "DATA":
            state.withLock { $0.message = "" }
            return "354 go on"
        case "QUIT": return "221 bye"
        default: return answer(verb, otherwise: "250 fine")
        }
    }

    private func answer(_ verb: String, otherwise usual: String) -> String {
        let told = correspondence.answer()
        return told.hasPrefix(verb + " ") ? String(told.dropFirst(verb.count + 1)) : usual
    }

    private func say(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }
}
