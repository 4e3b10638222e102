public import Foundation
import GRDB
import LaresNeural
import LaresStore

/// The trained networks of this place: a name, versions that never change, aliases that move.
///
///     let registry = NetworkRegistry(store: store)
///     let version = try registry.publish("iris.safetensors", as: "iris", card: ModelCard(licence: "MIT"))
///     try registry.promote("iris", to: version.number)
///
/// Several processes may use one registry at the same time. Every change is one transaction: after a crash it has happened or it has not.
public struct NetworkRegistry: Sendable {
    let blobs: BlobStore
    let pool: DatabasePool

    /// The registry of a store's data directory.
    public init(store: ModelStore) {
        blobs = store.blobs
        pool = store.registry.pool
    }

    /// Every network, by name.
    public func models() throws -> [RegisteredModel] {
        try pool.read { database in
            try String.fetchAll(database, sql: "SELECT DISTINCT network FROM versions ORDER BY network").compactMap {
                try Self.model($0, database)
            }
        }
    }

    /// The forecasters and detectors, by name.
    public func seriesModels() throws -> [RegisteredModel] {
        try pool.read { database in
            let sql = "SELECT DISTINCT network FROM versions WHERE kind IN ('forecaster', 'detector') ORDER BY network"
            return try String.fetchAll(database, sql: sql).compactMap { try Self.model($0, database) }
        }
    }

    /// The network of that name.
    ///
    /// - Throws: ``RegistryError`` with code `modelNotFound`.
    public func model(_ name: String) throws -> RegisteredModel {
        guard let model = try pool.read({ try Self.model(name, $0) }) else {
            throw RegistryError(
                .modelNotFound,
                "there is no network '\(name.prefix(100))': `lares registry list` shows those there are, `lares registry publish` adds one")
        }
        return model
    }

    /// The version that a reference means: a number or an alias; nil the one that requests get.
    ///
    /// - Throws: ``RegistryError`` with code `modelNotFound` or `versionNotFound`.
    public func version(of name: String, _ reference: String? = nil) throws -> ModelVersion {
        let model = try model(name)
        guard let version = reference.map({ model.version($0) }) ?? model.standard else { throw Self.noVersion(reference ?? "", model) }
        return version
    }

    /// Where the file of a version is.
    ///
    /// - Throws: ``RegistryError`` with code `versionNotFound` when it is gone from the disk.
    public func file(of version: ModelVersion) throws -> String {
        guard blobs.has(version.digest, bytes: version.bytes) else {
            throw RegistryError(
                .versionNotFound,
                "the file of '\(version.model)' version \(version.number) is missing or has another size: restore it from a backup")
        }
        return blobs.path(of: version.digest)
    }

    /// Makes an alias mean a version; one that exists is moved. The alias `production` is a promotion.
    ///
    /// - Throws: ``RegistryError``.
    public func setAlias(_ alias: String, of name: String, to reference: String, newSignature: Bool = false, now: Date = Date()) throws {
        guard alias != RegisteredModel.production else {
            try promote(name, to: reference, newSignature: newSignature, now: now)
            return
        }
        try Self.checkAlias(alias)
        try pool.write { database in
            let number = try Self.number(reference, name, database)
            try Self.point(alias, name, number, database)
        }
    }

    /// Forgets an alias.
    ///
    /// - Throws: ``RegistryError`` with code `versionNotFound` when there is none, `inUse` for `production`, which only moves.
    public func removeAlias(_ alias: String, of name: String) throws {
        guard alias != RegisteredModel.production else {
            throw RegistryError(.inUse, "'production' can't be removed, only moved: promote another version, or roll back")
        }
        let isGone = try pool.write { database in
            try database.execute(sql: "DELETE FROM version_aliases WHERE network = ? AND alias = ?", arguments: [name, alias])
            return database.changesCount > 0
        }
        guard isGone else { throw RegistryError(.versionNotFound, "'\(name)' has no alias '\(alias.prefix(100))'") }
    }

    /// Removes a version, and its file unless another needs it; its number is never used again.
    ///
    /// - Returns: the bytes that became free.
    /// - Throws: ``RegistryError`` with code `inUse` while an alias or a trial means it.
    @discardableResult
    public func remove(_ name: String, version reference: String) throws -> Int {
        let version = try pool.write { database in
            let model = try Self.required(name, database)
            guard let version = model.version(reference) else { throw Self.noVersion(reference, model) }
            let holders = model.aliases(of: version.number) + (model.rollout?.number == version.number ? ["its trial"] : [])
            guard holders.isEmpty else {
                throw RegistryError(
                    .inUse, "version \(version.number) of '\(name)' is still meant by \(holders.joined(separator: ", ")): move that first")
            }
            let arguments: StatementArguments = [name, version.number]
            try database.execute(sql: "DELETE FROM versions WHERE network = ? AND number = ?", arguments: arguments)
            return version
        }
        return try collect([version])
    }

    /// Removes a network with all its versions.
    ///
    /// - Returns: the bytes that became free.
    /// - Throws: ``RegistryError`` with code `modelNotFound`.
    @discardableResult
    public func remove(_ name: String) throws -> Int {
        let versions = try pool.write { database in
            let model = try Self.required(name, database)
            for table in ["rollouts", "version_aliases", "promotions", "versions"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE network = ?", arguments: [name])
            }
            return model.versions
        }
        return try collect(versions)
    }

    /// Removes the files that nothing needs any more.
    func collect(_ versions: [ModelVersion]) throws -> Int {
        var freed = 0
        var seen: Set<Digest> = []
        for version in versions where seen.insert(version.digest).inserted {
            if try collect(version.digest) { freed += version.bytes }
        }
        return freed
    }

    /// Removes a file if nothing needs it, and says whether it did.
    @discardableResult
    func collect(_ digest: Digest) throws -> Bool {
        try pool.write { try NetworkTables.collect(digest, of: blobs, $0) }
    }
}
