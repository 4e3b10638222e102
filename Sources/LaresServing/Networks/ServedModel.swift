import LaresForecast
package import LaresNeural
import LaresTensor

/// What answers requests with tensors.
package protocol ServedModel: Sendable {
    /// What it takes and gives.
    var signature: NetworkSignature { get }
    /// Inputs that it can answer, to try it with before it is published; nil: it takes none, or is tried in another way.
    var example: [String: NetworkValue]? { get }
    /// The outputs for inputs of the signature; throws for what it can't take.
    ///
    /// - Parameter between: called between two pieces of work that takes long, so that others get their turn; what it throws ends the work.
    func callAsFunction(_ inputs: [String: NetworkValue], between: () throws -> Void) throws -> [String: NetworkValue]
}

extension ServedModel {
    package var example: [String: NetworkValue]? { nil }
}

extension Network: ServedModel {
    // Steps of a plan are too short to be worth giving up between them: `LoadedNetwork` does that between blocks of rows.
    package func callAsFunction(_ inputs: [String: NetworkValue], between: () throws -> Void) throws -> [String: NetworkValue] {
        let pass: () -> Void = { try? between() }
        return try callAsFunction(inputs, between: pass)
    }
}

/// A forecaster or a detector of the registry.
///
/// A forecaster takes `history` (FP32, a row for each series of its plan, from where learning ended) and, for a history that begins elsewhere, `start`
/// (INT64, milliseconds since 1970), and of a plan with covariates `covariates` (FP32, a row for each, over the history and the horizon); it gives `mean`, and `lower` and `upper` of the lowest level of its intervals. A detector takes nothing: what it says
/// depends on all that it saw before.
enum SeriesModel: ServedModel {
    case forecaster(ForecastModel)
    case detector(DetectorModel)

    /// What a file is, by what it says of itself; nil: it's neither.
    static func kind(of path: String) -> ModelVersion.Kind? {
        guard let file = try? MappedFile(path: path) else { return nil }
        let head = String(decoding: file.bytes.prefix(40), as: UTF8.self)
        return head.hasPrefix("{\"format\":\"lares forecast ")
            ? .forecaster : head.hasPrefix("{\"format\":\"lares detector ") ? .detector : nil
    }

    /// Reads a file; throws `ForecastError`.
    init(_ kind: ModelVersion.Kind, at path: String) throws {
        self =
            kind == .detector
            ? .detector(try DetectorModel(contentsOf: path)) : .forecaster(try ForecastModel(contentsOf: path))
    }

    var signature: NetworkSignature {
        guard case .forecaster(let model) = self else { return NetworkSignature(inputs: [], outputs: []) }
        let sizes = [model.series.count, model.plan.horizon]
        let covariates = model.plan.covariates.count
        return NetworkSignature(
            inputs: [
                TensorSignature(name: "history", datatype: .fp32, shape: [model.plan.series.count, nil]),
                TensorSignature(name: "start", datatype: .int64, shape: [1]),
            ] + (covariates == 0 ? [] : [TensorSignature(name: "covariates", datatype: .fp32, shape: [covariates, nil])]),
            outputs: ["mean", "lower", "upper"].map { TensorSignature(name: $0, datatype: .fp32, shape: sizes) })
    }

    func callAsFunction(_ inputs: [String: NetworkValue], between: () throws -> Void) throws -> [String: NetworkValue] {
        guard case .forecaster(let model) = self else { throw ForecastError(.badSetting, "a detector takes no requests") }
        let series = try rows("history", model.plan.series.count, inputs)
        let known = model.plan.covariates.isEmpty ? [] : try rows("covariates", model.plan.covariates.count, inputs)
        var start = model.end
        if case .integers(let times, _)? = inputs["start"], let time = times.first { start = time }
        let history = try Panel(start: start, step: Int64(model.plan.step) * 1_000, series: series, known: known)
        let forecasts = try model.forecasts(after: history, version: "")
        let level = model.plan.levels.indices.min { model.plan.levels[$0] < model.plan.levels[$1] } ?? 0
        func tensor(_ values: (Forecast) -> [Double]) -> NetworkValue {
            .floats(forecasts.flatMap { values($0).map(Float.init) }, shape: [forecasts.count, model.plan.horizon])
        }
        return [
            "mean": tensor(\.mean), "lower": tensor { $0.intervals[level].lower }, "upper": tensor { $0.intervals[level].upper },
        ]
    }
    private func rows(_ name: String, _ count: Int, _ inputs: [String: NetworkValue]) throws -> [[Double]] {
        guard case .floats(let values, let shape)? = inputs[name], shape.count == 2, shape[0] == count else {
            throw ForecastError(.badSetting, "'\(name)' is missing: it has \(count) rows")
        }
        return (0..<count).map { row in values[(row * shape[1])..<((row + 1) * shape[1])].map(Double.init) }
    }
}
