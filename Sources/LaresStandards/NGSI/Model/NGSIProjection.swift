/// Which members of entities are answered with: `id,name,locatedAt{id,name}` (clause 4.21), names expanded.
public struct NGSIProjection: Sendable, Hashable {
    /// A name; what is picked of the entities it leads to.
    public private(set) var members: [String: NGSIProjection] = [:]

    static let entityMembers: Set<String> = ["id", "type", "scope", "createdAt", "modifiedAt", "expiresAt", "deletedAt"]

    private init() {}

    /// - Parameters:
    ///   - text: What was asked for.
    ///   - context: What names stand for.
    /// - Throws: ``NGSIError`` with `badRequestData`.
    public init(_ text: String, _ context: LDContext) throws {
        guard text.utf8.count <= 8_192 else { throw NGSIError.bad("pick and omit may have 8,192 bytes") }
        var rest = Substring(text)
        self = try Self.read(&rest, context, 0)
        guard rest.isEmpty else { throw NGSIError.bad("'\(text.prefix(200))' has a '}' too many") }
    }

    private static func read(_ rest: inout Substring, _ context: LDContext, _ depth: Int) throws -> NGSIProjection {
        guard depth <= 8 else { throw NGSIError.bad("pick and omit may be nested eight deep") }
        var projection = NGSIProjection()
        repeat {
            let name = rest.prefix { !",{}|".contains($0) }
            rest = rest.dropFirst(name.count)
            let trimmed = name.filter { $0 != " " }
            guard !trimmed.isEmpty, trimmed.isNGSIName else { throw NGSIError.bad("pick and omit are names with ',' between them") }
            let key = entityMembers.contains(trimmed) ? trimmed : context.expand(trimmed)
            projection.members[key] = NGSIProjection()
            if rest.first == "{" {
                rest = rest.dropFirst()
                projection.members[key] = try read(&rest, context, depth + 1)
                guard rest.first == "}" else { throw NGSIError.bad("a '}' is missing in pick or omit") }
                rest = rest.dropFirst()
            }
            guard let sign = rest.first, sign == "," || sign == "|" else { break }
            rest = rest.dropFirst()
        } while true
        return projection
    }

    /// How many levels of entities it names.
    package var depth: Int { isEmpty ? 0 : 1 + (members.values.map(\.depth).max() ?? 0) }

    /// Whether it names nothing.
    public var isEmpty: Bool { members.isEmpty }
}
