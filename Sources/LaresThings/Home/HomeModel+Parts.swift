public import Foundation

/// Parts that come, change and go.
extension HomeModel {
    /// Takes a part in, or what it is now: what was known of properties that stay is kept, and what was said on its topics before is heard now.
    ///
    /// - Throws: ``ThingsError`` with `full` when there are too many things, `bad_announcement` when its commands can't go where they would.
    public mutating func install(_ part: Part, at date: Date) throws(ThingsError) {
        try add(part, at: date)
        describe(at: date)
    }

    /// Takes a part away, and its thing when it was the last.
    public mutating func remove(part key: String, at date: Date) {
        takeAway(part: key, at: date)
        describe(at: date)
    }

    /// Takes a part in as ``install(_:at:)`` does; its thing is as it was until ``describe(at:)``. Of a thousand parts, each would describe all others.
    mutating func add(_ part: Part, at date: Date) throws(ThingsError) {
        guard names.hasRoom(for: part) else {
            throw ThingsError(.full, "\(ThingNames.limit) devices or parts got a name already: no new one is taken in")
        }
        let id = names.thing(for: part.device)
        guard byGroup[id] == nil else { throw ThingsError(.badAnnouncement, "'\(id)' is a group: name the device or its room otherwise") }
        guard records[id] != nil || records.count < Self.limit else {
            throw ThingsError(.full, "there are \(Self.limit) things already: remove some before more are taken in")
        }
        guard (records[id]?.parts.count ?? 0) < Self.mostParts || installed[part.key]?.thing == id else {
            throw ThingsError(.full, "'\(id)' has \(Self.mostParts) parts already: announce some as a device of their own")
        }
        try checkCommands(of: part, for: id)
        // Before those of what it was are given up: what stays is guarded all the while.
        guarded.hold(part.commandFilters)
        if let before = installed[part.key], before.thing != id { takeAway(part: part.key, at: date) }
        let before = installed[part.key]
        if let before { detach(before) }
        for topic in part.commandTopics { commandTopics.claim(topic, for: id) }
        var record = records[id] ?? newRecord(id, part)
        if before != nil { record.parts.removeAll { $0 == part.key } }
        let own = Set(before?.slots ?? [])
        let names = self.names.properties(of: part) { name in record.slots[name].map { !own.contains($0) } ?? false }
        let places = zip(part.properties, names).map { property, name in occupy(PropertyAddress(id, name), property, before, &record) }
        record.parts.append(part.key)
        let sources = part.availability?.sources.count ?? 0
        installed[part.key] = Installed(
            part: part, thing: id, slots: places,
            said: before?.said.count == sources ? before?.said ?? [] : Array(repeating: nil, count: sources),
            latest: before?.said.count == sources ? before?.latest : nil, availability: before?.availability ?? .unknown)
        records[id] = record
        for place in places { putBack(place, at: date) }
        dropSlots(of: before, besides: Set(places))
        undescribed[id, default: []].insert(part.key)
    }

    /// Takes a part away as ``remove(part:at:)`` does; its thing is as it was until ``describe(at:)``.
    mutating func takeAway(part key: String, at date: Date) {
        guard let gone = installed.removeValue(forKey: key) else { return }
        detach(gone)
        dropSlots(of: gone, besides: [])
        records[gone.thing]?.parts.removeAll { $0 == key }
        if records[gone.thing]?.parts.isEmpty == true {
            (records[gone.thing], undescribed[gone.thing]) = (nil, nil)
            note(.removed(gone.thing))
            regroup(gone.thing, at: date)
        } else {
            undescribed[gone.thing, default: []].remove(key)
        }
    }

    /// Describes the things whose parts changed, once each; their parts hear what was said on their topics before.
    mutating func describe(at date: Date) {
        guard !undescribed.isEmpty else { return }
        let changed = undescribed.sorted { $0.key < $1.key }
        undescribed = [:]
        for (id, keys) in changed {
            describe(id)
            renewAvailability(of: id, at: date)
            regroup(id, at: date)
            let parts = (records[id]?.parts ?? []).filter(keys.contains).compactMap { installed[$0]?.part }
            for part in parts { listen(to: part, at: date) }
        }
    }

    private func newRecord(_ id: ThingID, _ part: Part) -> Record {
        let device = part.device
        let name = device.name ?? part.name ?? device.details.model ?? id.description
        return Record(
            thing: Thing(id: id, name: name, category: part.component, details: device.details, origin: device.identifier), parts: [],
            slots: [:])
    }

    private mutating func occupy(_ address: PropertyAddress, _ property: Property, _ before: Installed?, _ record: inout Record) -> Int {
        var named = property
        named.name = address.property
        if let place = record.slots[address.property], before?.slots.contains(place) == true {
            slots[place]?.property = named
            return place
        }
        let place = occupy(Slot(address: address, property: named))
        record.slots[address.property] = place
        return place
    }

    /// Puts a property where none is.
    mutating func occupy(_ slot: Slot) -> Int {
        let place = free.popLast() ?? slots.count
        if place == slots.count { slots.append(nil) }
        slots[place] = slot
        return place
    }

    /// Forgets a property.
    mutating func drop(_ place: Int) {
        guard let slot = slots[place] else { return }
        slots[place] = nil
        commands.release(place, .failed(ThingsError(.unknown, "'\(slot.address)' is there no more")))
        timers.forget(place)
        free.append(place)
    }

    private mutating func dropSlots(of gone: Installed?, besides kept: Set<Int>) {
        for place in gone?.slots ?? [] where !kept.contains(place) {
            guard let slot = slots[place] else { continue }
            if records[slot.address.thing]?.slots[slot.address.property] == place {
                records[slot.address.thing]?.slots[slot.address.property] = nil
            }
            depart(slot)
            drop(place)
        }
    }

    /// Makes the thing's description from its parts: what it is for comes first.
    private mutating func describe(_ id: ThingID) {
        guard var record = records[id] else { return }
        let parts = record.parts.compactMap { installed[$0] }.sorted {
            ($0.part.component.rank, $0.part.key) < ($1.part.component.rank, $1.part.key)
        }
        let places = parts.flatMap(\.slots)
        if let main = parts.first?.part {
            record.thing.category = main.component
            if let name = main.device.name { record.thing.name = name }
            record.thing.details = main.device.details
            record.room = main.device.area
            record.thing.area = main.device.area.map { AreaID(naming: $0) }
        }
        let said = places.compactMap { slots[$0]?.property }
        let tell = Property.Tell(name: record.thing.name, category: record.thing.category, properties: said)
        let properties = places.compactMap { property(at: $0, tell) }
        record.thing.properties = Property.Role.allCases.flatMap { role in properties.filter { $0.role == role } }
        let isNew = records[id]?.thing != record.thing
        records[id] = record
        if isNew { note(.described(id)) }
    }

    /// A property with what its danger is guessed to be, unless it says it itself.
    private mutating func property(at place: Int, _ tell: Property.Tell) -> Property? {
        guard var property = slots[place]?.property, property.hazard == nil else { return slots[place]?.property }
        if slots[place]?.guess?.tell != tell { slots[place]?.guess = (tell, property.guessedHazard(of: tell)) }
        property.hazard = slots[place]?.guess?.hazard
        return property
    }
}

/// Topics and who listens to them.
extension HomeModel {
    static func topics(of part: Part) -> [String] { part.readers.map(\.topic) + (part.availability?.sources.map(\.topic) ?? []) }

    private mutating func listen(to part: Part, at date: Date) {
        for (place, reader) in part.readers.enumerated() {
            listeners[reader.topic, default: []].append(.reader(part: part.key, reader: place))
        }
        for (place, source) in (part.availability?.sources ?? []).enumerated() {
            listeners[source.topic, default: []].append(.availability(part: part.key, source: place))
        }
        for topic in Set(Self.topics(of: part)).sorted() { if let (message, date) = unheard.take(topic) { receive(message, at: date) } }
        for (place, source) in (part.availability?.sources ?? []).enumerated() where installed[part.key]?.said[place] == nil {
            guard var payload = presence[source.topic].map({ Payload($0) }) else { continue }
            try? hear(part.key, place, &payload, at: date)
        }
    }

    /// Nobody's commands go where another thing's do, above or below: a lamp must not unlock the door when it is switched on.
    private func checkCommands(of part: Part, for id: ThingID) throws(ThingsError) {
        let own = Set(installed[part.key]?.part.commandTopics ?? [])
        for topic in part.commandTopics where commandTopics.isTaken(topic, for: id, besides: own) {
            throw ThingsError(.badAnnouncement, "its commands would go to '\(topic.prefix(80))', where those of another thing go")
        }
        guard guarded.hasRoom(for: part.commandFilters) else {
            throw ThingsError(
                .full,
                "too many topics of commands would need a rule of their own at the broker: have it take commands on one that ends in '/set'"
            )
        }
    }

    private mutating func detach(_ gone: Installed) {
        for topic in gone.part.commandTopics { commandTopics.release(topic, of: gone.thing) }
        guarded.release(gone.part.commandFilters)
        for topic in Self.topics(of: gone.part) {
            listeners[topic]?.removeAll { $0.part == gone.part.key }
            if listeners[topic]?.isEmpty == true { (listeners[topic], presence[topic]) = (nil, nil) }
        }
    }
}

extension ThingCategory {
    /// What a thing is rather than another: what can be controlled before what only tells.
    var rank: Int { Self.ranks[description] ?? Self.ranks.count }

    private static let ranks = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })

    private static let order = [
        "lock", "alarm_control_panel", "climate", "water_heater", "cover", "valve", "light", "fan", "vacuum", "lawn_mower", "humidifier",
        "siren",
        "camera", "switch", "event", "device_tracker", "binary_sensor", "sensor", "button", "scene", "select", "number", "text", "update",
    ]
}
