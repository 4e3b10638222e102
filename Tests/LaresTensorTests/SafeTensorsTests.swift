import Foundation
import LaresTensor
import Testing

struct SafeTensorsTests {
    /// A file with this header and this many bytes of data.
    private static func file(_ header: [UInt8], data: Int, length: UInt64? = nil) -> [UInt8] {
        withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian, Array.init) + header
            + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
    }

    private static func file(_ header: String, data: Int, length: UInt64? = nil) -> [UInt8] {
        file(Array(header.utf8), data: data, length: length)
    }

    private func open(_ bytes: [UInt8]) throws -> SafeTensors {
        let path = NSTemporaryDirectory() + "lares-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try SafeTensors(contentsOf: path)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let what: String
        let bytes: [UInt8]
        let code: SafeTensorsError.Code
        var testDescription: String { what }

        init(_ what: String, _ bytes: [UInt8], _ code: SafeTensorsError.Code) {
            self.what = what
            self.bytes = bytes
            self.code = code
        }
    }

    private static func one(_ shape: String, _ offsets: String, type: String = "I32", data: Int = 16) -> [UInt8] {
        file(#"{"t":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}}"#, data: data)
    }

    static let bad: [Bad] = [
        Bad("empty", [], .truncated),
        Bad("seven bytes", [2, 0, 0, 0, 0, 0, 0], .truncated),
        Bad("header missing", file("", data: 0, length: 8), .truncated),
        Bad("empty header", file("", data: 0), .malformedHeader),
        Bad("header length 2⁶⁴−1", file("{}", data: 0, length: .max), .tooLarge),
        Bad("header length 2⁵⁶", file("{}", data: 0, length: 1 << 56), .tooLarge),
        Bad("not UTF-8", file([0x7b, 0xff, 0x7d], data: 0), .malformedHeader),
        Bad("not JSON", file("{", data: 0), .malformedHeader),
        Bad("leading space", file(" {}", data: 0), .malformedHeader),
        Bad("text after the end", file("{}x", data: 0), .malformedHeader),
        Bad("100,000 brackets", file(String(repeating: "[", count: 100_000), data: 0), .malformedHeader),
        Bad("100,000 braces", file(String(repeating: #"{"a":"#, count: 100_000), data: 0), .malformedHeader),
        Bad("shape overflows 64 bits", one("[2,18446744073709551614]", "[0,16]"), .sizeMismatch),
        Bad("shape overflows 63 bits", one("[2,9223372036854775807]", "[0,16]"), .sizeMismatch),
        Bad("shape wraps to 4", one("[4194305,4194305,211106198978564]", "[0,16]", type: "F32"), .sizeMismatch),
        Bad("zero hides an overflow", one("[9223372036854775807,2,0]", "[0,0]", data: 0), .sizeMismatch),
        Bad("overlap", file(twice("[0,16]", "[0,16]"), data: 16), .badOffsets),
        Bad("partial overlap", file(twice("[0,16]", "[8,24]"), data: 24), .badOffsets),
        Bad("hole", file(twice("[0,16]", "[20,36]"), data: 36), .badOffsets),
        Bad("hole at the start", one("[2,2]", "[4,20]", data: 20), .badOffsets),
        Bad("trailing bytes", one("[2,2]", "[0,16]", data: 17), .badOffsets),
        Bad("truncated data", one("[2,2]", "[0,16]", data: 15), .truncated),
        Bad("size mismatch", one("[2,2]", "[0,4]", data: 4), .sizeMismatch),
        Bad("negative", one("[1]", "[-4,0]"), .malformedHeader),
        Bad("fraction", one("[1.5]", "[0,4]", data: 4), .malformedHeader),
        Bad("leading zero", one("[01]", "[0,4]", data: 4), .malformedHeader),
        Bad("begin after end", one("[1]", "[4,0]"), .badOffsets),
        Bad("three offsets", one("[1]", "[0,4,4]", data: 4), .malformedHeader),
        Bad("unknown type", one("[1]", "[0,4]", type: "Q4", data: 4), .unknownType),
        Bad("duplicate tensor", file(twice("[0,16]", "[16,32]", names: ("a", "a")), data: 32), .duplicateKey),
        Bad("duplicate by escape", file(twice("[0,16]", "[16,32]", names: ("a", #"\u0061"#)), data: 32), .duplicateKey),
        Bad("duplicate field", file(#"{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 1), .duplicateKey),
        Bad("duplicate metadata", file(#"{"__metadata__":{"a":"1","a":"2"}}"#, data: 0), .duplicateKey),
        Bad("metadata twice", file(#"{"__metadata__":{},"__metadata__":{}}"#, data: 0), .duplicateKey),
        Bad("metadata that is no string", file(#"{"__metadata__":{"a":1}}"#, data: 0), .malformedHeader),
        Bad("unknown field", file(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}}"#, data: 1), .malformedHeader),
        Bad("missing field", file(#"{"a":{"dtype":"U8","shape":[1]}}"#, data: 1), .malformedHeader),
        Bad("half a surrogate", file(#"{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 1), .malformedHeader),
        Bad("control character", file("{\"a\u{1}\":{}}", data: 0), .malformedHeader),
        Bad("65 dimensions", one("[" + Array(repeating: "1", count: 65).joined(separator: ",") + "]", "[0,4]", data: 4), .malformedHeader),
    ]

    private static func twice(_ first: String, _ second: String, names: (String, String) = ("a", "b")) -> String {
        #"{"\#(names.0)":{"dtype":"I32","shape":[2,2],"data_offsets":\#(first)},"#
            + #""\#(names.1)":{"dtype":"I32","shape":[2,2],"data_offsets":\#(second)}}"#
    }

    @Test(arguments: bad) func brokenFilesAreRefusedWithTheReason(_ test: Bad) {
        #expect { try open(test.bytes) } throws: { error in (error as? SafeTensorsError)?.code == test.code }
    }

    @Test func aMissingFileIsAnError() {
        #expect { try SafeTensors(contentsOf: "/nowhere/model.safetensors") } throws: { ($0 as? SafeTensorsError)?.code == .unreadable }
        #expect { try SafeTensors(contentsOf: "/") } throws: { ($0 as? SafeTensorsError)?.code == .unreadable }
    }

    @Test func wholeFilesReadBack() throws {
        let header =
            #"{ "__metadata__":{"format":"pt"}, "w":{"dtype":"F32","shape":[2,1],"data_offsets":[2,10]}, "#
            + #""\u00e9\ud83d\ude00":{"data_offsets":[0,2],"shape":[],"dtype":"I16"},"z":{"dtype":"F16","shape":[3,0],"data_offsets":[2,2]}}   "#
        let file = try open(Self.file(header, data: 10))
        #expect(file.metadata == ["format": "pt"])
        #expect(Set(file.tensors.keys) == ["w", "é😀", "z"])
        let w = try #require(file.tensors["w"])
        #expect(w.shape == [2, 1] && w.dtype == .f32 && Array(w.bytes) == [2, 3, 4, 5, 6, 7, 8, 9])
        #expect(w.floats() == [Float(bitPattern: 0x0504_0302), Float(bitPattern: 0x0908_0706)])
        #expect(file.tensors["é😀"]?.dtype == nil && file.tensors["é😀"]?.floats() == nil)
        #expect(file.tensors["z"]?.bytes.isEmpty == true)
        #expect(try open(Self.file("{}\r\n\t ", data: 0)).tensors.isEmpty)
    }

    /// LARES_FUZZ changes the number of inputs.
    private static let inputs = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap(Int.init) ?? 100_000

    /// Mutations of a good file: each reads or throws `SafeTensorsError`, and what reads stays inside the file.
    @Test func mutatedFilesNeverTrap() throws {
        let good = Self.file(Self.twice("[0,16]", "[16,32]") + "  ", data: 32)
        let pieces = Self.bad.map(\.bytes).filter { !$0.isEmpty && $0.count < 400 }
        var random = RandomBits(seed: 51)
        var (accepted, refused) = (0, 0)
        let memory = try peakMemory()
        for _ in 0..<Self.inputs {
            let bytes = mutated(Int.random(in: 0..<3, using: &random) == 0 ? pieces.randomElement(using: &random) ?? good : good, &random)
            do {
                let contents = try bytes.withUnsafeBytes { try SafeTensorsContents($0, path: "mutated") }
                accepted += 1
                #expect(contents.byteCount <= bytes.count)
            } catch is SafeTensorsError {
                refused += 1
            }
        }
        #expect(accepted > 0 && refused > Self.inputs / 2, "seed 51: \(accepted) accepted, \(refused) refused")
        #expect(try peakMemory() - memory < 512 << 20, "seed 51")
    }

    /// The most memory this process has had, in bytes.
    private func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return 1024 * (try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }))
    }

    private func mutated(_ bytes: [UInt8], _ random: inout RandomBits) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.remove(at: at)
            case 3: bytes.insert(Array("{}[]:,\"\\0912e-".utf8).randomElement(using: &random) ?? 0, at: at)
            case 4: bytes.removeLast(min(bytes.count, Int.random(in: 0..<20, using: &random)))
            default: bytes[min(at, 7)] = UInt8.random(in: 0...255, using: &random)
            }
        }
        return bytes
    }
}
