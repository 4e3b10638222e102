internal import GRDB
internal import LaresJSON
internal import LaresThings

/// Groups of things, by their ids. Their things needn't be here yet.
struct GroupsSection: MovingSection {
    let home: Home
    let database: any DatabaseWriter
    var name: String { "groups" }

    func items(in database: Database) throws -> [MovingItem] {
        try HomeStore.groups(in: database).map { MovingItem($0.id.description, $0.json) }
    }

    func read(_ json: JSON) throws -> MovingItem {
        let group = try ThingGroup(json)
        return MovingItem(group.id.description, group.json)
    }

    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        let renamed = context.renamed
        let named = theirs.map { item in
            guard let group = try? ThingGroup(item.json) else { return item }
            let members = group.members.map { member in renamed[member.description].flatMap { ThingID($0) } ?? member }
            return (try? ThingGroup(id: group.id, name: group.name, members: members)).map { MovingItem(item.key, $0.json) } ?? item
        }
        return compare(named, mine, context)
    }

    func write(_ changes: [MovingChange], in database: Database) throws {
        for group in try groups(changes) { try HomeStore.save(group, in: database) }
    }

    func adopt(_ changes: [MovingChange]) async throws { try home.adopt(try groups(changes)) }

    private func groups(_ changes: [MovingChange]) throws -> [ThingGroup] {
        try changes.compactMap { try $0.outcome.map { try ThingGroup($0) } }
    }
}

/// Scenes, by their ids.
struct ScenesSection: MovingSection {
    let database: any DatabaseWriter
    var name: String { "scenes" }
    var limit: Int { Scenes.most }

    func items(in database: Database) throws -> [MovingItem] { try Scenes.all(in: database).map { MovingItem($0.id, $0.json) } }

    func read(_ json: JSON) throws -> MovingItem {
        let scene = try Scene(json)
        return MovingItem(scene.id, scene.json)
    }

    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        let renamed = context.renamed
        let named = theirs.map { item in
            guard var scene = try? Scene(item.json) else { return item }
            let states = scene.states.map { thing, values in (renamed[thing.description].flatMap { ThingID($0) } ?? thing, values) }
            scene.states = Dictionary(states, uniquingKeysWith: { $1 })
            return MovingItem(item.key, scene.json)
        }
        return compare(named, mine, context)
    }

    func write(_ changes: [MovingChange], in database: Database) throws {
        for scene in try changes.compactMap({ try $0.outcome.map { try Scene($0) } }) { try Scenes.save(scene, in: database) }
    }
}
