/// Scopes (clause 4.18) and their query language (clause 4.19): `/Madrid/+`, `/Madrid/#`, `;` for and, `,` for or.
public struct NGSIScope: Sendable, Hashable {
    private let alternatives: [[[String]]]

    /// - Throws: ``NGSIError`` with `badRequestData`.
    public init(_ text: String) throws {
        guard text.utf8.count <= 4_096 else { throw NGSIError.bad("scopeQ is longer than 4,096 bytes") }
        let plain = text.filter { $0 != "(" && $0 != ")" }
        alternatives = try plain.split(separator: ",", omittingEmptySubsequences: false).flatMap { $0.split(separator: "|") }.map { part in
            try part.split(separator: ";", omittingEmptySubsequences: false).map { scope in
                guard scope.hasPrefix("/"), scope.utf8.count > 1 else {
                    throw NGSIError.bad("scopeQ '\(text.prefix(200))' isn't made of paths such as /City/#")
                }
                return scope.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            }
        }
        guard !alternatives.isEmpty else { throw NGSIError.bad("scopeQ is empty") }
    }

    /// Whether scopes of an entity are among those asked for.
    public func matches(_ scopes: [String]) -> Bool {
        let paths = scopes.map { $0.split(separator: "/").map(String.init) }
        return alternatives.contains { all in all.allSatisfy { pattern in paths.contains { Self.matches($0, pattern) } } }
    }

    private static func matches(_ path: [String], _ pattern: [String]) -> Bool {
        for (at, part) in pattern.enumerated() {
            if part == "#" { return true }
            guard at < path.count, part == "+" || part == path[at] else { return false }
        }
        return path.count == pattern.count
    }

    /// Whether a text may be a scope.
    static func isValid(_ text: String) -> Bool {
        let parts = (text.hasPrefix("/") ? text.dropFirst() : text[...]).split(separator: "/", omittingEmptySubsequences: false)
        return !parts.isEmpty && text.utf8.count <= 1_024
            && parts.allSatisfy { part in
                guard let first = part.first, first.isLetter else { return false }
                return part.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
            }
    }
}
