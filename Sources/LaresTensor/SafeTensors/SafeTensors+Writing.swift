extension SafeTensors {
    /// Writes a file, in the order of the names: whole, or not at all, even when the power goes.
    ///
    /// Throws `SafeTensorsError`: `overLimit` when the file would have more bytes than `limit`, `unwritable` when the system refuses.
    public static func write(
        _ tensors: [(name: String, value: StoredTensor)], metadata: [String: String] = [:], to path: String, atMost limit: Int = .max
    ) throws(SafeTensorsError) {
        let sorted = tensors.sorted { $0.name < $1.name }
        for (first, second) in zip(sorted, sorted.dropFirst()) where first.name == second.name {
            throw SafeTensorsError(.duplicateKey, "'\(path)': two tensors are called '\(first.name)'")
        }
        let parts = [{ header(sorted, metadata) }] + sorted.map { tensor in { tensor.value.bytes } }
        do {
            try WholeFile.write(parts.lazy.map { $0() }, to: path, atMost: limit)
        } catch {
            throw SafeTensorsError(error.code == .overLimit ? .overLimit : .unwritable, error.message)
        }
    }

    /// The length and the JSON, filled up so that the data begins at a multiple of 8.
    private static func header(_ tensors: [(name: String, value: StoredTensor)], _ metadata: [String: String]) -> [UInt8] {
        var fields: [String] = []
        if !metadata.isEmpty {
            fields.append(
                "\"__metadata__\":{" + metadata.sorted { $0.key < $1.key }.map { quoted($0) + ":" + quoted($1) }.joined(separator: ",")
                    + "}")
        }
        var at = 0
        for (name, value) in tensors {
            let end = at + value.bytes.count, shape = value.shape.map(String.init).joined(separator: ",")
            fields.append("\(quoted(name)):{\"dtype\":\"\(value.type.name)\",\"shape\":[\(shape)],\"data_offsets\":[\(at),\(end)]}")
            at = end
        }
        var json = Array(("{" + fields.joined(separator: ",") + "}").utf8)
        json += [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\u{0}"..<"\u{20}":
                out += "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2) + String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

extension SafeTensors.Tensor {
    /// The numbers in 32 bits; nil for types that aren't floats and for more axes than a tensor has.
    public var value: LaresTensor.Tensor? {
        guard shape.count <= Shape.mostAxes, let floats = floats() else { return nil }
        return LaresTensor.Tensor(floats, Shape(shape))
    }
}
