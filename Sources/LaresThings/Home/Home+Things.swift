internal import Synchronization

/// What is known, in people's words.
extension Home {
    /// All things, in the order of their ids.
    public func things() -> [ThingView] {
        state.withLock { state in state.model.things.map { state.view(of: $0) } }
    }

    /// A thing, by its id.
    public func thing(_ id: ThingID) -> ThingView? {
        state.withLock { state in state.model.thing(id).map { state.view(of: $0) } }
    }

    /// What a property is; nil when there is none.
    public func property(_ address: PropertyAddress) -> Property? { state.withLock { $0.model.property(address) } }

    /// Whether a thing can be reached; nil when there is none.
    public func availability(of id: ThingID) -> Availability? { state.withLock { $0.model.availability(of: id) } }

    /// What is known of a property.
    public func state(of address: PropertyAddress) -> PropertyState? { state.withLock { $0.model.state(of: address) } }

    /// The areas, in the order of their ids.
    public func areas() -> [Area] { state.withLock { $0.areas.values.sorted { $0.id.description < $1.id.description } } }

    /// Takes in an area, or what it is now.
    public func set(_ area: Area) throws {
        try store.save(area)
        state.withLock { $0.areas[area.id] = area }
    }

    /// Takes an area away; things that were in it are nowhere then.
    public func remove(area id: AreaID) throws {
        try store.remove(area: id)
        state.withLock { $0.areas[id] = nil }
    }

    /// What people say of a thing.
    public func wording(of id: ThingID) -> Wording { state.withLock { $0.wordings[id] ?? Wording() } }

    /// Takes in what people say of a thing.
    ///
    /// - Throws: ``ThingsError`` with `unknown` for a thing or an area that isn't there; an error of the database.
    public func set(_ wording: Wording, of id: ThingID) throws {
        try state.withLock { state throws in
            guard state.model.thing(id) != nil else { throw ThingsError(.unknown, "there is no thing '\(id)'") }
            if let area = wording.area, state.areas[area] == nil { throw ThingsError(.unknown, "there is no area '\(area)'") }
        }
        try store.save(wording, of: id)
        state.withLock { $0.wordings[id] = wording }
        watchers.tell([.described(id)])
    }
}

extension Home.State {
    fileprivate func view(of thing: Thing) -> ThingView {
        var worded = thing
        if let wording = wordings[thing.id] {
            worded.name = wording.name ?? thing.name
            (worded.names, worded.aliases) = (wording.names, wording.aliases)
            worded.area = wording.area ?? thing.area
        }
        return ThingView(thing: worded, availability: model.availability(of: thing.id) ?? .unknown, states: model.states(of: thing.id))
    }
}
