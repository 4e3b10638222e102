import LaresNeural
import LaresTensor

extension TextTranslator {
    private static let format = "lares translator 1"

    /// Whether a file says of itself that it holds a translator: cheap, it may still be damaged.
    package static func isAnnounced(by path: String) -> Bool {
        (try? SafeTensors(contentsOf: path))?.metadata["format"] == format
    }

    /// Writes a safetensors file, whole or not at all: parameters, and as metadata how it is built and its symbols.
    ///
    /// - Throws: `SafeTensorsError` when it can't be written.
    public func write(to path: String) throws {
        var metadata = [
            "format": Self.format, "cell": form.cell.rawValue, "unit": form.unit.rawValue, "width": String(form.width),
            "longest_source": String(form.longestSource), "longest_target": String(form.longestTarget),
            "source": source.symbols.joined(separator: "\n"), "target": target.symbols.joined(separator: "\n"),
        ]
        metadata["exact"] = exact.map { String($0) }
        metadata["unknown"] = source.unknown.map { String($0) }
        try SafeTensors.write(model.parameters.map { ($0.name, StoredTensor($0.value, as: .f32)) }, metadata: metadata, to: path)
    }

    /// Reads a file.
    ///
    /// - Throws: ``TranslatorError`` with code `malformed`, `SafeTensorsError` when it is damaged or cut short.
    public init(contentsOf path: String) throws {
        let file = try SafeTensors(contentsOf: path), metadata = file.metadata
        func broken(_ what: String) -> TranslatorError { TranslatorError(.malformed, "'\(path)': \(what)") }
        guard metadata["format"] == Self.format else {
            throw broken("this is no translator: give a file that `lares translate train` wrote")
        }
        var form = Form()
        guard let cell = metadata["cell"].flatMap({ Cell(rawValue: $0) }), let unit = metadata["unit"].flatMap({ Unit(rawValue: $0) }),
            let width = metadata["width"].flatMap({ Int($0) }), let longestSource = metadata["longest_source"].flatMap({ Int($0) }),
            let longestTarget = metadata["longest_target"].flatMap({ Int($0) })
        else { throw broken("how it is built can't be read: the file is damaged") }
        (form.cell, form.unit, form.width) = (cell, unit, width)
        (form.longestSource, form.longestTarget) = (longestSource, longestTarget)
        do { try form.check() } catch { throw broken(error.message) }
        // The first files had no symbol for those that aren't known.
        let source = SymbolTable(Self.symbols(metadata["source"]), hasUnknown: metadata["unknown"] != nil)
        let target = SymbolTable(Self.symbols(metadata["target"]))
        // Held against the tables before any memory is taken for them.
        guard file.tensors["source.weight"]?.shape == [source.count, width], file.tensors["target.weight"]?.shape == [target.count, width]
        else {
            throw broken("its tables aren't those of \(source.symbols.count) and \(target.symbols.count) symbols: the file is damaged")
        }
        var random = SeededRandom(seed: 0)
        self.init(form, source, target, dropout: 0, using: &random)
        exact = metadata["exact"].flatMap { Double($0) }.flatMap { (0...100).contains($0) ? $0 : nil }
        try fill(from: file, broken)
    }

    private static func symbols(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private mutating func fill(from file: SafeTensors, _ broken: (String) -> TranslatorError) throws {
        let expected = model.parameters
        guard expected.count == file.tensors.count else { throw broken("it has \(file.tensors.count) tensors, not \(expected.count)") }
        var values: [String: Tensor] = [:]
        for (name, value) in expected {
            guard let stored = file.tensors[name]?.value, stored.shape == value.shape, stored.array.allSatisfy(\.isFinite) else {
                throw broken("'\(name)' isn't a tensor of finite numbers of shape \(value.shape): the file is damaged")
            }
            values[name] = stored
        }
        model.forEachParameter { name, parameter in if let value = values[name] { parameter = value } }
    }
}
