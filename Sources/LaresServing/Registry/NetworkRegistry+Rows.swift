import Foundation
import GRDB
import LaresNeural
import LaresStore

// Reading and writing rows, inside of transactions.
extension NetworkRegistry {
    static func model(_ name: String, _ database: Database) throws -> RegisteredModel? {
        let rows = try Row.fetchAll(database, sql: "SELECT * FROM versions WHERE network = ? ORDER BY number", arguments: [name])
        guard !rows.isEmpty else { return nil }
        let aliases = try Row.fetchAll(database, sql: "SELECT alias, number FROM version_aliases WHERE network = ?", arguments: [name])
        let trial = try Row.fetchOne(database, sql: "SELECT * FROM rollouts WHERE network = ?", arguments: [name])
        return RegisteredModel(
            name: name, versions: try rows.map(version), aliases: Dictionary(aliases.map { ($0["alias"], $0["number"]) }) { $1 },
            rollout: trial.flatMap(rollout))
    }

    static func required(_ name: String, _ database: Database) throws -> RegisteredModel {
        guard let model = try model(name, database) else {
            throw RegistryError(.modelNotFound, "there is no network '\(name.prefix(100))': `lares registry list` shows those there are")
        }
        return model
    }

    /// The number that a reference means now.
    static func number(_ reference: String, _ name: String, _ database: Database) throws -> Int {
        let model = try required(name, database)
        guard let version = model.version(reference) else { throw noVersion(reference, model) }
        return version.number
    }

    static func point(_ alias: String, _ name: String, _ number: Int, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO version_aliases VALUES (?, ?, ?) ON CONFLICT (network, alias) DO UPDATE SET number = excluded.number",
            arguments: [name, alias, number])
    }

    static func noVersion(_ reference: String, _ model: RegisteredModel) -> RegistryError {
        let known = (model.versions.suffix(10).map { "\($0.number)" } + model.aliases.keys.sorted().prefix(10)).joined(separator: ", ")
        return RegistryError(.versionNotFound, "'\(model.name)' has no version or alias '\(reference.prefix(100))': there are \(known)")
    }

    /// An alias is like a name, and no number: "3" always means version 3.
    static func checkAlias(_ alias: String) throws {
        try ModelName.check(alias)
        guard Int(alias) == nil else { throw RegistryError(.badName, "'\(alias)' is a version's number and can't be an alias") }
    }

    private static func version(_ row: Row) throws -> ModelVersion {
        let model: String = row["network"]
        guard let digest = Digest(row["digest"] as String), let signature = NetworkSignature(stored: row["signature"]) else {
            throw StoreError(.unreadable, "the registry's entry of '\(model)' can't be read: restore registry.db from a backup")
        }
        guard let kind = ModelVersion.Kind(rawValue: row["kind"]) else {
            throw StoreError(.unreadable, "the registry's entry of '\(model)' is of a kind that this version of Lares doesn't know")
        }
        return ModelVersion(
            kind: kind, model: model, number: row["number"], digest: digest, bytes: row["bytes"], signature: signature,
            card: StoredJSON.value(row["card"]) ?? ModelCard(), lineage: StoredJSON.value(row["lineage"]) ?? Lineage(),
            created: Date(timeIntervalSince1970: row["created"]))
    }

    private static func rollout(_ row: Row) -> Rollout? {
        Rollout.Kind(rawValue: row["kind"]).map {
            Rollout(
                number: row["number"], kind: $0, percent: row["percent"], errorShare: row["error_share"], least: row["least"],
                began: Date(timeIntervalSince1970: row["started"]))
        }
    }
}

/// Values kept as JSON text in a column.
enum StoredJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ text: String) -> Value? { try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) }
}

extension NetworkSignature {
    private struct Stored: Codable {
        struct Tensor: Codable {
            let name: String
            let datatype: String
            let shape: [Int]
        }
        let inputs, outputs: [Tensor]
    }

    /// The signature as its column has it; open sizes are -1.
    var stored: String {
        get throws {
            func tensors(_ list: [TensorSignature]) -> [Stored.Tensor] {
                list.map { .init(name: $0.name, datatype: $0.datatype.rawValue, shape: $0.shape.map { $0 ?? -1 }) }
            }
            return try StoredJSON.text(Stored(inputs: tensors(inputs), outputs: tensors(outputs)))
        }
    }

    init?(stored text: String) {
        guard let stored: Stored = StoredJSON.value(text) else { return nil }
        func tensors(_ list: [Stored.Tensor]) -> [TensorSignature]? {
            let read = list.compactMap { tensor in
                SignatureType(rawValue: tensor.datatype).map {
                    TensorSignature(name: tensor.name, datatype: $0, shape: tensor.shape.map { $0 < 0 ? nil : $0 })
                }
            }
            return read.count == list.count ? read : nil
        }
        guard let inputs = tensors(stored.inputs), let outputs = tensors(stored.outputs) else { return nil }
        self.init(inputs: inputs, outputs: outputs)
    }
}
