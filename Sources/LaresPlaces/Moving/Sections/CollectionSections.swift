internal import GRDB
internal import LaresJSON
internal import LaresThings

/// Groups of things, by their ids. Their things needn't be here yet.
struct GroupsSection: ValueSection {
    let home: Home
    let database: any DatabaseWriter
    var name: String { "groups" }

    func values(in database: Database) throws -> [ThingGroup] { try HomeStore.groups(in: database) }

    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        let renamed = context.renamed
        let named = theirs.map { item in
            guard let group = try? ThingGroup(item.json) else { return item }
            let members = group.members.map { member in renamed[member.description].flatMap { ThingID($0) } ?? member }
            return (try? ThingGroup(id: group.id, name: group.name, members: members)).map { MovingItem(item.key, $0.json) } ?? item
        }
        return compare(named, mine, context)
    }

    func save(_ values: [ThingGroup], in database: Database) throws { for group in values { try HomeStore.save(group, in: database) } }

    func adopt(_ changes: [MovingChange]) async throws { try home.adopt(try Self.values(changes)) }
}

/// Scenes, by their ids.
struct ScenesSection: ValueSection {
    let database: any DatabaseWriter
    var name: String { "scenes" }
    var limit: Int { Scenes.most }

    func values(in database: Database) throws -> [Scene] { try Scenes.all(in: database) }

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

    func save(_ values: [Scene], in database: Database) throws { for scene in values { try Scenes.save(scene, in: database) } }
}
