import LaresJSON

/// Which natural languages somebody would like, most wanted first (RFC 4647 ranges with the weights of RFC 9110).
public struct NGSILanguages: Sendable, Hashable {
    private let ranges: [String]

    /// - Throws: ``NGSIError`` with `badRequestData`.
    public init(_ text: String) throws {
        guard text.utf8.count <= 1_024 else { throw NGSIError.bad("'lang' may have 1,024 bytes") }
        var found: [(String, Double)] = []
        for part in text.split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let range = pieces.first, !range.isEmpty else { throw NGSIError.bad("'lang' must be languages with ',' between them") }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if weight > 0 { found.append((range.lowercased(), weight)) }
        }
        guard !found.isEmpty else { throw NGSIError.bad("'lang' names no language") }
        ranges = found.enumerated().sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }.map(\.element.0)
    }

    /// The entry of a map that suits best: a range, then what stands for no language, then the first.
    func choose(_ map: JSON.Members) -> (language: String, text: JSON)? {
        let entries = Array(map)
        for range in ranges {
            if range == "*" { break }
            if let hit = entries.first(where: { $0.key.lowercased() == range }) { return (hit.key, hit.value) }
            if let hit = entries.first(where: { $0.key.lowercased().hasPrefix(range + "-") }) { return (hit.key, hit.value) }
            var shorter = range
            while let dash = shorter.lastIndex(of: "-") {
                shorter = String(shorter[..<dash])
                if let hit = entries.first(where: { $0.key.lowercased() == shorter }) { return (hit.key, hit.value) }
            }
        }
        if let none = entries.first(where: { $0.key == "@none" }) { return (none.key, none.value) }
        return entries.first.map { ($0.key, $0.value) }
    }
}
