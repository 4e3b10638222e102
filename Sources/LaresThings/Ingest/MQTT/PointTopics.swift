/// Where devices and gateways publish points: `lares/v1/points` for this Lares itself, `lares/v1/points/TENANT` and whatever follows for a tenant.
///
/// The broker's accounts keep tenants apart: one with the beginning `lares/v1/points/north` can publish for nobody else.
public enum PointTopics {
    /// What all of them begin with.
    public static let start = "lares/v1/points"

    /// Whether points are published there.
    public static func has(_ topic: String) -> Bool {
        topic.utf8.starts(with: start.utf8) && (topic.utf8.count == start.utf8.count || topic.dropFirst(start.utf8.count).first == "/")
    }

    /// Whose points they are; empty: this Lares' own.
    public static func tenant(of topic: String) -> String {
        guard has(topic) else { return "" }
        return topic.dropFirst(start.utf8.count + 1).split(separator: "/", maxSplits: 1).first.map(String.init) ?? ""
    }
}
