import Foundation
public import LaresStore

/// The models of this place: files named by their content, and a registry of what they are.
///
/// Several processes may use one store at the same time: the command line pulls while the server serves.
public final class ModelStore: Sendable {
    let blobs: BlobStore
    let registry: ModelRegistry
    private let home: LaresHome

    /// Opens the store of a data directory.
    ///
    /// - Throws: `StoreError`.
    public init(home: LaresHome) throws {
        self.home = home
        blobs = try BlobStore(home: home)
        registry = try ModelRegistry(home: home)
    }

    /// Every model, by name.
    public func list() throws -> [StoredModel] { try registry.all() }

    /// The model with this name or alias.
    ///
    /// - Throws: ``ServingError`` with code `modelNotFound`.
    public func find(_ nameOrAlias: String) throws -> StoredModel {
        guard let model = try registry.find(nameOrAlias) else {
            let names = try list().map(\.name)
            let there = names.isEmpty ? "none is there yet" : "there are \(names.prefix(10).joined(separator: ", "))"
            throw ServingError(
                .modelNotFound, "there is no model '\(nameOrAlias.prefix(100))': \(there); `lares pull` fetches models", param: "model")
        }
        return model
    }

    /// Takes a model out, and its files unless another model needs them.
    ///
    /// - Returns: the bytes that became free.
    /// - Throws: ``ServingError`` with code `modelNotFound`, ``PullError`` when a file can't be removed.
    @discardableResult
    public func remove(_ nameOrAlias: String) throws -> Int {
        let name = try find(nameOrAlias).name
        let files = try registry.remove(name)
        try? FileManager.default.removeItem(atPath: home.directory("models") + "/" + name)
        let freed = try registry.collect(files.map(\.digest), of: blobs)
        for file in files where !blobs.has(file.digest, bytes: file.bytes) {
            try? FileManager.default.removeItem(atPath: prefixFile(of: file.digest))
        }
        return freed
    }

    /// Removes the files that no model and no version needs: calls that were killed leave them. Nothing happens while a call of any process takes files in,
    /// nor where the registry has nothing at all, as it may be that it is still to be restored.
    ///
    /// - Returns: the bytes that became free.
    /// - Throws: ``PullError`` when a file can't be removed, and what a database throws.
    @discardableResult
    public func sweep() throws -> Int {
        guard let folder = try blobs.alone() else { return 0 }
        defer { withExtendedLifetime(folder) {} }
        guard try registry.hasFiles() else { return 0 }
        return try registry.collect(blobs.all(), of: blobs)
    }

    /// Makes `alias` mean a model; an alias that exists is moved.
    ///
    /// - Throws: ``PullError`` for a bad name or one that is a model's own, ``ServingError`` when there is no such model.
    public func setAlias(_ alias: String, to nameOrAlias: String) throws {
        try ModelName.check(alias)
        let target = try find(nameOrAlias).name
        guard try registry.find(alias).map({ $0.name != alias }) ?? true else {
            throw PullError(.nameTaken, "'\(alias)' is the name of a model; an alias must be another name")
        }
        try registry.setAlias(alias, to: target)
    }

    /// Forgets an alias.
    ///
    /// - Throws: ``ServingError`` with code `modelNotFound` when there is none.
    public func removeAlias(_ alias: String) throws {
        guard try registry.removeAlias(alias) else {
            throw ServingError(.modelNotFound, "there is no alias '\(alias.prefix(100))'", param: "model")
        }
    }

    /// Where a model's only file is, for models of one file.
    public func file(of model: StoredModel) throws -> String {
        guard let file = model.files.first, blobs.has(file.digest, bytes: file.bytes) else { throw missing(model) }
        return blobs.path(of: file.digest)
    }

    /// A directory that shows a model's files under their own names, as links into the blobs.
    func directory(of model: StoredModel) throws -> String {
        try ModelName.check(model.name)
        let directory = try home.directory("models") + "/" + model.name
        try? FileManager.default.removeItem(atPath: directory)
        for file in model.files {
            try ZipArchive.checkPath(file.path)
            guard blobs.has(file.digest, bytes: file.bytes) else { throw missing(model) }
            let place = directory + "/" + file.path
            do {
                try FileManager.default.createDirectory(
                    atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: blobs.path(of: file.digest))
            } catch {
                throw PullError(.file, "'\(place)' can't be made: \(error.localizedDescription)")
            }
        }
        return directory
    }

    /// Where the prefixes of a model are kept between two runs.
    func prefixFile(of digest: Digest) throws -> String { try home.directory("prefixes") + "/" + digest.description }

    private func missing(_ model: StoredModel) -> PullError {
        PullError(.file, "a file of '\(model.name)' is missing or has another size: remove the model and pull it again")
    }

    /// Whether a model of this name and source is here already, complete.
    func isHere(_ name: String, source: String) throws -> StoredModel? {
        guard let model = try registry.find(name), model.name == name, model.source == source else { return nil }
        return model.files.allSatisfy { blobs.has($0.digest, bytes: $0.bytes) } ? model : nil
    }

    /// Registers files that are in the store already, as a model or, with a base, as an adapter. The same files under the same name change nothing.
    func register(_ name: String, _ files: [StoredFile], base: String?, source: String, now: Date) throws -> StoredModel {
        try ModelName.check(name)
        if let there = try registry.find(name) {
            guard there.name == name, Set(there.files) == Set(files) else {
                throw PullError(
                    .nameTaken, "'\(name)' is already the name of another model (\(there.source)): remove it first, or give another name")
            }
            return there
        }
        let draft = StoredModel(
            name: name, aliases: [], summary: .init(kind: .language, family: "", chatTemplate: false), files: files, source: source,
            created: now)
        let model = StoredModel(
            name: name, aliases: [], summary: try summary(of: draft, base: base.map(find)), files: files, source: source, created: now)
        try registry.insert(model)
        return model
    }

    private func summary(of model: StoredModel, base: StoredModel?) throws -> ModelSummary {
        if let base { return try ModelSummary(adapter: file(of: model), of: base, at: file(of: base)) }
        let isDirectory = model.files.contains { $0.path.hasSuffix(".safetensors") }
        return isDirectory ? try ModelSummary(directory: directory(of: model)) : try ModelSummary(gguf: file(of: model))
    }

    /// Forgets blobs that were stored for a model which then couldn't be registered.
    func discard(_ files: [StoredFile]) { _ = try? registry.collect(files.map(\.digest), of: blobs) }

    /// Stores files and registers them as one model; leaves nothing behind when that fails.
    func takeIn(
        _ name: String, base: String?, source: String, now: Date, _ store: () async throws -> [StoredFile]
    ) async throws -> StoredModel {
        try ModelName.check(name)
        if let base { _ = try find(base) }
        blobs.sweep(before: now.addingTimeInterval(-24 * 3_600))
        let folder = try blobs.held()
        defer { withExtendedLifetime(folder) {} }
        let files = try await store()
        do {
            return try register(name, files, base: base, source: source, now: now)
        } catch {
            discard(files)
            throw error
        }
    }
}
