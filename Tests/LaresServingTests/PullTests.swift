import Foundation
import LaresAccess
import LaresServing
import LaresStore
import Synchronization
import Testing

@Suite struct PullTests {
    private let model = "https://example.org/tiny.gguf"

    private func pull(_ source: String, _ web: MemoryWeb, _ store: ModelStore, settings: PullSettings = PullSettings()) async throws
        -> StoredModel
    {
        try await store.pull(ModelSource(source), over: web, settings: settings)
    }

    @Test func aFileIsFetchedAndItsProgressTold() async throws {
        try await withStore { store, home in
            let steps = Mutex<[PullProgress]>([])
            let web = MemoryWeb([model: .init(tinyGGUF())])
            let stored = try await store.pull(ModelSource(model), over: web, settings: PullSettings()) { step in
                steps.withLock { $0.append(step) }
            }
            #expect(stored.name == "tiny" && stored.source == model)
            let last = try #require(steps.withLock { $0.last })
            #expect(last.bytes == tinyGGUF().count && last.total == tinyGGUF().count && last.file == "tiny.gguf")
            #expect(try files(home.path + "/downloads").isEmpty)
            // It is here: asking again fetches nothing.
            _ = try await pull(model, web, store)
            #expect(web.requests.count == 1)
        }
    }

    @Test func aBrokenDownloadGoesOnWhereItStopped() async throws {
        try await withStore { store, _ in
            let bytes = tinyGGUF()
            let web = MemoryWeb([model: .init(bytes, headers: ["etag": "\"v1\""], breaksAfter: 200)])
            await #expect(throws: PullError.self) { try await pull(model, web, store) }
            #expect(try await pull(model, web, store).digest == Digest(of: bytes))
            let headers = try #require(web.requests.last).headers
            #expect(headers.contains { $0 == ("range", "bytes=200-") } && headers.contains { $0 == ("if-range", "\"v1\"") })
        }
    }

    @Test func aFileThatChangedMeanwhileIsFetchedAnew() async throws {
        try await withStore { store, _ in
            let web = MemoryWeb([model: .init(tinyGGUF(), headers: ["etag": "\"v1\""], breaksAfter: 200)])
            await #expect(throws: PullError.self) { try await pull(model, web, store) }
            web.set(model, .init(tinyGGUF(seed: 7), headers: ["etag": "\"v2\""]))
            let pulled = try await pull(model, web, store)
            #expect(pulled.digest == Digest(of: tinyGGUF(seed: 7)))
        }
    }

    @Test func withoutAVersionNothingOldIsUsed() async throws {
        try await withStore { store, _ in
            let web = MemoryWeb([model: .init(tinyGGUF(), breaksAfter: 200)])
            await #expect(throws: PullError.self) { try await pull(model, web, store) }
            web.set(model, .init(tinyGGUF(seed: 7)))
            let pulled = try await pull(model, web, store)
            #expect(pulled.digest == Digest(of: tinyGGUF(seed: 7)))
        }
    }

    @Test func redirectsAreFollowedAndTheHashTheyTellIsChecked() async throws {
        let source = "hf:owner/repo/tiny.gguf"
        let first = "https://huggingface.co/owner/repo/resolve/main/tiny.gguf"
        try await withStore { store, home in
            let wrong = Digest(of: Array("other".utf8)).description
            let web = MemoryWeb([
                first: .redirect(to: "https://cdn.example.org/x?y=1", headers: ["x-linked-etag": "\"\(wrong)\""]),
                "https://cdn.example.org/x?y=1": .init(tinyGGUF()),
            ])
            let error = await #expect(throws: PullError.self) { try await pull(source, web, store) }
            #expect(error?.code == .hashMismatch)
            let downloads = try files(home.path + "/downloads")
            #expect(downloads.isEmpty)
            web.set(first, .redirect(to: "https://cdn.example.org/x?y=1", headers: ["x-linked-etag": "\"\(Digest(of: tinyGGUF()))\""]))
            let pulled = try await pull(source, web, store)
            #expect(pulled.name == "tiny")
        }
    }

    @Test(arguments: ["http://example.org/a", "file:///etc/passwd", "ftp://example.org/a", "https://user:word@example.org/a"])
    func redirectsOffTheSafePathAreRefused(target: String) async throws {
        try await withStore { store, _ in
            let web = MemoryWeb([model: .redirect(to: target), target: .init(tinyGGUF())])
            await #expect(throws: PullError.self) { try await pull(model, web, store) }
            #expect(web.requests.count == 1)
        }
    }

    @Test func redirectsEnd() async throws {
        try await withStore { store, _ in
            let web = MemoryWeb([model: .redirect(to: model)])
            await #expect(throws: PullError.self) { try await pull(model, web, store) }
            #expect(web.requests.count == 6)
        }
    }

    @Test(arguments: [(404, PullError.Code.notFound), (403, .notFound), (500, .badAnswer), (206, .badAnswer)])
    func otherAnswersAreErrors(status: Int, code: PullError.Code) async throws {
        try await withStore { store, _ in
            let web = MemoryWeb([model: .init(tinyGGUF(), status: status)])
            let error = await #expect(throws: PullError.self) { try await pull(model, web, store) }
            #expect(error?.code == code)
        }
    }

    @Test func insideAddressesAreRefusedUnlessMeant() throws {
        let inside = try [#require(NetworkAddress("1.1.1.1")), #require(NetworkAddress("169.254.169.254"))]
        let check = AddressCheck(settings: PullSettings())
        let url = try check.url("https://example.org/a")
        let error = #expect(throws: PullError.self) { try check.check(inside, of: url) }
        #expect(error?.code == .refusedAddress)
        #expect(throws: PullError.self) { try check.check([], of: url) }
        try check.check([inside[0]], of: url)
        try AddressCheck(settings: PullSettings(allowPrivate: true)).check(inside, of: url)
    }

    @Test func aNamedIndexMayBeInsideAndPlainButNothingElse() throws {
        let settings = PullSettings.fromEnvironment(["PIP_INDEX_URL": "http://127.0.0.1:3141/root/simple"])
        let check = AddressCheck(settings: settings)
        let loopback = try [#require(NetworkAddress("127.0.0.1"))]
        try check.check(loopback, of: check.url("http://127.0.0.1:3141/root/simple/a/"))
        #expect(throws: PullError.self) { try check.url("http://127.0.0.1:9000/a") }
        #expect(throws: PullError.self) { try check.check(loopback, of: check.url("https://files.example.org/a")) }
        #expect(PullSettings.fromEnvironment([:]).indexURL == PullSettings.standardIndex)
    }
}
