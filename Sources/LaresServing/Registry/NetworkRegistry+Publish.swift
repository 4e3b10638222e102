public import Foundation
import GRDB
public import LaresNeural
import LaresStore

extension NetworkRegistry {
    /// Publishes a network as the next version of a name; the alias `candidate` then means it.
    ///
    /// The file is copied, synchronised and moved into place; a network is tried on random inputs, a forecaster on its own end; then one transaction makes the version.
    /// A crash before that leaves no version, and one after it a whole one.
    ///
    /// - Parameters:
    ///   - path: a file that `Network.write(to:)` made, or that of a forecaster or detector, or word vectors.
    ///   - name: the network's name, as of models.
    ///   - card: what people should know of it.
    ///   - lineage: where it came from.
    ///   - declared: what the publisher says the signature is; nil takes the file's word.
    ///   - now: the time.
    /// - Throws: ``RegistryError``, ``PullError`` for files that can't be read or written.
    @discardableResult
    public func publish(
        _ path: String, as name: String, card: ModelCard = ModelCard(), lineage: Lineage = Lineage(), declared: NetworkSignature? = nil,
        now: Date = Date()
    ) throws -> ModelVersion {
        try ModelName.check(name)
        try card.check()
        blobs.sweep(before: now.addingTimeInterval(-24 * 3_600))
        let folder = try blobs.held()
        defer { withExtendedLifetime(folder) {} }
        while true {
            let (digest, bytes) = try takeIn(path)
            do {
                let (kind, signature) = try DryRun.trial(of: blobs.path(of: digest), named: path, declared: declared)
                if let other = try? model(name).kind, other != kind {
                    throw RegistryError(
                        .badName, "'\(name)' is a \(other.rawValue), this is a \(kind.rawValue): publish it under another name")
                }
                let draft = ModelVersion(
                    kind: kind, model: name, number: 0, digest: digest, bytes: bytes, signature: signature, card: card, lineage: lineage,
                    created: now)
                // Nil: whoever removed the same file a moment ago was faster, so it is copied again.
                if let version = try insert(draft) { return version }
            } catch {
                _ = try? collect(digest)
                throw error
            }
        }
    }

    private func takeIn(_ path: String) throws -> (digest: Digest, bytes: Int) {
        let file = try OpenFile.reading(path)
        try blobs.needSpace(file.size(), for: "the copy of '\(path)'")
        return try blobs.store(what: "the copy") { write in try file.forEachPiece(write) }
    }

    private func insert(_ draft: ModelVersion) throws -> ModelVersion? {
        let signature = try draft.signature.stored, card = try StoredJSON.text(draft.card), lineage = try StoredJSON.text(draft.lineage)
        return try pool.write { database in
            guard blobs.has(draft.digest, bytes: draft.bytes) else { return nil }
            let next = "INSERT INTO networks VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last"
            guard let number = try Int.fetchOne(database, sql: next, arguments: [draft.model]) else { return nil }
            try database.execute(
                sql: "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    draft.model, number, draft.digest.description, draft.bytes, signature, card, lineage,
                    draft.created.timeIntervalSince1970, draft.kind.rawValue,
                ])
            try Self.point(RegisteredModel.candidate, draft.model, number, database)
            return ModelVersion(
                kind: draft.kind, model: draft.model, number: number, digest: draft.digest, bytes: draft.bytes, signature: draft.signature,
                card: draft.card,
                lineage: draft.lineage, created: draft.created)
        }
    }
}
