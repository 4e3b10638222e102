import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import LaresServer
import NIOCore
import NIOPosix
import Testing

/// Where requests are answered: brief ones on the thread that reads their connection, others on Swift's pool.
@Suite struct LoopChannelTests {
    private var application: some ApplicationProtocol {
        let router = Router(context: LaresContext.self)
        router.add(middleware: PoolMiddleware(brief: ["/brief"]))
        for path in ["brief", "other"] { router.get(RouterPath(path)) { _, _ in Self.place } }
        router.post("brief") { request, _ in
            _ = try await request.body.collect(upTo: 1 << 20)
            return Self.place
        }
        router.get("stream") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    try await writer.write(ByteBuffer(string: Self.place))
                    try await writer.finish(nil)
                })
        }
        return Application(
            responder: router.buildResponder(), server: HTTPServerBuilder { LoopChannel(base: HTTP1Channel(responder: $0)) })
    }

    private static var place: String { MultiThreadedEventLoopGroup.currentEventLoop == nil ? "pool" : "loop" }

    @Test(arguments: [("/brief", "loop"), ("/other", "pool"), ("/stream", "pool")])
    func aRequestIsAnsweredWhereItBelongs(_ path: String, _ place: String) async throws {
        try await application.test(.live) { client in
            for _ in 0..<3 {
                let answer = try await client.get(path).text
                #expect(answer == place)
            }
        }
    }

    @Test(arguments: [(1_000, nil, "loop"), (100_000, nil, "pool"), (1_000, "gzip", "pool")] as [(Int, String?, String)])
    func aBodyThatIsLongOrPackedIsReadOnThePool(_ length: Int, _ encoding: String?, _ place: String) async throws {
        try await application.test(.live) { client in
            var headers = HTTPFields()
            headers[.contentEncoding] = encoding
            let body = ByteBuffer(bytes: [UInt8](repeating: 0x20, count: length))
            let answer = try await client.executeRequest(uri: "/brief", method: .post, headers: headers, body: body).text
            #expect(answer == place)
        }
    }
}
