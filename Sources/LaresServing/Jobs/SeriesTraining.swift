import Foundation
import LaresForecast
import LaresJSON
import Synchronization

/// The training of a forecaster or a detector, in the child: it reads the data, learns each series, and writes file and card.
///
/// There are no checkpoints: what is stopped begins anew, and takes seconds to minutes.
struct SeriesTraining {
    private let recipe: SeriesRecipe
    private let order: TrainingOrder
    private let code: String
    private let data: String
    private let lookUp: @Sendable (ForecastPlan) throws -> ForecastPlan

    /// - Parameter lookUp: Tells a plan what its calendar's zone and holidays are.
    init(_ recipe: SeriesRecipe, _ order: TrainingOrder, code: String, lookUp: @escaping @Sendable (ForecastPlan) throws -> ForecastPlan)
        throws
    {
        (self.recipe, self.order, self.code, self.lookUp) = (recipe, order, code, lookUp)
        guard let file = order.dataFile(recipe.file) else {
            throw JobError(.badRecipe, "the recipe asks for the home's history, which a Lares that runs gives: name it with --server")
        }
        data = file
    }

    /// Learns; the result is the last event.
    func run(shouldStop: @escaping @Sendable () -> Bool, tell: @escaping @Sendable (TrainingEvent) -> Void) throws -> TrainingEvent {
        let hash = try TrainingWorker.digest(data)
        tell(.started(isResumed: false, step: 0, losses: LossRecord()))
        let progress = SeriesProgress(of: recipe.series.count, tell)
        let before: @Sendable (Int) throws -> Void = { _ in
            guard !shouldStop() else { throw CancellationError() }
            progress.step()
        }
        do {
            let trained = try trained(before)
            guard !shouldStop() else { return .stopped }
            let card = card(trained, hash)
            try write(trained, card)
            progress.end()
            return .finished(card: card)
        } catch {
            guard !shouldStop() else { return .stopped }
            throw error
        }
    }

    private enum Trained {
        case forecaster(ForecastModel, from: Int64, rows: Int)
        case detector(DetectorModel, span: ClosedRange<Int64>)
    }

    private func trained(_ before: @escaping @Sendable (Int) throws -> Void) throws -> Trained {
        switch recipe.task {
        case .forecaster(let plan):
            let panel = try SeriesTable.panel(data, of: plan)
            var model = try ForecastModel(fitting: try lookUp(plan), to: panel, before: before)
            model.recipe = recipe.json
            return .forecaster(model, from: panel.start, rows: panel.count)
        case .detector(let plan):
            let readings = try SeriesTable.readings(data, plan.series)
            var model = try DetectorModel(fitting: plan, to: readings, before: before)
            model.recipe = recipe.json
            let (first, last) = (readings.values.compactMap(\.first?.time).min() ?? 0, readings.values.compactMap(\.last?.time).max() ?? 0)
            return .detector(model, span: first...max(first, last))
        }
    }

    private func card(_ trained: Trained, _ hash: String) -> JSON {
        let (kind, summary, text, scores, refusals): (String, String, String, [(name: String, value: Double)], [ForecastModel.Refusal])
        switch trained {
        case .forecaster(let model, let start, let rows):
            kind = "forecaster"
            summary = "\(model.plan.horizon) steps of \(model.plan.step) s ahead, series: \(model.series.count)"
            text = "\(model.series.count) × \(rows) values, \(Self.time(start)) – \(Self.time(model.end))"
            (scores, refusals) = (model.scores, model.refusals)
        case .detector(let model, let span):
            kind = "detector"
            summary = "at most \(model.plan.mostAlarms) alarms a day, series: \(model.members.count)"
            text = "\(Self.time(span.lowerBound)) – \(Self.time(span.upperBound))"
            (scores, refusals) = (model.scores, model.refusals)
        }
        return [
            "format": "lares model card 1", "kind": .string(kind), "code": .string("lares \(code)"), "summary": .string(summary),
            "data": [
                "file": recipe.file.map { .string($0) } ?? (recipe.history == nil ? .null : "history"), "sha256": .string(hash),
                "text": .string(text),
            ],
            "metrics": ["backtest": .object(scores.reduce(into: JSON.Members()) { $0.append($1.name, .double($1.value)) })],
            "refusals": .array(refusals.prefix(100).map { ["series": .string($0.series), "reason": .string($0.reason)] }),
            "recipe": recipe.json,
        ]
    }

    private static func time(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(.iso8601)
    }

    private func write(_ trained: Trained, _ card: JSON) throws {
        let path: String
        switch trained {
        case .forecaster(let model, _, _):
            path = order.output + "/" + ModelVersion.Kind.forecaster.file
            try model.write(to: path)
        case .detector(let model, _):
            path = order.output + "/" + ModelVersion.Kind.detector.file
            try model.write(to: path)
        }
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard size <= order.limits.disk << 20 else {
            try? FileManager.default.removeItem(atPath: path)
            throw ForecastError(
                .badSetting,
                "'\(path)' has \(size) bytes, more than the disk limit of \(order.limits.disk) MB: raise it, or name fewer series")
        }
        try Data(card.data + [0x0A]).write(to: URL(fileURLWithPath: order.output + "/card.json"), options: .atomic)
    }
}

/// Series that are begun, told ten times a second at most.
private final class SeriesProgress: Sendable {
    private struct State {
        var begun = 0
        var told: ContinuousClock.Instant?
    }

    private let count: Int
    private let tell: @Sendable (TrainingEvent) -> Void
    private let state = Mutex(State())

    init(of count: Int, _ tell: @escaping @Sendable (TrainingEvent) -> Void) { (self.count, self.tell) = (count, tell) }

    func step() {
        let now = ContinuousClock.now
        let done: Int? = state.withLock { state in
            state.begun += 1
            guard state.told.map({ now - $0 > .milliseconds(100) }) ?? true else { return nil }
            state.told = now
            return state.begun - 1
        }
        if let done { say(done) }
    }

    func end() { say(count) }

    /// As networks count epochs, of which each series is one.
    private func say(_ done: Int) {
        tell(
            .progress([
                "epoch": .int(done), "epochs": .int(count), "step": .int(done), "steps": .int(count), "loss": .null, "validation": .null,
                "best_epoch": .null, "steps_per_second": .null,
            ]))
    }
}
