import Foundation

/// One schema with instances that do or don't fit it.
struct SchemaCase {
    let schema: String
    var instances: [(isValid: Bool, text: String)] = []

    /// Reads what `Benchmarks/maskbench.py` writes: a schema a line behind `S`, its instances behind `V` (valid) and `I` (invalid).
    static func all(from input: FileHandle) throws -> [SchemaCase] {
        var cases: [SchemaCase] = []
        for line in try (input.readToEnd() ?? Data()).split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line.dropFirst(2), as: UTF8.self)
            if line.first == UInt8(ascii: "S") {
                cases.append(SchemaCase(schema: text))
            } else {
                cases[cases.count - 1].instances.append((line.first == UInt8(ascii: "V"), text))
            }
        }
        return cases
    }
}
