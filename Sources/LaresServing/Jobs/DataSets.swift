public import Foundation
import LaresJSON
public import LaresStore
import LaresTensor

/// The data sets of a place, each a folder `data/ID` with the rows and what is known of them, there whole or not at all.
public struct DataSets: Sendable {
    /// Data sets that are kept.
    public static let most = 200
    let directory: String

    /// Opens those of a data directory; what an earlier server left unfinished is removed. Throws `StoreError`.
    public init(home: LaresHome) throws {
        directory = try home.directory("data")
        for name in names() where name.hasSuffix(Self.unfinished) { try? FileManager.default.removeItem(atPath: directory + "/" + name) }
    }

    static let unfinished = ".part"

    private func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] }

    /// All that can be read, newest first.
    public func all() -> [DataSet] {
        names().compactMap { try? find($0) }.sorted { ($1.created, $1.id) < ($0.created, $0.id) }
    }

    /// The data set of that id. Throws ``JobError`` with code `noSuchData`.
    public func find(_ id: String) throws -> DataSet {
        let isName = id.utf8.count == 16 && id.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard isName, let bytes = FileManager.default.contents(atPath: "\(directory)/\(id)/about.json"),
            let json = try? JSON(parsing: [UInt8](bytes)), let set = try? DataSet(json), set.id == id
        else { throw JobError(.noSuchData, "there is no data set '\(id.prefix(40))': send it again with POST /lares/v1/data") }
        return set
    }

    /// Where the rows are.
    public func rows(of set: DataSet) -> String { "\(directory)/\(set.id)/rows" }

    /// Removes a data set; jobs that learn from it keep the rows. Throws ``JobError``.
    public func remove(_ id: String) throws -> DataSet {
        let set = try find(id), folder = "\(directory)/\(id)"
        // Out of sight in one step, then gone.
        try moveIntoPlace(folder, folder + Self.unfinished)
        try? FileManager.default.removeItem(atPath: folder + Self.unfinished)
        return set
    }

    /// Begins to take in a file. Throws ``JobError`` with code `tooMany`, `PullError` for a disk that can't be written.
    ///
    /// - Parameters:
    ///   - name: What the file is called where it comes from.
    ///   - kind: What it is; nil: what its name says.
    ///   - by: Who sends it.
    ///   - limit: The most bytes it may have.
    public func begin(_ name: String, as kind: DataSummary.Kind? = nil, by: String, limit: Int) throws -> DataUpload {
        guard names().count < Self.most else {
            throw JobError(.tooMany, "\(Self.most) data sets are kept already: remove those that aren't needed any more")
        }
        return try DataUpload(to: self, name: Self.plain(name), kind, by: by, limit: limit)
    }

    /// The last part of a path, without control characters, cut after 200 bytes.
    static func plain(_ name: String) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
        let visible = String(String.UnicodeScalarView(last.unicodeScalars.filter { $0.properties.generalCategory != .control }))
        var plain = visible
        while plain.utf8.count > 200 { plain.removeLast() }
        return plain.isEmpty ? "data" : plain
    }
}

/// A data set that arrives piece by piece. It is to be finished or discarded.
public struct DataUpload: Sendable {
    private let sets: DataSets
    private let id = hexadecimalName()
    private let name: String
    private let kind: DataSummary.Kind?
    private let by: String
    private let limit: Int
    private let file: OpenFile
    private var hash = FileHash()
    private var bytes = 0

    private var place: String { "\(sets.directory)/\(id)" }

    init(to sets: DataSets, name: String, _ kind: DataSummary.Kind?, by: String, limit: Int) throws {
        (self.sets, self.name, self.kind, self.by, self.limit) = (sets, name, kind, by, limit)
        let folder = "\(sets.directory)/\(id)\(DataSets.unfinished)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            let isFull = ServingError(full: error) != nil
            throw PullError(isFull ? .noSpace : .file, "'\(folder)' can't be made: \(error.localizedDescription)")
        }
        file = try OpenFile.writing(folder + "/rows")
    }

    /// Takes more bytes in. Throws ``JobError`` with code `tooLarge`, `PullError` for a disk that can't be written.
    public mutating func append(_ piece: [UInt8]) throws {
        guard piece.count <= limit - bytes else {
            throw JobError(
                .tooLarge, "'\(name)' has more than \(limit) bytes: train with fewer rows, or from a file on the server's machine")
        }
        try needSpace(piece.count, at: sets.directory, for: "more of '\(name)'")
        try file.write(piece, at: bytes)
        hash.update(piece)
        bytes += piece.count
    }

    /// Reads the file through and keeps it. It takes a while and blocks.
    ///
    /// - Throws: ``JobError`` with code `badData` for what is no table, which names line and column, or no text.
    public func finish(now: Date = Date()) throws -> DataSet {
        let summary = try DataSummary(contentsOf: file.path, named: name, as: kind)
        let set = DataSet(
            id: id, name: name, bytes: bytes, digest: hash.finish().description, created: now, by: by, summary: summary)
        try file.synchronise()
        do { try WholeFile.write([set.json.data], to: place + DataSets.unfinished + "/about.json") } catch {
            throw PullError(error.code == .noSpace ? .noSpace : .file, error.message)
        }
        try moveIntoPlace(place + DataSets.unfinished, place)
        try OpenFile.directory(sets.directory).synchronise()
        return set
    }

    /// Forgets what arrived.
    public func discard() { try? FileManager.default.removeItem(atPath: place + DataSets.unfinished) }
}
