public import LaresJSON

/// Which series of a plan are sums of others, and how their forecasts are made to add up.
///
/// `{"children": {"city": ["north", "south"]}, "method": "mint"}`, or `"sums"` with the leaves of each sum where sums cross.
public struct HierarchyPlan: Sendable, Hashable {
    /// The sums; its nodes are the plan's series, in their order.
    public let hierarchy: Hierarchy
    /// How forecasts are made to add up.
    public let method: Reconciliation.Method
    private let members: [String: [String]]
    private let isTree: Bool

    init(_ fields: JSONFields, _ series: [String]) throws {
        var fields = fields
        let children = try HierarchyPlan.lists("children", &fields), sums = try HierarchyPlan.lists("sums", &fields)
        switch (children, sums) {
        case (let children?, nil): (hierarchy, members, isTree) = (try Hierarchy(series, children: children), children, true)
        case (nil, let sums?): (hierarchy, members, isTree) = (try Hierarchy(series, sums: sums), sums, false)
        default: throw fields.error("children", "or 'sums' has to say which series are sums of which, one of the two")
        }
        method = try fields.choice("method") ?? .minTrace
        if method == .topDown, !isTree { throw fields.error("method", "can't be 'top-down' where sums cross") }
        try fields.end()
    }

    /// The plan as it is read.
    public var json: JSON {
        var lists = JSON.Members()
        for (name, below) in members.sorted(by: { $0.key < $1.key }) { lists.append(name, .array(below.map(JSON.string))) }
        return [isTree ? "children" : "sums": .object(lists), "method": .string(method.rawValue)]
    }

    private static func lists(_ key: String, _ fields: inout JSONFields) throws -> [String: [String]]? {
        guard let value = fields.value(key) else { return nil }
        guard case .object(let members) = value else { throw fields.error(key, "must be an object, not \(value.kind)") }
        var inner = try JSONFields(value, at: fields.name(key)), lists: [String: [String]] = [:]
        for (name, _) in members { lists[name] = try inner.strings(name) ?? [] }
        return lists
    }
}
