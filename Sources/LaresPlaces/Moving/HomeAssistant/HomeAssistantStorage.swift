internal import Foundation
public import LaresJSON

/// What Home Assistant keeps of a home in its folder `.storage`, as far as Lares has a place for it.
///
/// ```swift
/// let storage = try HomeAssistantStorage(folder: "/path/to/homeassistant")
/// let plan = try transfer.plan(storage.home)
/// ```
///
/// Versions 2024.3 to 2026 were looked at; keys that are unknown are passed over, as Home Assistant itself does with later minor versions.
/// Source: `homeassistant/helpers/*_registry.py`, `homeassistant/core_config.py`.
public struct HomeAssistantStorage: Sendable {
    /// How many bytes a file may have: registries of ten thousand entities have a fifth of it.
    public static let longest = 64 << 20
    /// The files that are read, each with the last major version that is known.
    static let versions = [
        "core.config": 1.0, "core.area_registry": 1, "core.floor_registry": 1, "core.device_registry": 1, "core.entity_registry": 1,
        "core.label_registry": 1, "person": 2, "zone": 1,
    ]

    private var data: [String: JSON] = [:]

    /// Reads files of the folder, by whatever names: each says itself what it is. Others are passed over.
    ///
    /// - Throws: ``MovingError``: `tooLarge`, `badFile`, `newerVersion`.
    public init(files: [(name: String, bytes: [UInt8])]) throws(MovingError) {
        for (name, bytes) in files { try add(name, bytes) }
        try check()
    }

    /// Reads what is in files of the folder.
    ///
    /// - Throws: ``MovingError``: `badFile`, `newerVersion`.
    public init(contents: [JSON]) throws(MovingError) {
        for json in contents { try add(json["key"]?.text ?? "a file", json) }
        try check()
    }

    private func check() throws(MovingError) {
        guard data["core.device_registry"] != nil || data["core.area_registry"] != nil || data["core.entity_registry"] != nil else {
            throw MovingError(.badFile, "none of these is a registry of Home Assistant: give core.area_registry and core.device_registry")
        }
    }

    /// Reads a folder: Home Assistant's own (with `.storage` in it), or `.storage` itself, or where single files were put.
    ///
    /// - Throws: ``MovingError``; `badFile` also when the folder or a file in it can't be read.
    public init(folder: String) throws(MovingError) {
        let places = ["", "/.storage", "/config/.storage", "/data/.storage"].map { folder + $0 }
        let manager = FileManager.default
        guard let place = places.first(where: { place in Self.versions.keys.contains { manager.fileExists(atPath: "\(place)/\($0)") } })
        else {
            throw MovingError(.badFile, "there is no storage of Home Assistant in '\(folder)': name the folder that has '.storage' in it")
        }
        var files: [(String, [UInt8])] = []
        for name in Self.versions.keys.sorted() {
            let path = "\(place)/\(name)"
            guard let size = (try? manager.attributesOfItem(atPath: path))?[.size] as? Int else { continue }
            guard size <= Self.longest else { throw Self.tooLarge(path, size) }
            guard let data = manager.contents(atPath: path) else {
                throw MovingError(.badFile, "'\(path)' can't be read: check its rights")
            }
            files.append((path, [UInt8](data)))
        }
        try self.init(files: files)
    }

    private static func tooLarge(_ name: String, _ size: Int) -> MovingError {
        MovingError(.tooLarge, "'\(name)' has \(size) bytes; there may be \(longest)")
    }

    private mutating func add(_ name: String, _ bytes: [UInt8]) throws(MovingError) {
        guard bytes.count <= Self.longest else { throw Self.tooLarge(name, bytes.count) }
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: bytes)
        } catch {
            throw MovingError(.badFile, "'\(name)' is damaged: \(error.message); copy it again while Home Assistant is stopped")
        }
        try add(name, json)
    }

    private mutating func add(_ name: String, _ json: JSON) throws(MovingError) {
        guard let key = json["key"]?.text, let known = Self.versions[key] else { return }
        guard let version = json["version"]?.number, case .object? = json["data"] else {
            throw MovingError(.badFile, "'\(name)' is damaged: it has no version or no data; copy it again")
        }
        guard version <= known else {
            let message = "'\(name)' was written by a newer Home Assistant than this Lares knows: version \(version), not \(known)"
            throw MovingError(.newerVersion, message)
        }
        data[key] = json["data"]
    }

    /// What a file says; null where there is none.
    func data(_ key: String) -> JSON { data[key] ?? .null }

    /// The entries of a registry.
    func rows(_ key: String, _ list: String) -> [JSON] { data(key)[list]?.elements ?? [] }
}
