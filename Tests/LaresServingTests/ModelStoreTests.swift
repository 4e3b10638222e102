import Foundation
import LaresServing
import LaresStore
import Synchronization
import Testing

@Suite struct ModelStoreTests {
    private func write(_ bytes: [UInt8], _ home: LaresHome, _ name: String = "Tiny Model.gguf") throws -> String {
        let path = home.path + "/" + name
        try bytes.write(to: path)
        return path
    }

    @Test func aFileIsTakenInUnderItsHash() async throws {
        try await withStore { store, home in
            let bytes = tinyGGUF()
            let model = try await store.importModel(at: write(bytes, home))
            #expect(model.name == "tiny-model")
            #expect(model.digest == Digest(of: bytes))
            #expect(try files(home.path + "/blobs") == ["sha256-\(Digest(of: bytes))"])
            #expect(try files(home.path + "/downloads").isEmpty)
            let found = try store.find("tiny-model").description
            #expect(found.family == "llama" && found.quantisation == "Q4_1" && found.contextLength == 128 && found.parameterCount == 7_392)
            #expect(found.state == .stored && found.fileBytes == bytes.count)
        }
    }

    @Test func theSameBytesAreKeptOnceAndGoWithTheLastModel() async throws {
        try await withStore { store, home in
            let path = try write(tinyGGUF(), home)
            try await store.importModel(at: path, name: "a")
            try await store.importModel(at: path, name: "b")
            try await store.importModel(at: path, name: "a")
            #expect(try store.list().map(\.name) == ["a", "b"])
            #expect(try files(home.path + "/blobs").count == 1)
            #expect(try store.remove("a") == 0)
            #expect(try files(home.path + "/blobs").count == 1)
            #expect(try store.remove("b") == tinyGGUF().count)
            #expect(try files(home.path + "/blobs").isEmpty)
        }
    }

    @Test func anImportTellsHowFarItIs() async throws {
        try await withStore { store, home in
            let steps = Mutex<[PullProgress]>([])
            let path = try write([UInt8](repeating: 0, count: 3 << 20), home, "large.gguf")
            _ = await #expect(throws: PullError.self) {
                try await store.pull(ModelSource(path), name: "a") { step in steps.withLock { $0.append(step) } }
            }
            let told = steps.withLock { $0 }
            #expect(told.allSatisfy { $0.stage == .importing && $0.file == "large.gguf" && $0.total == 3 << 20 })
            #expect(told.first?.bytes == 1 << 20 && told.last?.bytes == 3 << 20)
        }
    }

    @Test func aCancelledImportLeavesNothingBehind() async throws {
        try await withStore { store, home in
            let path = try write([UInt8](repeating: 0, count: 3 << 20), home)
            let copying = Task {
                try await store.importModel(at: path) { _ in withUnsafeCurrentTask { $0?.cancel() } }
            }
            await #expect(throws: CancellationError.self) { try await copying.value }
            #expect(try files(home.path + "/downloads").isEmpty && files(home.path + "/blobs").isEmpty)
        }
    }

    @Test func whatAKilledPullLeftIsSweptAway() async throws {
        try await withStore { store, home in
            let downloads = try home.directory("downloads")
            for name in ["old.new", "fresh.new", "old.part"] { try Array("x".utf8).write(to: downloads + "/" + name) }
            for name in ["old.new", "old.part"] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: downloads + "/" + name)
            }
            try await store.importModel(at: write(tinyGGUF(), home), now: Date(timeIntervalSince1970: 2_000_000))
            #expect(try files(downloads) == ["fresh.new", "old.part"])
        }
    }

    /// A blob that nothing names, as a call leaves it that was killed before it was done; four bytes.
    private func leaveBlob(_ home: LaresHome) throws -> String {
        let path = home.path + "/blobs/sha256-" + String(repeating: "0a", count: 32)
        try Array("left".utf8).write(to: path)
        return path
    }

    @Test func whatNothingNeedsIsSweptAndAllElseStays() async throws {
        try await withStore { store, home in
            let left = try leaveBlob(home), blobs = home.path + "/blobs", bytes = tinyGGUF()
            try Array("mine".utf8).write(to: blobs + "/notes.txt")
            #expect(
                try store.sweep() == 0 && files(blobs).count == 2, "a registry with nothing in it may be one that is still to be restored")
            try await store.importModel(at: write(bytes, home))
            // As whoever takes files in holds them, in this process or another.
            let holder = open(blobs, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            #expect(flock(holder, LOCK_SH) == 0)
            #expect(try store.sweep() == 0 && FileManager.default.fileExists(atPath: left))
            close(holder)
            #expect(try store.sweep() == 4)
            #expect(try files(blobs) == ["notes.txt", "sha256-\(Digest(of: bytes))"])
        }
    }

    @Test func nothingIsSweptWhileAnImportIsUnderWay() async throws {
        try await withStore { store, home in
            try await store.importModel(at: write(tinyGGUF(), home), name: "first")
            let left = try leaveBlob(home), swept = Mutex<[Int]>([])
            _ = await #expect(throws: PullError.self) {
                try await store.importModel(at: write([UInt8](repeating: 0, count: 3 << 20), home, "large.gguf")) { _ in
                    let freed = (try? store.sweep()) ?? -1
                    swept.withLock { $0.append(freed) }
                }
            }
            let told = swept.withLock { $0 }
            #expect(!told.isEmpty && told.allSatisfy { $0 == 0 } && FileManager.default.fileExists(atPath: left))
            #expect(try store.sweep() == 4)
        }
    }

    @Test func aTakenNameIsNotGivenToAnotherModel() async throws {
        try await withStore { store, home in
            try await store.importModel(at: write(tinyGGUF(), home), name: "a")
            let other = try write(tinyGGUF(seed: 9), home, "other.gguf")
            let error = await #expect(throws: PullError.self) { try await store.importModel(at: other, name: "a") }
            #expect(error?.code == .nameTaken)
            #expect(try files(home.path + "/blobs").count == 1)
        }
    }

    @Test(arguments: ["", ".", "..", "../a", "a/b", "-a", ".a", "a b", "ä", String(repeating: "a", count: 65), "a\u{0}"])
    func namesThatCouldBePathsAreRefused(name: String) async throws {
        try await withStore { store, home in
            let path = try write(tinyGGUF(), home)
            let error = await #expect(throws: PullError.self) { try await store.importModel(at: path, name: name) }
            #expect(error?.code == .badName)
            #expect(throws: (any Error).self) { try store.setAlias(name, to: "a") }
        }
    }

    @Test(arguments: [Array("no model at all".utf8), Array("GGUF".utf8), []])
    func whatIsNoModelIsRefusedAndNotKept(bytes: [UInt8]) async throws {
        try await withStore { store, home in
            let path = try write(bytes, home)
            let error = await #expect(throws: PullError.self) { try await store.importModel(at: path) }
            #expect(error?.code == .notAModel)
            #expect(try store.list().isEmpty)
            #expect(try files(home.path + "/blobs").isEmpty)
        }
    }

    @Test(arguments: ["/dev/zero", "/nonexistent/a.gguf", "/proc/self/mem"])
    func devicesAndMissingFilesAreRefused(path: String) async throws {
        try await withStore { store, _ in
            _ = await #expect(throws: PullError.self) { try await store.importModel(at: path, name: "a") }
        }
    }

    @Test func aliasesMeanAModelUntilItGoes() async throws {
        try await withStore { store, home in
            try await store.importModel(at: write(tinyGGUF(), home), name: "a")
            try await store.importModel(at: write(tinyGGUF(seed: 1), home, "b.gguf"), name: "b")
            try store.setAlias("default", to: "a")
            #expect(try store.find("default").name == "a")
            try store.setAlias("default", to: "b")
            #expect(try store.find("default").aliases == ["default"])
            #expect(throws: PullError.self) { try store.setAlias("a", to: "b") }
            try store.remove("default")
            let error = #expect(throws: ServingError.self) { try store.find("default") }
            #expect(error?.code == .modelNotFound)
        }
    }

    @Test(arguments: [
        "", "sha256:../../etc/passwd", String(repeating: "g", count: 64), String(repeating: "a", count: 63),
        "sha256-" + String(repeating: "a", count: 65),
        "../" + String(repeating: "a", count: 61), String(repeating: "a", count: 62) + "/.",
    ])
    func badDigestsAreNone(text: String) {
        #expect(Digest(text) == nil)
    }

    @Test func digestsAreReadInEveryUsualForm() throws {
        let digits = String(repeating: "ab", count: 32)
        #expect(Digest("sha256:" + digits) == Digest(digits.uppercased()))
        #expect(Digest("sha256-" + digits)?.description == digits)
    }
}
