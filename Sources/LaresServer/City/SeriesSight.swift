import LaresThings

/// Which series somebody sees, as the policy is now: those of things they see, and with a tenant's key those of the tenant. What else isn't a thing of
/// the home, as points in bulk bring it, and what is there no more, is the administrators'.
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
    ///   - ingest: Who knows which tenant's key they have; nil: nobody is a tenant.
    /// - Throws: `AccessError` for a policy that can't be read.
    init(_ sight: HomeSight, _ ingest: Ingest?) async throws {
        let tenant: Tenant? = if let ingest, let key = sight.caller.keyID { await ingest.tenant(ofKey: key) } else { nil }
        try self.init(sight, tenant: tenant)
    }

    /// What they see of the home alone, whatever tenant's key they have.
    ///
    /// - Throws: `AccessError` for a policy that can't be read.
    init(ofHome sight: HomeSight) throws { try self.init(sight, tenant: nil) }

    private init(_ sight: HomeSight, tenant: Tenant?) throws {
        seesAll = sight.caller.mayAdminister
        seen = Set(try sight.things().map(\.thing.id))
        here = Set(sight.home.things().map(\.thing.id))
        prefix = tenant.map(\.prefix)
    }

    private func isTenants(_ name: String) -> Bool { prefix.map { !$0.isEmpty && name.utf8.starts(with: $0.utf8) } ?? false }

    /// Whether they see a series.
    func shows(_ key: SeriesKey) -> Bool { shows(thing: key.thing) }

    /// Whether they see the series of a thing, or of what is called so.
    func shows(thing name: String) -> Bool {
        isTenants(name) || (ThingID(name).map { here.contains($0) ? seen.contains($0) : seesAll } ?? seesAll)
    }

    /// Whether they see what is said of a thing, or of what is none and only its tenant's and an administrator's.
    func tells(of name: String) -> Bool { seesAll || isTenants(name) || (ThingID(name).map { seen.contains($0) } ?? false) }

    /// Whether they see what is said of a thing; of one that is gone only who may change the home.
    func tells(of thing: ThingID) -> Bool { seesAll || seen.contains(thing) }
}
