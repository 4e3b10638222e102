internal import Foundation
internal import Synchronization

/// What an import has put into the store, and the running home hasn't heard of.
package struct MovedHome: Sendable {
    /// Areas, new or changed.
    package var areas: [Area] = []
    /// The things that devices are, by their identifiers.
    package var things: [String: ThingID] = [:]
    /// What properties are called, by their part and base.
    package var properties: [String: [String: String]] = [:]
    /// What people say of things, also of those that haven't announced themselves yet.
    package var wordings: [ThingID: Wording] = [:]
    /// What devices announced.
    package var announcements: [MQTTMessage] = []

    /// Nothing.
    package init() {}
}

extension Home {
    /// Takes in what an import put into the store. Devices that are here under another name get the new one, with what is known of them.
    package func adopt(_ moved: MovedHome) throws {
        let now = clock.now
        state.withLock { state in
            for area in moved.areas { state.areas[area.id] = area }
            for id in state.model.rename(moved.things, moved.properties, at: now) { state.wordings[id] = nil }
            for (id, wording) in moved.wordings {
                state.wordings[id] = wording.isEmpty ? nil : wording
                if state.model.thing(id) != nil { state.model.note(.described(id)) }
            }
            state.unsaved.formUnion(state.model.addresses(of: Set(moved.things.values)))
        }
        // With announcements or without: it keeps the names and tells what happened.
        try receive(moved.announcements)
    }
}

extension HomeModel {
    /// Has devices and properties called otherwise: their things are taken away and come back under the new names, with what was known of them.
    ///
    /// - Returns: The things that aren't called so any more.
    mutating func rename(_ things: [String: ThingID], _ properties: [String: [String: String]], at date: Date) -> Set<ThingID> {
        var old: Set<ThingID> = []
        for part in installed.values where part.isRenamed(things) || names.renames(part.part, properties) { old.insert(part.thing) }
        let parts = installed.values.filter { old.contains($0.thing) }.sorted { $0.part.key < $1.part.key }
        let states = parts.map { part in part.slots.map { slots[$0]?.state } }
        for part in parts { remove(part: part.part.key, at: date) }
        names.adopt(things, properties)
        for (part, states) in zip(parts, states) { putBack(part, states, at: date) }
        return old.subtracting(names.things.values)
    }

    private mutating func putBack(_ part: Installed, _ states: [PropertyState?], at date: Date) {
        guard (try? install(part.part, at: date)) != nil, var again = installed[part.part.key] else { return }
        (again.said, again.latest, again.availability) = (part.said, part.latest, part.availability)
        installed[part.part.key] = again
        for (place, state) in zip(again.slots, states) {
            guard let state else { continue }
            slots[place]?.state = state
            setTimer(place, state.reported, at: state.reportedAt ?? date)
        }
        renewAvailability(of: again.thing, at: date)
    }

    /// The properties of things.
    func addresses(of things: Set<ThingID>) -> [PropertyAddress] {
        things.flatMap { id in records[id]?.slots.keys.map { PropertyAddress(id, $0) } ?? [] }
    }
}

extension HomeModel.Installed {
    fileprivate func isRenamed(_ things: [String: ThingID]) -> Bool {
        ([part.device.identifier] + part.device.others).contains { things[$0].map { $0 != thing } ?? false }
    }
}

extension ThingNames {
    fileprivate func renames(_ part: Part, _ properties: [String: [String: String]]) -> Bool {
        guard let new = properties[part.key], let old = self.properties[part.key] else { return false }
        return new.contains { base, name in old[base].map { $0 != name } ?? false }
    }
}
