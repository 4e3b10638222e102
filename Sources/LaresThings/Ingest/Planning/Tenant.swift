internal import LaresJSON

/// A district, an institution, a firm: whoever has series of their own and a share of what Lares can take.
///
/// Things of a tenant have names that begin with "@" and its name, so that one store keeps all of them apart: `@north/air,station=7`.
public struct Tenant: Hashable, Sendable {
    /// How much a tenant may send.
    public struct Quota: Hashable, Sendable {
        /// Series at the same time.
        public var series = 100_000
        /// Points a second, ten seconds' worth at once; nil: as many as come.
        public var pointsPerSecond: Int?
        /// Bytes a second of what is sent, unpacked; nil: as many as come.
        public var bytesPerSecond: Int?

        /// The usual quota: 100,000 series.
        public init() {}
    }

    /// Its name: up to 40 lower-case ASCII letters, digits, "_" and "-". Empty for what belongs to this Lares itself, the home among it.
    public let name: String
    /// How much it may send.
    public var quota: Quota
    /// Ids of the keys that write for it, and for nobody else.
    public var keys: Set<String>

    /// A tenant; nil for what can't be its name.
    public init?(_ name: String, quota: Quota = Quota(), keys: Set<String> = []) {
        guard name.isEmpty || (name.utf8.count <= 40 && Slug.isSlug(name)) else { return nil }
        (self.name, self.quota, self.keys) = (name, quota, keys)
    }

    private init(own quota: Quota) { (name, self.quota, keys) = ("", quota, []) }

    /// This Lares itself.
    public static let own = Tenant(own: Quota())

    /// What the names of its things begin with.
    public var prefix: String { name.isEmpty ? "" : "@\(name)/" }

    /// The tenant and the name within it of a thing's name in the store.
    public static func split(thing: String) -> (tenant: String, thing: String) {
        guard thing.utf8.first == UInt8(ascii: "@"), let slash = thing.firstIndex(of: "/") else { return ("", thing) }
        return (String(thing[thing.index(after: thing.startIndex)..<slash]), String(thing[thing.index(after: slash)...]))
    }
}
