/// Which types entities are to have (clause 4.17): `Building`, `A,B` for either, `(A;B)` for both; names expanded.
public struct NGSITypeSelection: Sendable, Hashable {
    private indirect enum Node: Sendable, Hashable {
        case all
        case name(String)
        case and([Node])
        case or([Node])
    }

    private let root: Node

    /// - Throws: ``NGSIError`` with `badRequestData`.
    public init(_ text: String, _ context: LDContext) throws {
        guard text.utf8.count <= 16_384, !text.isEmpty else {
            throw NGSIError.bad("the types asked for are empty, or longer than 16,384 bytes")
        }
        var rest = Substring(text)
        root = try Self.or(&rest, context, 0)
        guard rest.isEmpty else {
            throw NGSIError.bad("the types '\(text.prefix(200))' can't be read behind '\(text.dropLast(rest.count).suffix(40))'")
        }
    }

    private static func or(_ rest: inout Substring, _ context: LDContext, _ depth: Int) throws -> Node {
        var nodes = [try and(&rest, context, depth)]
        while let sign = rest.first, sign == "," || sign == "|" {
            rest = rest.dropFirst()
            nodes.append(try and(&rest, context, depth))
        }
        return nodes.count == 1 ? nodes[0] : .or(nodes)
    }

    private static func and(_ rest: inout Substring, _ context: LDContext, _ depth: Int) throws -> Node {
        var nodes = [try term(&rest, context, depth)]
        while rest.first == ";" {
            rest = rest.dropFirst()
            nodes.append(try term(&rest, context, depth))
        }
        return nodes.count == 1 ? nodes[0] : .and(nodes)
    }

    private static func term(_ rest: inout Substring, _ context: LDContext, _ depth: Int) throws -> Node {
        guard depth <= 16 else { throw NGSIError.bad("the types asked for are nested more than 16 deep") }
        rest = rest.drop { $0 == " " }
        if rest.first == "(" {
            rest = rest.dropFirst()
            let node = try or(&rest, context, depth + 1)
            guard rest.first == ")" else { throw NGSIError.bad("a ')' is missing in the types asked for") }
            rest = rest.dropFirst()
            return node
        }
        let name = rest.prefix { !",;|()".contains($0) }
        rest = rest.dropFirst(name.count)
        let trimmed = String(name.filter { $0 != " " })
        if trimmed == "*" { return .all }
        guard trimmed.isNGSIName else { throw NGSIError.bad("'\(name.prefix(100))' can't be a type") }
        return .name(context.expand(trimmed))
    }

    /// Whether an entity of these types is meant.
    public func matches(_ types: [String]) -> Bool { Self.matches(root, types) }

    private static func matches(_ node: Node, _ types: [String]) -> Bool {
        switch node {
        case .all: true
        case .name(let name): types.contains(name)
        case .and(let nodes): nodes.allSatisfy { matches($0, types) }
        case .or(let nodes): nodes.contains { matches($0, types) }
        }
    }

    /// Types of which every entity meant has one; nil: that can't be said.
    var anyOf: [String]? { Self.anyOf(root) }

    private static func anyOf(_ node: Node) -> [String]? {
        switch node {
        case .all: nil
        case .name(let name): [name]
        case .and(let nodes): nodes.lazy.compactMap { anyOf($0) }.first
        case .or(let nodes):
            nodes.reduce([String]?.some([])) { all, node in
                guard let all, let some = anyOf(node) else { return nil }
                return all + some
            }
        }
    }

    /// The names there are, for what only needs to overlap.
    package var names: [String] { anyOf ?? [] }
}
