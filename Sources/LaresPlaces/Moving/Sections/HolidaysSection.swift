internal import GRDB
internal import LaresJSON

/// Calendars of holidays that people added, by their names; those that come with Lares are here already. Each is taken or left whole.
///
/// They are files beside the database, so they are written when its transaction is over: a rule that needs one waits for it.
struct HolidaysSection: MovingSection {
    let automations: Automations?
    let database: any DatabaseWriter
    var name: String { "holidays" }
    var limit: Int { HolidayFolder.most }
    var isWhole: Bool { true }

    func items(in database: Database) throws -> [MovingItem] {
        guard let folder = automations?.holidays else { return [] }
        return try folder.names().compactMap { name in
            folder.bytes(of: name).flatMap { String(validating: $0, as: UTF8.self) }.map { Self.item(name, $0) }
        }
    }

    private static func item(_ name: String, _ text: String) -> MovingItem {
        MovingItem(name, ["name": .string(name), "calendar": .string(text)])
    }

    func read(_ json: JSON) throws -> MovingItem {
        var fields = try JSONFields(json)
        guard let name = try fields.string("name"), RuleID(name) != nil else {
            throw fields.error("name", "must have 1 to 60 lower-case letters, digits, '_' and '-', such as \"de-be\"")
        }
        guard let text = try fields.string("calendar") else { throw fields.error("calendar", "is missing: an iCalendar text") }
        try fields.end()
        guard try !HolidayCalendar(iCalendar: Array(text.utf8)).days.isEmpty else {
            throw fields.error("calendar", "has no whole days in it")
        }
        return Self.item(name, text)
    }

    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        let room = limit - mine.count, known = Set(mine.map(\.key))
        var added = 0
        return compare(theirs, mine, context).map { change in
            guard change.outcome != nil, !known.contains(change.key) else { return change }
            added += 1
            guard automations?.holidays == nil || added > room else { return change }
            let reason = automations?.holidays == nil ? "calendars can't be kept here" : "there are \(limit) calendars at most: remove one"
            return MovingChange(refused: change.key, change.theirs, reason)
        }
    }

    func write(_ changes: [MovingChange], in database: Database) throws {}

    func adopt(_ changes: [MovingChange]) async throws {
        for change in changes {
            guard let text = change.outcome?["calendar"]?.text else { continue }
            let bytes = Array(text.utf8)
            try await automations?.set(bytes, try HolidayCalendar(iCalendar: bytes), as: change.key)
        }
    }
}
