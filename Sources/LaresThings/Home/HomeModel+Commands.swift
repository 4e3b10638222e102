public import Foundation

/// Commands on their way.
extension HomeModel {
    /// A command that was checked, and what must be published for it.
    public struct Sending: Sendable {
        /// Its number, which outcomes and causes name.
        public let number: Int
        /// What must be published, in this order.
        public let messages: [MQTTMessage]
        /// Whether the thing will report that it did it.
        public let isConfirmable: Bool
    }

    /// Seconds and repetitions of commands.
    public var patience: CommandPatience {
        get { commands.patience }
        set { commands.patience = newValue }
    }

    /// Checks a command and enters it as being sent. What the properties are doesn't change by it: they change when the thing says so.
    ///
    /// - Parameter mayRepeat: Whether it may be sent once more, where nothing that is known of the things forbids it.
    /// - Throws: ``ThingsError``: `unknown`, `notWritable`, `badValue`, `unavailable`.
    public mutating func send(_ command: ThingCommand, mayRepeat: Bool = true, at date: Date) throws(ThingsError) -> Sending {
        guard let record = records[command.thing] else { throw ThingsError(.unknown, "there is no thing '\(command.thing)'") }
        guard record.availability != .offline else {
            throw ThingsError(.unavailable, "'\(record.thing.name)' can't be reached now: is it switched on, and in range?")
        }
        let wanted = try check(command, record.thing)
        var (messages, waiting): ([MQTTMessage], [Int: PropertyValue]) = ([], [:])
        for order in try orders(of: command) { try prepare(order, &messages, &waiting) }
        let mayRepeat = mayRepeat && wanted.allSatisfy { property, _ in property.kind != .action && property.hazard == nil }
        let before = waiting.keys.reduce(into: [Int: PropertyValue]()) { $0[$1] = slots[$1]?.state.reported }
        let isSo = waiting.allSatisfy { place, value in
            slots[place].flatMap { slot in slot.state.reported.map { slot.property.kind.agrees($0, with: value) } } ?? false
        }
        let adapted = patience.adapted(to: record.thing.category, transition: command.values["transition"]?.number ?? 0)
        let number = commands.enter(
            command, messages, waiting: waiting, before: before, patience: isSo ? adapted.ofNoChange : adapted,
            mayRepeat: mayRepeat && !isSo, at: date)
        for (slot, value) in waiting { desire(value, slot, at: date) }
        return Sending(number: number, messages: messages, isConfirmable: !waiting.isEmpty)
    }

    /// What is to be published for a command to one thing, and what will be reported then.
    private func prepare(_ order: ThingCommand, _ messages: inout [MQTTMessage], _ waiting: inout [Int: PropertyValue])
        throws(ThingsError)
    {
        guard let record = records[order.thing] else { return }
        let wanted = try check(order, record.thing)
        messages += try self.messages(for: wanted, record)
        for (property, value) in wanted where property.isReported {
            if let slot = record.slots[property.name] { waiting[slot] = value }
        }
    }

    /// Ends a command that couldn't be published.
    public mutating func fail(_ number: Int, _ error: ThingsError, at date: Date) {
        for slot in commands.finish(number, .failed(error)) { desire(nil, slot, at: date) }
    }

    /// What became of commands since the last time, by their numbers.
    public mutating func takeOutcomes() -> [(number: Int, outcome: CommandOutcome)] { commands.takeOutcomes() }

    /// The properties that are meant, each with its value.
    private func check(_ command: ThingCommand, _ thing: Thing) throws(ThingsError) -> [(Property, PropertyValue)] {
        guard !command.values.isEmpty else {
            throw ThingsError(.badValue, "nothing is asked of '\(thing.name)': name a property and its value")
        }
        var wanted: [(Property, PropertyValue)] = []
        for (name, value) in command.values.sorted(by: { $0.key < $1.key }) {
            guard let property = thing.property(name) else {
                throw ThingsError(.unknown, "'\(thing.id)' has no property '\(name)'; \(thing.settable)")
            }
            guard property.isWritable else {
                throw ThingsError(.notWritable, "'\(thing.id)/\(property.name)' is reported by the thing and can't be set")
            }
            if let objection = property.kind.objection(to: value) {
                throw ThingsError(.badValue, "'\(thing.id)/\(property.name)' must \(objection)\(property.unit.map { " (\($0))" } ?? "")")
            }
            wanted.append((property, value))
        }
        return wanted
    }

    private func messages(for wanted: [(Property, PropertyValue)], _ record: Record) throws(ThingsError) -> [MQTTMessage] {
        var left = Dictionary(wanted.map { ($0.name, $1) }, uniquingKeysWith: { first, _ in first })
        var messages: [MQTTMessage] = []
        for key in record.parts {
            guard let installed = installed[key], !left.isEmpty else { continue }
            var (values, known): ([String: PropertyValue], [String: PropertyValue]) = ([:], [:])
            for place in installed.slots {
                guard let slot = slots[place] else { continue }
                if let value = left.removeValue(forKey: slot.property.name) { values[slot.property.base] = value }
                known[slot.property.base] = slot.state.reported
            }
            if !values.isEmpty { messages += try installed.part.messages(setting: values, knowing: known) }
        }
        return messages
    }

    private mutating func desire(_ value: PropertyValue?, _ slot: Int, at date: Date) {
        guard let address = slots[slot]?.address else { return }
        slots[slot]?.state.desired = value
        slots[slot]?.state.desiredAt = value == nil ? nil : date
        note(.asked(address, value, at: date))
    }

    /// A report came: is it what was asked for?
    mutating func confirm(_ value: PropertyValue, _ slot: Int, _ kind: PropertyKind, at date: Date) {
        guard let desired = commands.desired(slot), kind.agrees(value, with: desired, from: commands.before(slot)) else { return }
        commands.release(slot, .confirmed)
        desire(nil, slot, at: date)
    }

    mutating func passCommands(to date: Date) -> [MQTTMessage] {
        let (again, givenUp) = commands.pass(to: date) { place, wanted in
            guard let slot = slots[place], let reported = slot.state.reported else { return false }
            return slot.property.kind.agrees(reported, with: wanted)
        }
        for slot in givenUp { desire(nil, slot, at: date) }
        return again
    }
}
