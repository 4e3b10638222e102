internal import Foundation

/// Commands on their way: which properties they wait for, and until when.
struct CommandBook: Sendable {
    struct Entry: Sendable {
        let command: ThingCommand
        let messages: [MQTTMessage]
        /// Slots that haven't reported what they were asked for, and what that is.
        var waiting: [Int: PropertyValue]
        /// What those slots reported when it was sent.
        let before: [Int: PropertyValue]
        let patience: CommandPatience
        let sentAt: Date
        /// When the thing last reported something new; when it was sent, if it hasn't.
        var heardAt: Date
        /// Whether being done twice does no harm, and it wasn't sent twice yet.
        var mayRepeat: Bool

        /// When it is given up.
        var end: Date { min(heardAt + patience.giveUpAfter, sentAt + patience.longest) }
        /// When something is to be done about it.
        var due: Date { mayRepeat ? min(sentAt + patience.repeatAfter, end) : end }
    }

    var patience = CommandPatience()
    private var entries: [Int: Entry] = [:]
    /// For each slot, the command it waits for.
    private var bySlot: [Int: Int] = [:]
    private var last = 0
    private var outcomes: [(number: Int, outcome: CommandOutcome)] = []

    /// Enters a command that is being sent. Earlier ones don't wait any more for what it asks for, and are over when that was all.
    mutating func enter(
        _ command: ThingCommand, _ messages: [MQTTMessage], waiting: [Int: PropertyValue], before: [Int: PropertyValue] = [:],
        patience: CommandPatience, mayRepeat: Bool, at date: Date
    ) -> Int {
        last += 1
        for slot in waiting.keys { release(slot, .superseded) }
        guard !waiting.isEmpty else { return last }
        entries[last] = Entry(
            command: command, messages: messages, waiting: waiting, before: before, patience: patience, sentAt: date, heardAt: date,
            mayRepeat: mayRepeat)
        for slot in waiting.keys { bySlot[slot] = last }
        return last
    }

    /// Whose doing it is that a slot reports a value: that of the command which asked for it.
    func cause(of value: PropertyValue?, at slot: Int, _ kind: PropertyKind) -> Cause? {
        guard let number = bySlot[slot], let entry = entries[number], let value, let wanted = entry.waiting[slot],
            kind.agrees(value, with: wanted, from: entry.before[slot])
        else { return nil }
        return Cause(entry.command.cause.kind, name: entry.command.cause.name, command: number)
    }

    /// A slot isn't waited for any more, because it reported what it was asked for, or was asked for something else.
    mutating func release(_ slot: Int, _ outcome: CommandOutcome) {
        guard let number = bySlot.removeValue(forKey: slot) else { return }
        entries[number]?.waiting[slot] = nil
        // Sent again, it would undo what came after it.
        if outcome == .superseded { entries[number]?.mayRepeat = false }
        if entries[number]?.waiting.isEmpty == true { finish(number, outcome) }
    }

    /// A slot reports something new: whoever waits for it, or for another of its command, gives it more time and doesn't send again.
    mutating func hear(_ slot: Int, at date: Date) {
        guard let number = bySlot[slot], let entry = entries[number], date > entry.heardAt else { return }
        entries[number]?.heardAt = date
        entries[number]?.mayRepeat = false
    }

    /// What a slot reported when it was asked for something.
    func before(_ slot: Int) -> PropertyValue? { bySlot[slot].flatMap { entries[$0]?.before[slot] } }

    /// What a slot was asked for.
    func desired(_ slot: Int) -> PropertyValue? { bySlot[slot].flatMap { entries[$0]?.waiting[slot] } }

    /// Ends a command, whatever it waits for.
    /// - Returns: The slots that waited.
    @discardableResult
    mutating func finish(_ number: Int, _ outcome: CommandOutcome) -> [Int] {
        guard let entry = entries.removeValue(forKey: number) else { return [] }
        for slot in entry.waiting.keys where bySlot[slot] == number { bySlot[slot] = nil }
        outcomes.append((number, outcome))
        return Array(entry.waiting.keys)
    }

    /// What became of commands since the last time.
    mutating func takeOutcomes() -> [(number: Int, outcome: CommandOutcome)] {
        defer { outcomes = [] }
        return outcomes
    }

    /// When the next command is to be repeated or given up; nil: none waits.
    var next: Date? { entries.values.map(\.due).min() }

    /// What time does to commands: messages to send again, and the slots of those given up. A command for what was so already, which a thing needn't
    /// report again, is confirmed.
    mutating func pass(to date: Date, isSo: (Int, PropertyValue) -> Bool) -> (again: [MQTTMessage], givenUp: [Int]) {
        var (again, givenUp): ([MQTTMessage], [Int]) = ([], [])
        for (number, entry) in entries.sorted(by: { $0.key < $1.key }) {
            if date >= entry.end || date.timeIntervalSince(entry.sentAt) < -1 {
                givenUp += finish(number, entry.waiting.allSatisfy { isSo($0.key, $0.value) } ? .confirmed : .unanswered)
            } else if entry.mayRepeat, date >= entry.due {
                entries[number]?.mayRepeat = false
                again += entry.messages
            }
        }
        return (again, givenUp)
    }
}
