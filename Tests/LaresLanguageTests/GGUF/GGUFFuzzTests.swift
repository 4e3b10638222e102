import Foundation
import LaresLanguage
import LaresTensor
import Testing

@Suite struct GGUFFuzzTests {
    static let inputs = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) } ?? 100_000

    /// Bytes that tend to break parsers, written over a random place.
    static let interesting: [[UInt8]] = [
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0, 0, 0, 0x80],
        [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [9, 0, 0, 0], [8, 0, 0, 0], [1], [0x80],
    ]

    static func mutate(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...16, using: &random)))
            case 3: bytes.insert(contentsOf: interesting.randomElement(using: &random) ?? [], at: place)
            case 4: bytes.removeSubrange(max(1, place)...)
            default:
                let patch = interesting.randomElement(using: &random) ?? []
                for (index, byte) in patch.enumerated() where place + index < bytes.count { bytes[place + index] = byte }
            }
            if bytes.isEmpty { bytes = [0] }
        }
        return bytes
    }

    @Test func mutatedFilesAreReadOrRefusedAndNeverTrap() throws {
        let seed: UInt64 = 20_26
        var random = SeededRandom(seed: seed)
        let original = GGUFTests.sample().build()
        var accepted = 0
        for _ in 0..<Self.inputs {
            let bytes = Self.mutate(original, &random)
            do {
                let file = try GGUFFile(GGUFStorage(copying: bytes))
                accepted += 1
                touch(file)
            } catch is GGUFError {}
        }
        print("GGUF fuzz: seed \(seed), \(Self.inputs) inputs, \(accepted) still valid")
        #expect(accepted > 0 && accepted < Self.inputs)
    }

    /// Reads everything that was accepted: a wrong bound would trap here.
    private func touch(_ file: GGUFFile) {
        for key in file.metadata.keys {
            if case .array(let array)? = file.metadata[key] { _ = (array.strings(), array.integers(), array.floats(), array.bools()) }
        }
        for tensor in file.tensors.values {
            var sum: UInt8 = 0
            for byte in tensor.bytes { sum &+= byte }
            var row = [Float](repeating: 0, count: tensor.columns)
            let rowBytes = UnsafeRawBufferPointer(rebasing: tensor.bytes.prefix(tensor.bytes.count / max(1, tensor.rows)))
            row.withUnsafeMutableBufferPointer { tensor.type.decode(rowBytes, into: $0) }
        }
    }
}
