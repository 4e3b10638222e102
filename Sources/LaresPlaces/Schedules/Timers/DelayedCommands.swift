public import Foundation
public import LaresJSON

/// Something to do later, once: "the lights off in ten minutes".
public struct DelayedCommand: Hashable, Sendable {
    /// Its name, by which it can be cancelled; 1 to 200 characters.
    public let id: String
    /// When, in seconds since 1970-01-01T00:00:00Z.
    public let due: Int
    /// What; whoever takes it knows its form.
    public let command: JSON
    /// Whether it is done if nobody was there in time.
    public let missed: MissedPolicy

    /// A command. Nil for an empty or too long name, and for a moment outside the years 1900 to 2199.
    public init?(id: String, due: Int, command: JSON, missed: MissedPolicy = .skip) {
        guard (1...200).contains(id.count), Instant.supported.contains(due) else { return nil }
        (self.id, self.due, self.command, self.missed) = (id, due, command, missed)
    }
}

/// Commands that wait for their time.
public struct DelayedCommands: Hashable, Sendable {
    /// How many may wait.
    public static let most = 10_000

    /// Those that wait, the next one last.
    private var waiting: [DelayedCommand] = []

    /// None.
    public init() {}

    /// Those that wait, the next one first.
    public var all: [DelayedCommand] { waiting.reversed() }

    /// When the next is due; nil when none waits.
    public var nextDate: Date? { waiting.last?.due.date }

    /// Lets a command wait; one with its name is replaced. Throws ``ScheduleError`` with `full` when ``most`` wait.
    public mutating func add(_ command: DelayedCommand) throws(ScheduleError) {
        cancel(command.id)
        guard waiting.count < Self.most else {
            throw ScheduleError(.full, "\(Self.most) commands wait already: cancel some, or make a schedule of what repeats")
        }
        waiting.insert(command, at: waiting.firstIndex { $0.due <= command.due } ?? waiting.endIndex)
    }

    /// Takes a command away and returns it; nil when none has the name.
    @discardableResult public mutating func cancel(_ id: String) -> DelayedCommand? {
        waiting.firstIndex { $0.id == id }.map { waiting.remove(at: $0) }
    }

    /// Takes away what is due.
    ///
    /// - Returns: What is to be done, in order, and what is too late: by more than ``Agenda/grace``, and more than its policy allows.
    public mutating func take(dueAt now: Date) -> (due: [DelayedCommand], late: [DelayedCommand]) {
        let moment = Instant(flooring: now)
        var taken: [DelayedCommand] = []
        while let next = waiting.last, next.due <= moment { taken.append(waiting.removeLast()) }
        return (taken.filter { $0.isTimely(at: moment) }, taken.filter { !$0.isTimely(at: moment) })
    }
}

extension DelayedCommand {
    fileprivate func isTimely(at now: Instant) -> Bool {
        switch missed {
        case .skip: now - due <= Int(Agenda.grace)
        case .runOnce(let within): now - due <= max(within, Int(Agenda.grace))
        }
    }

    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard let due = try fields.instant("due") else { throw fields.error("due", "is missing") }
        let (id, command) = (try fields.string("id") ?? "", try fields.required("command"))
        guard let value = Self(id: id, due: due, command: command, missed: try MissedPolicy(try fields.fields("missed"))) else {
            throw fields.error("id", "must have 1 to 200 characters")
        }
        try fields.end()
        self = value
    }
}

extension DelayedCommands {
    /// The commands as plain data, an array of `{"id", "due", "command", "missed"}`, the next one first.
    public var json: JSON {
        .array(all.map { ["id": .string($0.id), "due": .string(ISO8601.text($0.due)), "command": $0.command, "missed": $0.missed.json] })
    }

    /// Reads commands. Throws ``ScheduleError`` with `badSchedule`, or `full`; unknown members are errors.
    public init(_ json: JSON) throws(ScheduleError) {
        guard let elements = json.elements else { throw ScheduleError(.badSchedule, "delayed commands must be an array, not \(json.kind)") }
        guard elements.count <= Self.most else { throw ScheduleError(.full, "there may be \(Self.most) delayed commands") }
        do throws(JSONError) {
            for (place, element) in elements.enumerated() { waiting.append(try DelayedCommand(JSONFields(element, at: "[\(place)]"))) }
        } catch {
            throw ScheduleError(.badSchedule, "the delayed commands: \(error.message)")
        }
        guard Set(waiting.map(\.id)).count == waiting.count else {
            throw ScheduleError(.badSchedule, "two delayed commands have the same id")
        }
        let order = waiting.enumerated().sorted { ($1.element.due, $1.offset) < ($0.element.due, $0.offset) }
        waiting = order.map(\.element)
    }
}
