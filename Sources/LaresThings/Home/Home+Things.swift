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

    /// Takes a thing away: its announcements are taken off the broker. One whose device announces itself again comes back; its history stays.
    ///
    /// - Throws: ``ThingsError``: `unknown`, `broker`; an error of the database.
    public func remove(_ id: ThingID) async throws {
        let topics = state.withLock { state in Set(state.model.parts(of: id).compactMap { state.announcedOn[$0] }) }
        guard !topics.isEmpty else { throw ThingsError(.unknown, "there is no thing '\(id)' that a device announced") }
        for topic in topics.sorted() { try await say(MQTTMessage(topic, "", quality: .atLeastOnce, isRetained: true)) }
    }

    /// The groups, in the order of their ids.
    public func groups() -> [ThingGroup] { state.withLock(\.model.groups) }

    /// Puts a group in place, or what it is now.
    ///
    /// - Throws: ``ThingsError`` with `unknown` for members that aren't there, `full`; an error of the database.
    public func set(_ group: ThingGroup) throws {
        if let absent = state.withLock({ state in group.members.first { state.model.thing($0) == nil } }) {
            throw ThingsError(.unknown, "there is no thing '\(absent)'")
        }
        try store.save(group)
        try change { model throws(ThingsError) in try model.set(group, at: clock.now) }
    }

    /// Puts groups in place that an import put into the store; their things needn't be here yet.
    package func adopt(_ groups: [ThingGroup]) throws {
        for group in groups { try change { model throws(ThingsError) in try model.set(group, at: clock.now) } }
    }

    /// Takes a group away; its things stay.
    public func remove(group id: ThingID) throws {
        try store.remove(group: id)
        try change { model in model.remove(group: id) }
    }

    /// Changes what is known, and tells what came of it.
    private func change(_ body: (inout HomeModel) throws(ThingsError) -> Void) throws {
        let outcome: Result<HomeOutcome, ThingsError> = state.withLock { state in
            do throws(ThingsError) { try body(&state.model) } catch { return .failure(error) }
            var outcome = HomeOutcome()
            state.finish(&outcome)
            return .success(outcome)
        }
        try settle(try outcome.get(), at: clock.now)
    }

    /// What people say of a thing.
    public func wording(of id: ThingID) -> Wording { state.withLock { $0.wordings[id] ?? Wording() } }

    /// Takes in what people say of a thing.
    ///
    /// - Throws: ``ThingsError`` with `unknown` for a thing, an area or a dangerous property that isn't there; an error of the database.
    public func set(_ wording: Wording, of id: ThingID) throws {
        let wording = try state.withLock { state throws in
            guard let thing = state.model.thing(id) else { throw ThingsError(.unknown, "there is no thing '\(id)'") }
            if let area = wording.area, state.areas[area] == nil { throw ThingsError(.unknown, "there is no area '\(area)'") }
            return try state.resolved(wording, of: thing)
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
        worded.properties = judged(thing).properties
        return ThingView(thing: worded, availability: model.availability(of: thing.id) ?? .unknown, states: model.states(of: thing.id))
    }
}
