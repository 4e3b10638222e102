import Foundation
import LaresAccess
import LaresServing
import LaresStore
import Testing

@Suite struct PullAddressTests {
    @Test func aHostNamedWithEncryptionIsNeverAskedWithout() async throws {
        let settings = PullSettings(huggingFaceURL: "https://models.example.org")
        let check = AddressCheck(settings: settings)
        let inside = try [#require(NetworkAddress("10.0.0.5"))]
        try check.check(inside, of: check.url("https://models.example.org/a"))
        #expect(throws: PullError.self) { try check.url("http://models.example.org/a") }
        try await withStore { store, _ in
            let first = "https://models.example.org/owner/repo/resolve/main/tiny.gguf"
            let plain = "http://models.example.org/tiny.gguf"
            let web = MemoryWeb([first: .redirect(to: plain), plain: .init(tinyGGUF())])
            let error = await #expect(throws: PullError.self) {
                try await store.pull(ModelSource("hf:owner/repo/tiny.gguf"), over: web, settings: settings)
            }
            #expect(error?.code == .refusedAddress && web.requests.count == 1)
        }
    }

    @Test func aRefusalNamesNoFlagThatIsNotThere() {
        let error = #expect(throws: PullError.self) { try AddressCheck(settings: PullSettings()).url("http://example.org/a") }
        #expect(error?.message.contains("https") == true && error?.message.contains("--") == false)
    }

    @Test(arguments: [WebFault.noConnection, .tls, .timeout, .other])
    func faultsOfTheNetworkAreSentences(fault: WebFault) {
        let sentence = fault.sentence(about: "example.org")
        #expect(sentence.contains("example.org") && sentence.contains(":") && !sentence.contains("Error"))
        #expect(fault.whileReading("example.org").contains("example.org"))
    }

    @Test func aPathIsToldFromAnAddress() throws {
        #expect(try ModelSource("/tmp/a.gguf").isPath && ModelSource("path:a").isPath)
        #expect(try !ModelSource("https://example.org/a.gguf").isPath && !ModelSource("smollm2").isPath)
    }

    @Test(.timeLimit(.minutes(1)))
    func aPullThatIsCancelledIsNoFaultOfTheNetwork() async throws {
        try await withStore { store, _ in
            let listener = try Listener()
            let source = try ModelSource("https://127.0.0.1:\(listener.port)/tiny.gguf")
            let pull = Task { try await store.pull(source, settings: PullSettings(allowPrivate: true)) }
            // It has connected, and waits for a TLS answer that never comes.
            let connection = listener.accept()
            pull.cancel()
            await #expect(throws: CancellationError.self) { try await pull.value }
            close(connection)
        }
    }
}

/// A socket that takes connections and says nothing.
private struct Listener: ~Copyable {
    private let descriptor: Int32
    let port: Int

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | listen(descriptor, 4) | getsockname(descriptor, $0, &length)
            }
        }
        port = Int(in_port_t(bigEndian: address.sin_port))
        if result != 0 { throw POSIXError(.EADDRINUSE) }
    }

    func accept() -> Int32 { Glibc.accept(descriptor, nil, nil) }

    deinit { close(descriptor) }
}
