internal import Foundation

/// What is known of a home: its things, what they report, and what they were asked for. It does nothing by itself: it is given messages and the
/// time, and says what they change.
///
/// ```swift
/// var home = HomeModel()
/// home.install(part, at: clock.now)
/// home.receive(message, at: clock.now)
/// for event in home.takeEvents() { … }
/// ```
public struct HomeModel: Sendable {
    /// A property, wherever it is reported.
    struct Slot: Sendable {
        let address: PropertyAddress
        var property: Property { didSet { if property != oldValue { guess = nil } } }
        var state = PropertyState()
        /// What its danger was guessed to be, and by what of its thing: a guess takes longer than all else of a description.
        var guess: (tell: Property.Tell, hazard: Hazard?)?

        init(address: PropertyAddress, property: Property) { (self.address, self.property) = (address, property) }
    }

    /// A part, and where its properties are.
    struct Installed: Sendable {
        let part: Part
        let thing: ThingID
        /// For each property of the part, its slot.
        let slots: [Int]
        /// For each source of availability, what it said last.
        var said: [Availability?]
        var latest: Int?
        var availability: Availability
    }

    /// A thing, and the parts and slots it is made of.
    struct Record: Sendable {
        var thing: Thing
        var parts: [String]
        var slots: [String: Int]
        var availability = Availability.unknown
        /// The room where its device says that it is, in the device's words.
        var room: String?
    }

    /// What a message on a topic is for.
    enum Listener: Sendable, Hashable {
        case reader(part: String, reader: Int)
        case availability(part: String, source: Int)

        var part: String {
            switch self {
            case .reader(let part, _), .availability(let part, _): part
            }
        }
    }

    /// Names that were given once and stay.
    public var names: ThingNames
    /// The most things.
    public static let limit = 50_000
    /// The most parts of a thing.
    public static let mostParts = 1_000

    var records: [ThingID: Record] = [:]
    var byGroup: [ThingID: ThingGroup] = [:]
    /// The groups that a thing is in.
    var memberships: [ThingID: [ThingID]] = [:]
    var installed: [String: Installed] = [:]
    var slots: [Slot?] = []
    var free: [Int] = []
    var listeners: [String: [Listener]] = [:]
    var unheard = UnheardMessages()
    /// What was said last on topics that tell whether things are there: many may share one, and some announce themselves later.
    var presence: [String: [UInt8]] = [:]
    var commandTopics = CommandTopics()
    var guarded = GuardedTopics()
    /// Things whose parts changed and that aren't described yet, with the parts that don't listen yet.
    var undescribed: [ThingID: Set<String>] = [:]
    var timers = ReportTimers()
    var commands = CommandBook()
    /// What was known of properties that went: a bridge that renames a device takes its announcement back before it makes it anew.
    private var departed: [PropertyAddress: PropertyState] = [:]
    private static let mostDeparted = 10_000
    private var events: [HomeEvent] = []

    /// A home without things.
    /// - Parameter names: Those given before a restart.
    public init(names: ThingNames = ThingNames()) { self.names = names }

    /// Its things, in the order of their ids.
    public var things: [Thing] { records.values.map(\.thing).sorted { $0.id < $1.id } }

    /// How many things there are.
    public var count: Int { records.count }

    /// A thing.
    public func thing(_ id: ThingID) -> Thing? { records[id]?.thing }

    /// The room where a thing says that it is, in its words.
    public func room(of id: ThingID) -> String? { records[id]?.room }

    /// The keys of a thing's parts.
    func parts(of id: ThingID) -> [String] { records[id]?.parts ?? [] }

    /// Whether a thing can be reached.
    public func availability(of id: ThingID) -> Availability? { records[id]?.availability }

    /// What a property is; nil when there is none.
    public func property(_ address: PropertyAddress) -> Property? { slot(address).flatMap { slots[$0]?.property } }

    /// What is known of a property; nil when there is none.
    public func state(of address: PropertyAddress) -> PropertyState? { slot(address).flatMap { slots[$0]?.state } }

    /// What is known of all properties of a thing, by their names.
    public func states(of id: ThingID) -> [String: PropertyState] {
        records[id]?.slots.compactMapValues { slots[$0]?.state } ?? [:]
    }

    func slot(_ address: PropertyAddress) -> Int? { records[address.thing]?.slots[address.property] }

    /// Whether something is to be heard on a topic.
    func isHeard(_ topic: String) -> Bool { listeners[topic] != nil }

    /// Puts back what was known before a restart.
    mutating func restore(_ states: [PropertyAddress: PropertyState]) {
        for (address, state) in states {
            guard let place = slot(address) else { continue }
            slots[place]?.state = state
            if let value = state.reported, let date = state.reportedAt { setTimer(place, value, at: date) }
        }
    }

    /// Puts back what was reported after the states were saved, as histories have it.
    mutating func restore(_ reading: Reading, of address: PropertyAddress, at now: Date) {
        guard let place = slot(address), let slot = slots[place], let value = PropertyValue(reading.value, slot.property.kind) else {
            return
        }
        let date = reading.time.date
        // What stayed as it was, or a change to what it was before: nothing to take in.
        guard value != slot.state.reported || slot.property.isEvent else { return }
        // What lies ahead was written while the clock was wrong.
        guard date <= now + 60, date.timeIntervalSince(slot.state.reportedAt ?? .distantPast) > 0.001 else { return }
        setTimer(place, value, at: date)
        var state = slot.state
        (state.reported, state.reportedAt, state.changedAt, state.cause) = (value, date, date, .device)
        slots[place]?.state = state
    }

    /// Keeps what was known of a property that goes.
    mutating func depart(_ slot: Slot) {
        guard slot.state.reported != nil, !slot.property.isEvent else { return }
        if departed.count >= Self.mostDeparted { departed = [:] }
        departed[slot.address] = slot.state
    }

    /// Puts back what was known of a property, where it went and came back.
    mutating func putBack(_ place: Int, at date: Date) {
        guard let slot = slots[place], var state = departed.removeValue(forKey: slot.address), let value = state.reported,
            slot.property.kind.objection(to: value) == nil
        else { return }
        state.desired = nil
        slots[place]?.state = state
        setTimer(place, value, at: state.reportedAt ?? date)
    }

    mutating func note(_ event: HomeEvent) { events.append(event) }

    /// What happened since the last time.
    public mutating func takeEvents() -> [HomeEvent] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }
}
