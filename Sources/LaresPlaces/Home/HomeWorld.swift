internal import LaresThings

/// A home as rules see it.
struct HomeWorld: RuleWorld {
    let home: Home
    let site: Site

    func state(of address: PropertyAddress) -> PropertyState? { home.state(of: address) }

    func name(of thing: ThingID) -> (thing: String, room: String?)? {
        guard let found = home.thing(thing)?.thing else { return nil }
        return (found.name, found.area.map { area in home.areas().first { $0.id == area }?.name ?? area.description })
    }

    func availability(of thing: ThingID) -> Availability? { home.availability(of: thing) }
}
