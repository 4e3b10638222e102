internal import LaresJSON
internal import LaresThings

/// Finds which things here those of a file are.
struct ThingMatch {
    private let here: [ThingID: MovedThing]
    private let owners: [String: ThingID]
    private let context: MovingContext
    private let section: String
    /// Things that give up their name for the file's.
    private var going: [ThingID: ThingID] = [:]
    /// Names that things here keep, or that were given.
    private var taken: Set<ThingID>
    /// Things here that one of the file is.
    private var matched: Set<ThingID> = []
    /// Things that have another name here than in the file.
    private(set) var renamed: [String: String] = [:]

    init(_ mine: [MovedThing], _ context: MovingContext, _ section: String) {
        here = Dictionary(mine.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        owners = Dictionary(mine.flatMap { thing in thing.identifiers.map { ($0, thing.id) } }, uniquingKeysWith: { $1 })
        (self.context, self.section) = (context, section)
        taken = Set(here.keys)
    }

    /// The things here that have one of its identifiers.
    private func owners(of thing: MovedThing) -> Set<ThingID> { Set(thing.identifiers.compactMap { owners[$0] }) }

    private func choice(_ key: ThingID) -> MovingChoice { context.policy.choice(section, key.description) }

    /// Decides which things here give up their names for those of the file: where the file counts, and nobody else keeps the name.
    mutating func letGo(_ things: [MovedThing]) {
        for thing in things where thing.isKnown {
            let owners = owners(of: thing)
            guard owners.count == 1, let mine = owners.first, mine != thing.id, choice(mine) == .takeTheirs else { continue }
            going[mine] = going.values.contains(thing.id) ? nil : thing.id
        }
        while let stuck = going.first(where: { here[$0.value] != nil && going[$0.value] == nil }) { going[stuck.key] = nil }
        taken = taken.subtracting(going.keys).union(going.values)
    }

    /// What becomes of a thing of the file.
    mutating func change(of thing: MovedThing) -> MovingChange {
        let owners = owners(of: thing)
        guard owners.count <= 1 else {
            let names = owners.map(\.description).sorted().joined(separator: "', '")
            return MovingChange(refused: thing.id.description, thing.json, "its identifiers belong to several things here: '\(names)'")
        }
        if let area = thing.wording.area, !context.areas.contains(area.description) {
            return MovingChange(refused: thing.id.description, thing.json, "there is no area '\(area)': take the areas along, or make it")
        }
        let mine = owners.first ?? here[thing.id].flatMap { $0.identifiers.isEmpty || thing.identifiers.isEmpty ? $0.id : nil }
        guard let mine else { return new(thing) }
        guard matched.insert(mine).inserted else {
            return MovingChange(refused: thing.id.description, thing.json, "'\(mine)' here is another thing of the file already")
        }
        return change(of: thing, known: mine)
    }

    private mutating func change(of thing: MovedThing, known mine: ThingID) -> MovingChange {
        var theirs = thing
        theirs.isKnown = true
        // A suggestion is nothing to disagree about.
        if !thing.isKnown { theirs.id = mine }
        var change = MovingChange(mine.description, mine: here[mine]?.json, theirs: theirs.json, choice(mine), isWhole: false)
        let id = going[mine] ?? mine
        if case .object(var members)? = change.outcome {
            members["id"] = .string(id.description)
            change.outcome = .object(members)
            if change.outcome.map({ change.mine?.isSame(as: $0) ?? false }) == true { change.outcome = nil }
        }
        if id != theirs.id {
            renamed[theirs.id.description] = id.description
            change.reason = "it is '\(id)' here: rules of the file that name '\(theirs.id)' must be changed"
        } else if id != mine {
            change.reason = "it was '\(mine)' here: its history stays under that name, and rules here that name it must be changed"
        }
        return change
    }

    private mutating func new(_ thing: MovedThing) -> MovingChange {
        var (made, number) = (thing, 2)
        made.isKnown = true
        while taken.contains(made.id) { (made.id, number) = (thing.id.numbered(number), number + 1) }
        var change = MovingChange(made.id.description, mine: nil, theirs: made.json, choice(made.id), isWhole: false)
        if change.outcome != nil { taken.insert(made.id) }
        if made.id != thing.id, thing.isKnown {
            renamed[thing.id.description] = made.id.description
            change.reason = "'\(thing.id)' is another thing here: this one becomes '\(made.id)'"
        }
        return change
    }
}
