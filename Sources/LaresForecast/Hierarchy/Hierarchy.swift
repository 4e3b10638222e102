/// Series of which some are the sums of others, as a city is the sum of its districts.
///
///     let city = try Hierarchy(["city", "north", "south", "n1", "n2", "s1"],
///         children: ["city": ["north", "south"], "north": ["n1", "n2"], "south": ["s1"]])
///
/// Nodes without children are the leaves. Sums that cross each other, as by district and by kind, are given by their leaves.
public struct Hierarchy: Sendable, Hashable {
    /// The names, in the order that forecasts are given in.
    public let nodes: [String]
    /// The children of each node in a tree; nil where sums cross.
    let tree: [[Int]]?
    /// Nodes that are sums, and those that are not.
    let sums: [Int], leaves: [Int]
    /// The leaves of each node, as places in `leaves`.
    let members: [[Int]]

    /// How many nodes there may be.
    public static let mostNodes = 2_000

    /// A tree, or several.
    ///
    /// - Throws: `ForecastError.badSetting` for unknown or repeated names, a node with two parents, and a node below itself.
    public init(_ nodes: [String], children: [String: [String]]) throws {
        let places = try Hierarchy.places(nodes)
        var tree = [[Int]](repeating: [], count: nodes.count), hasParent = [Bool](repeating: false, count: nodes.count)
        for (parent, names) in children.sorted(by: { $0.key < $1.key }) {
            let above = try Hierarchy.place(parent, places)
            for name in names {
                let below = try Hierarchy.place(name, places)
                if hasParent[below] {
                    throw ForecastError(.badSetting, "'\(name)' stands below two nodes: give sums that cross by their leaves")
                }
                hasParent[below] = true
                tree[above].append(below)
            }
        }
        let leaves = nodes.indices.filter { tree[$0].isEmpty }
        let order = Hierarchy.downwards(from: nodes.indices.filter { !hasParent[$0] }, tree)
        // In a ring every node has a parent, so that nothing leads there from above.
        if order.count < nodes.count {
            throw ForecastError(
                .badSetting, "some nodes stand below themselves: '\(nodes[nodes.indices.first { !order.contains($0) } ?? 0])' is one")
        }
        var members = [[Int]](repeating: [], count: nodes.count)
        for (place, leaf) in leaves.enumerated() { members[leaf] = [place] }
        for node in order.reversed() where !tree[node].isEmpty { members[node] = tree[node].flatMap { members[$0] } }
        self.init(nodes, tree: tree, leaves: leaves, members: members)
    }

    /// Nodes with the leaves that they are the sums of; what isn't named there is a leaf.
    ///
    /// - Throws: `ForecastError.badSetting` for unknown or repeated names, an empty sum, and a sum of what isn't a leaf.
    public init(_ nodes: [String], sums: [String: [String]]) throws {
        let places = try Hierarchy.places(nodes)
        for name in sums.keys { _ = try Hierarchy.place(name, places) }
        let leaves = nodes.indices.filter { sums[nodes[$0]] == nil }
        let leafPlaces = Dictionary(uniqueKeysWithValues: leaves.enumerated().map { (nodes[$1], $0) })
        let members = try nodes.map { node -> [Int] in
            guard let names = sums[node] else { return leafPlaces[node].map { [$0] } ?? [] }
            if names.isEmpty || Set(names).count < names.count {
                throw ForecastError(.badSetting, "'\(node)' is the sum of nothing, or of a leaf twice")
            }
            return try names.map { name in
                guard let leaf = leafPlaces[name] else {
                    throw ForecastError(.badSetting, "'\(node)' is the sum of '\(name)', which is no leaf")
                }
                return leaf
            }
        }
        self.init(nodes, tree: nil, leaves: leaves, members: members)
    }

    private init(_ nodes: [String], tree: [[Int]]?, leaves: [Int], members: [[Int]]) {
        (self.nodes, self.tree, self.leaves, self.members) = (nodes, tree, leaves, members)
        let isLeaf = Set(leaves)
        sums = nodes.indices.filter { !isLeaf.contains($0) }
    }

    /// The series of all nodes from those of the leaves, `[leaf][step]`; a sum of which something is missing is missing.
    ///
    /// - Throws: `ForecastError.badSeries` for another number of leaves, or leaves of different lengths.
    public func summed(_ leafSeries: [[Double]]) throws -> [[Double]] {
        let steps = leafSeries.first?.count ?? 0
        guard leafSeries.count == leaves.count, leafSeries.allSatisfy({ $0.count == steps }) else {
            throw ForecastError(.badSeries, "there are \(leafSeries.count) series for \(leaves.count) leaves: give each one, all as long")
        }
        return members.map { members in (0..<steps).map { step in members.reduce(0) { $0 + leafSeries[$1][step] } } }
    }

    private static func places(_ nodes: [String]) throws -> [String: Int] {
        guard !nodes.isEmpty, nodes.count <= mostNodes else {
            throw ForecastError(.badSetting, "a hierarchy of \(nodes.count) nodes: it may have 1 to \(mostNodes)")
        }
        var places: [String: Int] = [:]
        for (place, name) in nodes.enumerated() where places.updateValue(place, forKey: name) != nil {
            throw ForecastError(.badSetting, "two nodes are called '\(name)'")
        }
        return places
    }

    private static func place(_ name: String, _ places: [String: Int]) throws -> Int {
        guard let place = places[name] else { throw ForecastError(.badSetting, "there is no node '\(name)'") }
        return place
    }

    /// Parents before their children.
    private static func downwards(from roots: [Int], _ tree: [[Int]]) -> [Int] {
        var order = roots, next = 0
        while next < order.count {
            order += tree[order[next]]
            next += 1
        }
        return order
    }
}
