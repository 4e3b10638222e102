internal import LaresThings

/// A home as rules see it.
struct HomeWorld: RuleWorld {
    let home: Home
    let site: Site

    func state(of address: PropertyAddress) -> PropertyState? { home.state(of: address) }
    func availability(of thing: ThingID) -> Availability? { home.availability(of: thing) }
}
