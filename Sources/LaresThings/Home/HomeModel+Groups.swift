public import Foundation

/// Several things that are set together and seen as one.
extension HomeModel {
    /// The groups, in the order of their ids.
    public var groups: [ThingGroup] { byGroup.values.sorted { $0.id < $1.id } }

    /// Puts a group in place, or what it is now.
    ///
    /// - Throws: ``ThingsError`` with `full` when there are too many things.
    public mutating func set(_ group: ThingGroup, at date: Date) throws(ThingsError) {
        guard records[group.id] != nil || records.count < Self.limit else {
            throw ThingsError(.full, "there are \(Self.limit) things already: remove some before more are taken in")
        }
        leave(group.id)
        byGroup[group.id] = group
        for member in group.members { memberships[member, default: []].append(group.id) }
        rebuild(group, at: date)
    }

    /// Takes a group away; its things stay.
    public mutating func remove(group id: ThingID) {
        guard byGroup[id] != nil, let record = records.removeValue(forKey: id) else { return }
        leave(id)
        byGroup[id] = nil
        for place in record.slots.values { drop(place) }
        note(.removed(id))
    }

    private mutating func leave(_ id: ThingID) {
        for member in byGroup[id]?.members ?? [] {
            memberships[member]?.removeAll { $0 == id }
            if memberships[member]?.isEmpty == true { memberships[member] = nil }
        }
    }

    /// A thing came, changed or went: its groups are something else now.
    mutating func regroup(_ member: ThingID, at date: Date) {
        for id in memberships[member] ?? [] { if let group = byGroup[id] { rebuild(group, at: date) } }
    }

    private mutating func rebuild(_ group: ThingGroup, at date: Date) {
        let members = group.members.compactMap { records[$0]?.thing }
        let properties = Self.shared(by: members)
        let first = Thing(id: group.id, name: group.name, category: ThingCategory("group"), origin: ThingGroup.place)
        var record = records[group.id] ?? Record(thing: first, parts: [], slots: [:])
        let before = records[group.id]?.thing
        for (name, place) in record.slots where !properties.contains(where: { $0.name == name }) {
            record.slots[name] = nil
            drop(place)
        }
        for property in properties {
            let place = record.slots[property.name] ?? occupy(Slot(address: PropertyAddress(group.id, property.name), property: property))
            slots[place]?.property = property
            record.slots[property.name] = place
        }
        record.thing.name = group.name
        record.thing.category = Self.category(of: members)
        record.thing.properties = properties
        records[group.id] = record
        if before != record.thing { note(.described(group.id)) }
        for property in properties { refresh(group, property.base, at: date, by: .device) }
        renewAvailability(ofGroup: group, at: date)
    }

    /// What the things of a group are for, those that can be set together under one name. A thing with two switches has none that is meant by "on".
    private static func shared(by members: [Thing]) -> [Property] {
        var (joined, order): ([String: Property?], [String]) = ([:], [])
        for member in members {
            for property in member.properties
            where property.role == .primary && !property.isEvent && member.property(property.base)?.name == property.name {
                var plain = property
                (plain.name, plain.label) = (property.base, nil)
                if let known = joined[property.base] {
                    joined[property.base] = .some(known?.joined(with: plain))
                } else {
                    joined[property.base] = plain
                    order.append(property.base)
                }
            }
        }
        return order.compactMap { joined[$0] ?? nil }
    }

    private static func category(of members: [Thing]) -> ThingCategory {
        members.map(\.category).min { $0.rank < $1.rank } ?? ThingCategory("group")
    }

    /// What a thing's groups are, now that one of its properties changed.
    mutating func refreshGroups(of address: PropertyAddress, _ base: String, at date: Date, by cause: Cause) {
        guard let groups = memberships[address.thing], records[address.thing]?.thing.property(base)?.name == address.property else {
            return
        }
        for id in groups { if let group = byGroup[id] { refresh(group, base, at: date, by: cause) } }
    }

    private mutating func refresh(_ group: ThingGroup, _ base: String, at date: Date, by cause: Cause) {
        guard let place = records[group.id]?.slots[base], let property = slots[place]?.property else { return }
        let values = group.members.compactMap { member in
            records[member]?.thing.property(base).flatMap { state(of: PropertyAddress(member, $0.name))?.reported }
        }
        let value = property.common(values)
        if slots[place]?.state.reported != value { take(value, place, at: date, by: cause) }
    }

    /// A group is there when one of its things is.
    mutating func renewGroups(of member: ThingID, at date: Date) {
        for id in memberships[member] ?? [] { if let group = byGroup[id] { renewAvailability(ofGroup: group, at: date) } }
    }

    private mutating func renewAvailability(ofGroup group: ThingGroup, at date: Date) {
        let known = group.members.compactMap { records[$0]?.availability }
        let now: Availability = known.contains(.online) ? .online : known.contains(.unknown) || known.isEmpty ? .unknown : .offline
        guard records[group.id]?.availability != now else { return }
        records[group.id]?.availability = now
        note(.availability(group.id, now, at: date))
    }

    /// For a command to a group, what is asked of each of its things that is there and can do some of it; for any other, what is asked of its thing.
    func orders(of command: ThingCommand) throws(ThingsError) -> [ThingCommand] {
        guard let group = byGroup[command.thing] else { return [command] }
        let present = group.members.compactMap { records[$0] }.filter { $0.availability != .offline }
        let orders = present.compactMap { record -> ThingCommand? in
            let values = command.values.filter { record.thing.property($0.key)?.isWritable == true }
            return values.isEmpty ? nil : ThingCommand(record.thing.id, values, by: command.cause)
        }
        guard !orders.isEmpty else {
            throw ThingsError(.unavailable, "none of the things in '\(group.name)' can be reached and do this")
        }
        return orders
    }

    /// The things that were asked for something and don't report that it is so.
    func lagging(_ command: ThingCommand) -> [ThingID] {
        ((try? orders(of: command)) ?? []).filter { order in
            order.values.contains { name, value in
                guard let property = records[order.thing]?.thing.property(name), property.isReported,
                    let reported = state(of: PropertyAddress(order.thing, property.name))?.reported
                else { return records[order.thing]?.thing.property(name)?.isReported == true }
                return !property.kind.agrees(reported, with: value)
            }
        }.map(\.thing)
    }
}
