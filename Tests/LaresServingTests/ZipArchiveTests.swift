import LaresServing
import LaresTesting
import Testing

@Suite struct ZipArchiveTests {
    private let text = Array(String(repeating: "The hall light is on. ", count: 20_000).utf8)

    private func archive(_ make: (inout ZipWriter) -> Void) -> [UInt8] {
        var writer = ZipWriter()
        make(&writer)
        return writer.finished()
    }

    @Test(arguments: [true, false])
    func filesComeOutAsTheyWentIn(deflated: Bool) throws {
        let zip = try ZipArchive(
            ByteSource(
                archive {
                    $0.add("folder/", [], deflated: false)
                    $0.add("folder/a.txt", text, deflated: deflated)
                    $0.add("empty", [], deflated: deflated)
                }))
        #expect(zip.entries.map(\.path) == ["folder/a.txt", "empty"])
        #expect(try zip.contents(of: zip.entries[0]) == text)
        #expect(try zip.contents(of: zip.entries[1]).isEmpty)
    }

    @Test(arguments: [
        "../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a/.", "..", "a\\..\\b", "C:a", "a\u{0}b", "a\nb",
        String(repeating: "a", count: 1_025),
    ])
    func namesThatLeadOutAreRefused(name: String) throws {
        let bytes = archive { $0.add(name, text) }
        let error = #expect(throws: PullError.self) { try ZipArchive(ByteSource(bytes)) }
        #expect(error?.code == .badArchive)
    }

    @Test func aFileLargerThanItDeclaresIsCutOff() throws {
        let bytes = archive { $0.add("bomb", text, declared: 10) }
        let zip = try ZipArchive(ByteSource(bytes))
        var most = 0
        #expect(throws: PullError.self) { try zip.unpack(zip.entries[0]) { most += $0.count } }
        #expect(most == 0)
    }

    @Test func aWrongChecksumIsNoticed() throws {
        let zip = try ZipArchive(ByteSource(archive { $0.add("a", text, checksum: 1) }))
        #expect(throws: PullError.self) { try zip.contents(of: zip.entries[0]) }
    }

    @Test func aNameThatComesTwiceIsRefused() {
        let bytes = archive {
            $0.add("a", text)
            $0.add("a", [1])
        }
        #expect(throws: PullError.self) { try ZipArchive(ByteSource(bytes)) }
    }

    @Test func anArchiveCutShortAnywhereIsAnError() throws {
        let bytes = archive { $0.add("a", Array(text.prefix(300))) }
        for end in 0..<bytes.count {
            #expect(throws: PullError.self, "cut at \(end)") { try ZipArchive(ByteSource(Array(bytes.prefix(end)))) }
        }
    }

    /// Random changes never trap, and what is unpacked never exceeds what the entry declares.
    @Test func twentyThousandChangedArchivesAreReadOrRefused() throws {
        let seed: UInt64 = 20_261_123
        var random = SplitMix(seed: seed)
        let original = archive {
            $0.add("folder/a.gguf", Array(text.prefix(5_000)))
            $0.add("b.txt", Array(text.prefix(100)), deflated: false)
            $0.add("pack.dist-info/METADATA", Array("Requires-Dist: a==1".utf8))
        }
        var whole = 0
        for round in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) { change(&bytes, &random) }
            guard let zip = try? ZipArchive(ByteSource(bytes)) else { continue }
            for entry in zip.entries {
                var count = 0
                let isWhole = (try? zip.unpack(entry) { count += $0.count }) != nil
                #expect(count <= entry.bytes, "seed \(seed), round \(round)")
                if isWhole { whole += 1 }
            }
        }
        #expect(whole > 1_000, "the changes leave some files whole, or nothing was tested")
    }

    private func change(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(0xff, at: place)
        // The directory at the end is where the sizes and places are.
        default: bytes[max(0, bytes.count - 1 - place % 200)] = [0, 0xff, 0x7f, 0x80].randomElement(using: &random) ?? 0
        }
    }
}
