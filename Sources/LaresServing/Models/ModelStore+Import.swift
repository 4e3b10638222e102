public import Foundation

extension ModelStore {
    /// Copies a model of this machine into the store: a GGUF file, a directory with one, or a directory with `model.safetensors`,
    /// `config.json` and `tokenizer.json`.
    ///
    /// - Parameters:
    ///   - path: the file or directory.
    ///   - name: its name; nil makes one from the path.
    ///   - now: the time.
    /// - Throws: ``PullError``.
    @discardableResult
    public func importModel(at path: String, name: String? = nil, now: Date = Date()) async throws -> StoredModel {
        let source = try ModelSource("path:" + path)
        guard case .path(let place) = source.place else { throw PullError(.badSource, "'\(path)' is not a path") }
        return try await takeIn(name ?? source.suggestedName, source: source.description, now: now) {
            try ModelFiles.inside(place).map { file in
                let reading = try OpenFile.reading(file.at)
                try blobs.needSpace(reading.size(), for: "the copy of '\(file.at)'")
                let (digest, bytes) = try blobs.store(what: "the copy") { try reading.forEachPiece($0) }
                return StoredFile(path: file.name, digest: digest, bytes: bytes)
            }
        }
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
