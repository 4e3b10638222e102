import Foundation
import LaresStore

/// Files named by what is in them: `blobs/sha256-<64 digits>`. The same bytes are kept once.
struct BlobStore: Sendable {
    private let directory: String
    /// Where unfinished files wait; on the same file system, so that they can be renamed into place.
    let downloads: String

    init(home: LaresHome) throws {
        directory = try home.directory("blobs")
        downloads = try home.directory("downloads")
    }

    func path(of digest: Digest) -> String { directory + "/sha256-" + digest.description }

    func has(_ digest: Digest, bytes: Int) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path(of: digest))
        return (attributes?[.size] as? Int) == bytes
    }

    /// Refuses when the disk has not `bytes` and 64 MiB to spare.
    func needSpace(_ bytes: Int, for what: String) throws {
        try LaresServing.needSpace(bytes, at: downloads, for: what)
    }

    /// A fresh file to write into.
    func scratchFile() throws -> OpenFile { try OpenFile.writing(downloads + "/" + UUID().uuidString + ".new") }

    /// Removes scratch files that nothing was written to since `time`: those who wrote them were killed.
    func sweep(before time: Date) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: downloads)) ?? [] where name.hasSuffix(".new") {
            let path = downloads + "/" + name
            let changed = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            if let changed, changed < time { try? FileManager.default.removeItem(atPath: path) }
        }
    }

    /// The blobs, held as long as the result lives: while files are taken in that nothing names yet, so that no sweep of any process takes them.
    func held() throws -> OpenFile {
        let folder = try OpenFile.directory(directory)
        folder.share()
        return folder
    }

    /// The blobs for one alone; nil while anyone takes files in. The system ends the hold of a process with that process.
    func alone() throws -> OpenFile? {
        let folder = try OpenFile.directory(directory)
        return try folder.lock() ? folder : nil
    }

    /// What there is.
    func all() -> [Digest] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { name in Digest(name).flatMap { path(of: $0) == directory + "/" + name ? $0 : nil } }
    }

    /// The size of a blob; 0 for one that isn't there.
    func bytes(of digest: Digest) -> Int {
        ((try? FileManager.default.attributesOfItem(atPath: path(of: digest)))?[.size] as? Int) ?? 0
    }

    /// Takes a finished file of the downloads directory in under its digest, which the caller has computed from its bytes.
    func adopt(_ file: OpenFile, as digest: Digest) throws {
        try file.synchronise()
        try moveIntoPlace(file.path, path(of: digest))
        try OpenFile.directory(directory).synchronise()
    }

    /// Copies bytes in and tells what they are; whatever fails, or is cancelled, leaves nothing behind.
    func store(expecting expected: Digest? = nil, what: String, _ write: ((([UInt8]) throws -> Void)) throws -> Void) throws -> (
        digest: Digest, bytes: Int
    ) {
        let file = try scratchFile()
        var hash = FileHash()
        var offset = 0
        do {
            try write { piece in
                try Task.checkCancellation()
                try file.write(piece, at: offset)
                hash.update(piece)
                offset += piece.count
            }
            let digest = hash.finish()
            if let expected, expected != digest { throw mismatch(what, expected, digest) }
            try adopt(file, as: digest)
            return (digest, offset)
        } catch {
            try? FileManager.default.removeItem(atPath: file.path)
            throw error
        }
    }

    /// Removes a blob that no model needs any more.
    func remove(_ digest: Digest) throws {
        let path = path(of: digest)
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw PullError(.file, "'\(path)' can't be removed: \(error.localizedDescription)")
        }
    }
}

func mismatch(_ what: String, _ expected: Digest, _ found: Digest) -> PullError {
    PullError(
        .hashMismatch, "\(what) should have SHA-256 \(expected) and has \(found): it is damaged or was changed; nothing was kept, try again"
    )
}
