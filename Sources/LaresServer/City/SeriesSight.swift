import LaresThings

/// Which series somebody sees, as the policy is now: those of things they see. What isn't a thing of the home, as points in bulk bring it, and what is
/// there no more, is the administrators'.
struct SeriesSight: Sendable {
    private let seen: Set<ThingID>
    /// Things that are here, seen or not.
    private let here: Set<ThingID>
    /// Whether they administer, and see what is of no thing that is here.
    let seesAll: Bool
    /// What the names of series begin with that they see besides.
    private let prefix: String?

    /// - Parameters:
    ///   - sight: What they see of the home.
    ///   - tenant: A tenant whose series they see too.
    /// - Throws: `AccessError` for a policy that can't be read.
    init(_ sight: HomeSight, tenant: String? = nil) throws {
        seesAll = sight.caller.mayAdminister
        seen = Set(try sight.things().map(\.thing.id))
        here = Set(sight.home.things().map(\.thing.id))
        prefix = tenant.flatMap { Tenant($0)?.prefix }
    }

    /// Whether they see a series.
    func shows(_ key: SeriesKey) -> Bool {
        if let prefix, !prefix.isEmpty, key.thing.hasPrefix(prefix) { return true }
        return ThingID(key.thing).map { here.contains($0) ? seen.contains($0) : seesAll } ?? seesAll
    }

    /// Whether they see what is said of a thing, or of what is none and only an administrator's.
    func tells(of name: String) -> Bool { seesAll || (ThingID(name).map { seen.contains($0) } ?? false) }

    /// Whether they see what is said of a thing; of one that is gone only who may change the home.
    func tells(of thing: ThingID) -> Bool { seesAll || seen.contains(thing) }
}
