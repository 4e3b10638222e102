import LaresAccess
import LaresThings

/// What of a home somebody sees, by its policy.
struct HomeSight: Sendable {
    let home: Home
    let guardian: HomeGuard?
    let caller: Caller
    let path: Deed.Path

    /// The things they see, in the order of their ids.
    func things() throws -> [ThingView] {
        let shows = try shows()
        return home.things().filter { shows($0.thing) }
    }

    /// A thing, if they see it.
    func thing(_ id: ThingID) throws -> ThingView? {
        let shows = try shows()
        return home.thing(id).flatMap { shows($0.thing) ? $0 : nil }
    }

    /// Whether they see every one of some things; one that is gone hides nothing.
    func seesAll() throws -> ([ThingID]) -> Bool {
        let shows = try shows()
        return { things in things.compactMap { home.thing($0)?.thing }.allSatisfy(shows) }
    }

    /// What of things they see, as the policy is now.
    ///
    /// - Throws: `AccessError` for a policy that can't be read: then nobody but who is at this machine sees anything.
    func shows() throws -> (Thing) -> Bool {
        guard let guardian, caller != .local else { return { _ in true } }
        let (policy, principal, path) = (try guardian.policies.current().policy, caller.principal, path)
        return { policy.shows(Deed.Target($0), to: principal, through: path) }
    }
}
