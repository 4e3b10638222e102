internal import GRDB
internal import LaresJSON
internal import LaresThings

/// Things by what lasts: their devices' identifiers, the name under which rules know them, and what people said of them.
///
/// A thing of the file is the one here that has one of its identifiers, whatever it is called. One that isn't here yet gets its names and its
/// area when its device announces itself.
struct ThingsSection: MovingSection {
    let home: Home
    let database: any DatabaseWriter
    var name: String { "things" }
    var limit: Int { HomeModel.limit }

    func items(in database: Database) throws -> [MovingItem] {
        let wordings = try HomeStore.wordings(in: database)
        var identifiers = wordings.mapValues { _ in [String]() }
        for (identifier, id) in try HomeStore.names(in: database).things { identifiers[id, default: []].append(identifier) }
        return identifiers.sorted { $0.key < $1.key }.map { id, identifiers in
            MovedThing(id: id, identifiers: identifiers.sorted(), wording: wordings[id] ?? Wording()).item
        }
    }

    func read(_ json: JSON) throws -> MovingItem { try MovedThing(json).item }

    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        context.areas.formUnion(home.areas().map(\.id.description))
        var match = ThingMatch(mine.compactMap { try? MovedThing($0.json) }, context, name)
        let things = theirs.compactMap { try? MovedThing($0.json) }
        match.letGo(things)
        let changes = things.map { match.change(of: $0) }
        context.renamed = match.renamed
        return changes
    }

    func write(_ changes: [MovingChange], in database: Database) throws {
        let moved = try Self.moved(changes)
        // Two things may change names with each other: what goes, goes first.
        for (old, thing) in moved where old != thing.id {
            try HomeStore.save(Wording(), of: old, in: database)
            try HomeStore.forgetStates(of: old, in: database)
        }
        for (_, thing) in moved {
            for identifier in thing.identifiers { try HomeStore.save(thing.id, of: identifier, in: database) }
            try HomeStore.save(thing.wording, of: thing.id, in: database)
        }
    }

    func adopt(_ changes: [MovingChange]) async throws {
        var all = MovedHome()
        for (_, thing) in try Self.moved(changes) {
            for identifier in thing.identifiers { all.things[identifier] = thing.id }
            all.wordings[thing.id] = thing.wording
        }
        try home.adopt(all)
    }

    /// What is written, with what it was called here.
    private static func moved(_ changes: [MovingChange]) throws -> [(old: ThingID, thing: MovedThing)] {
        try changes.compactMap { change in
            guard let old = ThingID(change.key), let outcome = change.outcome else { return nil }
            return (old, try MovedThing(outcome))
        }
    }
}

/// A thing as it moves.
struct MovedThing: Hashable {
    /// The name under which rules know it.
    var id: ThingID
    /// Whether the id is what it was known by; else it is only what it might be called.
    var isKnown = true
    /// What its device is known by.
    var identifiers: [String]
    /// What people said of it.
    var wording: Wording

    var item: MovingItem { MovingItem(id.description, json) }

    var json: JSON {
        var members: JSON.Members = ["id": .string(id.description)]
        if !isKnown { members.append("suggested", true) }
        members.append("identifiers", .array(identifiers.map { .string($0) }))
        if case .object(let said) = wording.json { for (key, value) in said { members.append(key, value) } }
        return .object(members)
    }
}

extension MovedThing {
    /// Reads what ``json`` writes.
    init(_ json: JSON) throws {
        var fields = try JSONFields(json)
        guard let id = try fields.string("id").flatMap(ThingID.init) else {
            throw fields.error("id", "must be a thing, such as \"hall/lamp\"")
        }
        let identifiers = try fields.strings("identifiers") ?? []
        guard identifiers.count <= 64, identifiers.allSatisfy(MovingText.isIdentifier) else {
            throw fields.error("identifiers", "must be up to 64 texts that tell the device from others")
        }
        let isKnown = try fields.bool("suggested") != true
        var said = JSON.Members()
        if case .object(let members) = json {
            for (key, value) in members where !["id", "suggested", "identifiers"].contains(key) { said.append(key, value) }
        }
        self.init(id: id, isKnown: isKnown, identifiers: identifiers, wording: try Wording(.object(said)))
    }
}
