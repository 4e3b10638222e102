import Foundation
import LaresTensor
import Testing

@Suite struct SafeTensorsWritingTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".safetensors").path

    @Test func whatWasWrittenIsRead() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let x = Tensor([[1, 2], [3, 4]]), note = "a \"quote\", a \\ and a \u{1}"
        try SafeTensors.write([("b", StoredTensor(x, as: .f32)), ("a", StoredTensor(x, as: .f16))], metadata: ["note": note], to: path)
        let file = try SafeTensors(contentsOf: path)
        #expect(file.metadata == ["note": note])
        #expect(file.tensors["a"]?.value == x && file.tensors["b"]?.value == x)
        #expect(file.tensors["a"]?.typeName == "F16")
    }

    @Test func aPlaceThatCantBeWrittenThrowsAndLeavesNothing() {
        #expect(throws: SafeTensorsError.self) { try SafeTensors.write([("x", StoredTensor(Tensor(1), as: .f32))], to: "/nowhere/x") }
        #expect(throws: SafeTensorsError.self) { try SafeTensors.write([("x", StoredTensor(Tensor(1), as: .f32))], to: "/dev/full/x") }
    }

    @Test func namesMustDiffer() {
        let one = StoredTensor(Tensor(1), as: .f32)
        #expect(throws: SafeTensorsError.self) { try SafeTensors.write([("x", one), ("x", one)], to: path) }
    }
}
