public import LaresJSON
public import LaresTensor

/// A fitted forecaster that can be kept in a file.
public protocol FileForecaster: FittedForecaster {
    /// The name of its kind in files.
    static var kind: String { get }
    /// All that it learnt but tensors, as a JSON object.
    var about: JSON { get }
    /// What else it learnt.
    var tensors: [(name: String, value: Tensor)] { get }
    /// Puts both together; throws ``ForecastError`` or ``JSONError`` for what doesn't fit.
    init(about: JSON, tensors: ForecasterTensors) throws
}

/// The tensors of a forecaster's file, by name.
public struct ForecasterTensors: Sendable {
    private let tensors: [String: Tensor]
    private let prefix: String

    package init(_ tensors: [String: Tensor], prefix: String = "") { (self.tensors, self.prefix) = (tensors, prefix) }

    /// Those whose names begin with a prefix, by the rest of the name.
    public func under(_ prefix: String) -> ForecasterTensors { ForecasterTensors(tensors, prefix: self.prefix + prefix) }

    /// A tensor of a shape that is known.
    ///
    /// - Throws: `ForecastError.badFile` when it is missing, has another shape, or has a number that isn't finite.
    public func tensor(_ name: String, _ shape: Shape) throws -> Tensor {
        guard let tensor = tensors[prefix + name], tensor.shape == shape else {
            throw ForecastError(.badFile, "it has no tensor '\(prefix + name)' of shape \(shape)")
        }
        guard tensor.withFloats({ $0.allSatisfy(\.isFinite) }) else {
            throw ForecastError(.badFile, "its tensor '\(prefix + name)' has a number that isn't finite")
        }
        return tensor
    }
}

extension FileForecaster {
    /// Writes a file: one safetensors with the rest in its metadata; whole, or not at all.
    ///
    /// - Throws: `ForecastError.badFile` when it can't be written.
    public func write(to path: String) throws {
        do {
            try SafeTensors.write(
                tensors.map { ($0.name, StoredTensor($0.value, as: .f32)) },
                metadata: ["format": ForecasterFile.format, "kind": Self.kind, "about": about.serialized], to: path)
        } catch {
            throw ForecastError(.badFile, error.message)
        }
    }
}

/// Reads fitted forecasters from files.
public enum ForecasterFile {
    static let format = "lares forecaster 1"
    /// How many bytes a file may have.
    static let mostBytes = 1 << 30

    /// The kinds that files may hold.
    static let kinds: [any FileForecaster.Type] = [FittedLinear.self, FittedNeural.self, FittedEnsemble.self, FittedDayAhead.self]

    /// Reads a file that `write` made.
    ///
    /// - Throws: `ForecastError.badFile` for a file that can't be read, is no forecaster, or is damaged.
    public static func read(_ path: String) throws -> any FileForecaster {
        let file: SafeTensors
        do {
            file = try SafeTensors(contentsOf: path)
        } catch let error as SafeTensorsError {
            throw ForecastError(.badFile, error.message)
        }
        guard file.metadata["format"] == format, let kind = file.metadata["kind"], let about = file.metadata["about"] else {
            throw ForecastError(
                .badFile, "'\(path)' is no forecaster of Lares: its metadata has no '\(format)' with a kind and what it is about")
        }
        guard file.tensors.values.reduce(0, { $0 + $1.bytes.count }) <= mostBytes else {
            throw ForecastError(.badFile, "'\(path)' has more than \(mostBytes) bytes of tensors: no forecaster has")
        }
        var tensors: [String: Tensor] = [:]
        for (name, stored) in file.tensors {
            guard stored.typeName == "F32", let value = stored.value else {
                throw ForecastError(.badFile, "'\(path)': tensor '\(name)' isn't of type F32, as those of forecasters are")
            }
            tensors[name] = value
        }
        do {
            return try read(kind, JSON(parsing: Array(about.utf8)), ForecasterTensors(tensors))
        } catch {
            throw ForecastError(.badFile, "'\(path)' is damaged: \(error)")
        }
    }

    static func read(_ kind: String, _ about: JSON, _ tensors: ForecasterTensors) throws -> any FileForecaster {
        guard let type = kinds.first(where: { $0.kind == kind }) else {
            throw ForecastError(
                .badFile, "it is of the kind '\(kind.prefix(40))'; there may be \(kinds.map { $0.kind }.joined(separator: ", "))")
        }
        return try type.init(about: about, tensors: tensors)
    }
}
