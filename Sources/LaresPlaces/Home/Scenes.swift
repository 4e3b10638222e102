internal import GRDB
internal import LaresJSON
public import LaresThings

/// The scenes of a home, in `places.db`.
///
/// ```swift
/// try scenes.set(scenes.captured("Evening", from: things))
/// for command in scenes.commands(evening, by: cause) { try await home.carryOut(command) }
/// ```
public struct Scenes: Sendable {
    private let home: Home
    private let pool: DatabasePool

    /// The most scenes.
    public static let most = 1_000

    /// The scenes of a home.
    public init(home: Home, store: HomeStore) { (self.home, pool) = (home, store.pool) }

    /// Those there are, in the order of their ids. One that can't be read is left out and stays where it is.
    public func all() throws -> [Scene] { try pool.read(Self.all) }

    static func all(in database: Database) throws -> [Scene] {
        try String.fetchAll(database, sql: "SELECT body FROM scenes ORDER BY id").compactMap { text in
            (try? JSON(parsing: Array(text.utf8))).flatMap { try? Scene($0) }
        }
    }

    /// A scene by its id, or by its name where that is only one's.
    public func find(_ name: String) throws -> Scene? {
        let all = try all()
        if let scene = all.first(where: { $0.id == name }) { return scene }
        let named = all.filter { $0.name.lowercased() == name.lowercased() }
        return named.count == 1 ? named[0] : nil
    }

    /// Keeps a scene, new or changed.
    ///
    /// - Throws: ``ThingsError`` with `full`; an error of the database.
    public func set(_ scene: Scene) throws {
        try pool.write { database in
            let others = try Int.fetchOne(database, sql: "SELECT count(*) FROM scenes WHERE id != ?", arguments: [scene.id]) ?? 0
            guard others < Self.most else { throw ThingsError(.full, "there are \(Self.most) scenes already: remove some") }
            try Self.save(scene, in: database)
        }
    }

    static func save(_ scene: Scene, in database: Database) throws {
        try database.execute(sql: "INSERT OR REPLACE INTO scenes VALUES (?, ?)", arguments: [scene.id, scene.json.serialized])
    }

    /// Forgets a scene.
    public func remove(_ id: String) throws { try pool.write { try $0.execute(sql: "DELETE FROM scenes WHERE id = ?", arguments: [id]) } }

    /// How things are now, as a scene: what can be set on them without danger and is known. Of a lamp that is off only that; of its colour and its
    /// colour temperature what it reported last.
    ///
    /// - Throws: ``ThingsError`` with `badName` where there is nothing to be kept.
    public func captured(_ name: String, id: String? = nil, from things: [ThingID], transition: Double? = nil) throws(ThingsError) -> Scene
    {
        var states: [ThingID: [String: PropertyValue]] = [:]
        for view in things.compactMap({ home.thing($0) }) where !ThingGroup.isGroup(view.thing.id) {
            let values = view.captured
            if !values.isEmpty { states[view.thing.id] = values }
        }
        guard !states.isEmpty else { throw ThingsError(.badName, "nothing of these things is known that could be set again") }
        return try Scene(id: id, name: name, states: states, transition: transition)
    }

    /// What is asked of each thing for a scene. Those that can take their time get the transition.
    public func commands(_ scene: Scene, transition: Double? = nil, by cause: Cause) -> [ThingCommand] {
        scene.states.sorted { $0.key < $1.key }.map { thing, values in
            var values = values
            if let seconds = transition ?? scene.transition, let property = home.thing(thing)?.thing.property("transition"),
                property.kind.objection(to: .number(seconds)) == nil, values["transition"] == nil, values["on"] != nil
            {
                values[property.name] = .number(seconds)
            }
            return ThingCommand(thing, values, by: cause)
        }
    }
}

extension ThingView {
    fileprivate var captured: [String: PropertyValue] {
        let kept = thing.properties.filter {
            $0.isReported && $0.isWritable && $0.role == .primary && $0.hazard == nil && $0.kind != .action && !$0.isEvent
        }
        var values: [String: PropertyValue] = [:]
        for property in kept { values[property.name] = states[property.name]?.reported }
        if values["on"] == .boolean(false) { return ["on": .boolean(false)] }
        if let color = states["color"]?.reportedAt, let warmth = states["color_temp"]?.reportedAt, values["color"] != nil {
            values[color > warmth ? "color_temp" : "color"] = nil
        }
        return values
    }
}
