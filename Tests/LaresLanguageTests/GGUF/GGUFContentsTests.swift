import Foundation
import LaresLanguage
import LaresTensor
import Testing

@Suite("Writing GGUF")
struct GGUFContentsTests {
    private func written(_ contents: GGUFContents) throws -> GGUFFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "lares-gguf-\(UUID().uuidString)").path
        defer { unlink(path) }
        try contents.write(to: path)
        return try GGUFFile(contentsOf: path)
    }

    @Test("Every kind of value comes back")
    func values() throws {
        var contents = GGUFContents(architecture: "llama")
        contents.values["text"] = .string("a\u{0}日")
        contents.values["count"] = .count(7)
        contents.values["negative"] = .integer(-5, kind: .int16)
        contents.values["wide"] = .integer(Int128(UInt64.max), kind: .uint64)
        contents.values["number"] = .number(0.1)
        contents.values["double"] = .float(0.1, kind: .float64)
        contents.values["truth"] = .bool(true)
        contents.values["texts"] = .strings(["", "b", "ccc"])
        contents.values["numbers"] = .integers([1, -2, .max])
        let read = try written(contents).metadata
        #expect(try read.string("text") == "a\u{0}日" && read.int("count") == 7 && read.int("negative") == -5)
        #expect(try read.float("number") == 0.1 && read.float("double") == Float(0.1) && read.bool("truth"))
        #expect(try read.strings("texts") == ["", "b", "ccc"] && read.ints("numbers") == [1, -2, Int(Int32.max)])
        guard case .integer(let wide, .uint64) = read["wide"] else {
            Issue.record("'wide' is no UINT64")
            return
        }
        #expect(wide == Int128(UInt64.max))
        var copy = GGUFContents(architecture: "llama")
        for key in read.keys { copy.values[key] = read[key] }
        let again = try written(copy).metadata
        #expect(try again.strings("texts") == ["", "b", "ccc"] && again.ints("numbers") == [1, -2, Int(Int32.max)])
    }

    @Test("Tensors come back as near as their type allows", arguments: DType.writable)
    func tensors(_ type: DType) throws {
        var random = SeededRandom(seed: 2)
        let matrix = Tensor.normal([3, 64], using: &random), odd = Tensor.normal([2, 5], using: &random), vector = Tensor([1, 2, 3])
        var contents = GGUFContents(architecture: "llama")
        contents.append("matrix", matrix, as: type)
        contents.append("odd", odd, as: type)
        contents.append("turned", matrix.transposed(), as: type)
        contents.append("vector", vector, as: type)
        let file = try written(contents)
        func floats(_ name: String) throws -> [Float] {
            let tensor = try file.tensor(name)
            var out = [Float](repeating: .nan, count: tensor.count)
            out.withUnsafeMutableBufferPointer { tensor.type.decode(tensor.bytes, into: $0) }
            return out
        }
        let error: Float = [.f32: 0, .f16: 1e-3, .bf16: 8e-3, .q8_0: 0.03][type] ?? 0
        #expect(try file.tensor("matrix").dimensions == [64, 3] && file.tensor("matrix").type == type)
        #expect(try file.tensor("vector").type == .f32 && floats("vector") == [1, 2, 3])
        for (name, tensor) in [("matrix", matrix), ("odd", odd), ("turned", matrix.transposed())] {
            let worst = try zip(floats(name), tensor.array).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 1
            #expect(worst <= error, "\(name) as \(type.name)")
        }
    }

    @Test("A place that can't be written is named")
    func unwritable() {
        #expect { try GGUFContents(architecture: "llama").write(to: "/nowhere/at/all.gguf") } throws: {
            "\($0)".contains("/nowhere/at/all.gguf")
        }
    }
}
