public import Foundation
import LaresLanguage

extension ModelStore {
    /// Copies a model of this machine into the store: a GGUF file, a directory with one, or a directory with `model.safetensors`,
    /// `config.json` and `tokenizer.json`: an encoder as it is, a decoder of the Llama family as the GGUF file that is made of it.
    ///
    /// - Parameters:
    ///   - path: the file or directory.
    ///   - name: its name; nil makes one from the path.
    ///   - base: the model it changes, when it is an adapter.
    ///   - now: the time.
    ///   - progress: called at most ten times a second, from the copying task.
    /// - Throws: ``PullError``; `CancellationError` when the task was cancelled, with nothing left behind.
    @discardableResult
    public func importModel(
        at path: String, name: String? = nil, base: String? = nil, now: Date = Date(),
        progress: @escaping @Sendable (PullProgress) -> Void = { _ in }
    ) async throws -> StoredModel {
        let source = try ModelSource("path:" + path)
        guard case .path(let place) = source.place else { throw PullError(.badSource, "'\(path)' is not a path") }
        return try await takeIn(name ?? source.suggestedName, base: base, source: source.description, now: now) {
            let files = try ModelFiles.inside(place)
            if let main = files.first, main.name == "model.safetensors" {
                let folder = (main.at as NSString).deletingLastPathComponent
                if LlamaFolder.isAnnounced(in: folder) { return [try convert(folder, progress)] }
            }
            return try copy(files, of: place, progress)
        }
    }

    /// Writes the GGUF file of a folder straight among the blobs.
    private func convert(_ folder: String, _ progress: @escaping @Sendable (PullProgress) -> Void) throws -> StoredFile {
        let contents: GGUFContents
        do { contents = try LlamaFolder(folder).contents } catch {
            throw PullError(.notAModel, "'\(folder)' can't be taken over: \(error)")
        }
        try blobs.needSpace(contents.tensorBytes, for: "the GGUF file of '\(folder)'")
        let meter = ProgressMeter(.importing, (folder as NSString).lastPathComponent, progress)
        var count = 0
        let (digest, bytes) = try blobs.store(what: "the conversion") { write in
            for piece in contents.pieces {
                try write(piece)
                count += piece.count
                meter.advance(to: count, of: max(count, contents.tensorBytes))
            }
        }
        return StoredFile(path: "model.gguf", digest: digest, bytes: bytes)
    }

    private func copy(
        _ files: [(at: String, name: String)], of place: String, _ progress: @escaping @Sendable (PullProgress) -> Void
    ) throws -> [StoredFile] {
        let readings = try files.map { try OpenFile.reading($0.at) }
        let total = try readings.reduce(0) { sum, file in
            let (sum, overflow) = try sum.addingReportingOverflow(file.size())
            return overflow ? Int.max : sum
        }
        try blobs.needSpace(total, for: "the copy of '\(place)'")
        let meter = ProgressMeter(.importing, (place as NSString).lastPathComponent, progress)
        var stored: [StoredFile] = []
        var count = 0
        do {
            for (file, reading) in zip(files, readings) {
                let (digest, bytes) = try blobs.store(what: "the copy") { write in
                    try reading.forEachPiece {
                        try write($0)
                        count += $0.count
                        meter.advance(to: count, of: total)
                    }
                }
                stored.append(StoredFile(path: file.name, digest: digest, bytes: bytes))
            }
        } catch {
            discard(stored)
            throw error
        }
        return stored
    }
}

/// Which files of a directory or archive make a model.
enum ModelFiles {
    /// The files of the model at `place`, a file or a directory: where they are and their names in the model, the main file first.
    static func inside(_ place: String) throws -> [(at: String, name: String)] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory) else {
            throw PullError(.notFound, "there is no file '\(place)'")
        }
        guard isDirectory.boolValue else { return [(place, "model.gguf")] }
        let folder = URL(filePath: place).resolvingSymlinksInPath().path  // a link to a folder has no entries of its own
        let entries = FileManager.default.enumerator(atPath: folder)
        var paths: [String] = []
        while let path = entries?.nextObject() as? String, paths.count < 10_000 { paths.append(path) }
        let chosen = try choose(from: paths, what: "'\(place)'")
        return chosen.map { (folder + "/" + $0.at, $0.name) }
    }

    /// The model among many paths: the paths of its files and their names in the model, the main file first.
    static func choose(from paths: [String], what: String) throws -> [(at: String, name: String)] {
        let models = paths.filter { $0.hasSuffix(".gguf") || $0.hasSuffix("/model.safetensors") || $0 == "model.safetensors" }.sorted()
        guard let main = models.first else {
            throw PullError(.notAModel, "\(what) has no .gguf file and no model.safetensors")
        }
        guard models.count == 1 else {
            throw PullError(.notAModel, "\(what) has several models: say which of \(models.prefix(10).joined(separator: ", "))")
        }
        if main.hasSuffix(".gguf") { return [(main, "model.gguf")] }
        let folder = String(main.dropLast("model.safetensors".count))
        let kinds = [".json", ".txt", ".safetensors"]
        let files = paths.filter { path in path.hasPrefix(folder) && kinds.contains { path.hasSuffix($0) } }
            .map { String($0.dropFirst(folder.count)) }
        let others = files.filter { $0 != "model.safetensors" && $0.split(separator: "/").count <= 2 }.sorted()
        guard others.count <= 64 else { throw PullError(.notAModel, "\(what) has \(others.count) files beside its model; 64 are allowed") }
        return (["model.safetensors"] + others).map { (folder + $0, $0) }
    }
}
