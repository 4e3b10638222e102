import LaresForecast
public import LaresJSON
public import LaresPlaces
public import LaresServing
public import LaresThings

/// The registry's forecasters and detectors for those who serve them, and the jobs that train them anew.
public struct RegisteredModels: TrainedModels, SignalModels {
    private let registry: NetworkRegistry
    private let jobs: TrainingJobs
    private let history: HistoryData

    /// Those of a registry.
    ///
    /// - Parameters:
    ///   - registry: Where they are.
    ///   - jobs: Where they are trained anew.
    ///   - services: The home, whose history they learn from.
    public init(_ registry: NetworkRegistry, jobs: TrainingJobs, services: HomeServices) {
        (self.registry, self.jobs) = (registry, jobs)
        history = HistoryData(services: services, automations: nil)
    }

    /// All of them, by name: what requests get serves, and beside it what a trial names, or the candidate where that is newer.
    public func all() throws -> [TrainedModel] {
        try registry.seriesModels().compactMap { model in
            guard let production = model.standard else { return nil }
            let tried = model.rollout?.number ?? model.aliases[RegisteredModel.candidate].flatMap { $0 > production.number ? $0 : nil }
            return TrainedModel(
                name: model.name, kind: production.kind == .detector ? .detector : .forecaster, production: try version(production),
                candidate: tried.flatMap { model.version($0) }.flatMap { try? version($0) })
        }
    }

    /// The version that a reference means; throws `RegistryError` for one that isn't there, or is a network.
    public func version(of name: String, _ reference: String?) throws -> TrainedModel.Version {
        let found = try registry.version(of: name, reference)
        guard found.kind == .forecaster else {
            throw RegistryError(.modelNotFound, "'\(name)' is a \(found.kind.rawValue): name a forecaster as 'model'")
        }
        return try version(found)
    }

    private func version(_ version: ModelVersion) throws -> TrainedModel.Version {
        TrainedModel.Version(version.number, at: try registry.file(of: version))
    }

    /// The version that a reference means; throws `RegistryError` for one that isn't there, or controls no signals.
    public func signalModel(_ name: String, _ reference: String?) throws -> TrainedModel.Version {
        let found = try registry.version(of: name, reference)
        guard found.kind == .signals else {
            throw RegistryError(.modelNotFound, "'\(name)' is a \(found.kind.rawValue): name a controller of signals as 'model'")
        }
        return try version(found)
    }

    /// Trains anew by a recipe, with the history as it is now.
    public func train(_ recipe: JSON) async throws -> String {
        guard let question = try SeriesRecipe(recipe).question else {
            throw JobError(.badRecipe, "the recipe's data are a file: only what learns from the history is trained anew by itself")
        }
        let set = try await history.keep(question, in: jobs.data, by: Self.person, limit: JobChanges.mostHistory)
        // The job keeps the rows.
        defer { _ = try? jobs.data.remove(set.id) }
        return try await jobs.submit(recipe, data: .kept(set.id), by: Self.person).id
    }

    /// Whose jobs they are.
    static let person = "lares"

    /// Whether a training under that name waits or runs.
    public func isTraining(_ name: String) async throws -> Bool {
        try await jobs.newest(200).contains { !$0.isOver && $0.recipe["name"]?.text == name }
    }
}
