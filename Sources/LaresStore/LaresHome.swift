public import Foundation

/// The data directory: `$LARES_HOME`, or `~/.local/share/lares`. It is created for its owner alone (0700).
public struct LaresHome: Sendable, Hashable {
    /// Absolute path of the directory, without a slash at the end.
    public let path: String

    /// Finds the directory and creates it when it is missing.
    ///
    /// - Parameters:
    ///   - path: the directory; nil takes `LARES_HOME`, then `XDG_DATA_HOME/lares`, then `~/.local/share/lares`.
    ///   - environment: where the variables are looked up.
    /// - Throws: ``StoreError`` when the directory can't be created.
    public init(path: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let chosen = path ?? Self.usualPath(environment)
        self.path = URL(filePath: chosen, directoryHint: .isDirectory).standardizedFileURL.path(percentEncoded: false).withoutLastSlash
        try makeDirectory(self.path)
    }

    private static func usualPath(_ environment: [String: String]) -> String {
        if let home = environment["LARES_HOME"], !home.isEmpty { return home }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/lares" }
        let user = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        return user + "/.local/share/lares"
    }

    /// The path of a file in the directory.
    ///
    /// - Precondition: `name` is one path component, chosen by the program.
    public func file(_ name: String) -> String {
        precondition(!name.isEmpty && !name.contains("/") && name != "." && name != "..", "'\(name)' is not a file name")
        return path + "/" + name
    }

    /// A directory inside the data directory, created when it is missing.
    ///
    /// - Throws: ``StoreError`` when it can't be created.
    public func directory(_ name: String) throws -> String {
        let directory = file(name)
        try makeDirectory(directory)
        return directory
    }

    private func makeDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError(
                .notWritable,
                "the data directory '\(path)' can't be created: \(error.localizedDescription); set LARES_HOME to a place you own")
        }
    }
}

extension String {
    fileprivate var withoutLastSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}
