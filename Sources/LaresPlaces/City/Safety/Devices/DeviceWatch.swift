public import Foundation
public import LaresJSON
public import LaresThings
internal import Synchronization

/// Watches what devices do on the broker: who falls silent, floods it, or changes habits becomes an alarm. What messages say isn't looked at.
///
/// ```swift
/// let devices = DeviceWatch(watching: watching, file: folder.file("devices.json")) { automations.site.zone }
/// home.tap(devices)
/// await devices.run()                         // until its task is cancelled
/// ```
public final class DeviceWatch: MessageTap {
    /// Something that began or is over.
    package struct Finding: Sendable, Hashable {
        package let thing: ThingID
        package let verdict: DeviceHabit.Verdict
        package let date: Date
    }

    fileprivate struct State {
        var devices: [ThingID: DeviceHabit] = [:]
        var findings: [Finding] = []
        var rounds = 0
    }

    private let state: Mutex<State>
    private let watching: Watching?
    private let file: String?
    private let clock: any TimeSource
    private let zone: @Sendable () -> TimeZoneRules

    /// What alarms say they come from.
    public static let watch = "device-habits"
    /// Devices that are watched, each with about 2 kB; findings that wait to be told.
    static let (most, mostFindings) = (20_000, 10_000)
    /// Seconds between two looks at what time shows, and looks between two savings.
    static let (period, saving) = (60.0, 60)

    /// - Parameters:
    ///   - watching: Where alarms are raised; nil: nowhere.
    ///   - file: Where habits are kept over restarts; nil: nowhere. A file that can't be read is as none.
    ///   - zone: The place's, as it is set now, for hours of the day.
    public init(
        watching: Watching?, file: String? = nil, clock: any TimeSource = SystemTime(), zone: @escaping @Sendable () -> TimeZoneRules
    ) {
        (self.watching, self.file, self.clock, self.zone) = (watching, file, clock, zone)
        state = Mutex(State(devices: file.map { Self.kept(in: $0, at: clock.now) } ?? [:]))
    }

    /// Takes in messages: their times, topics and sizes.
    public func heard(_ messages: [DeviceMessage], at date: Date) {
        let (now, hour) = (date.timeIntervalSince1970, hour(at: date))
        state.withLock { state in
            for message in messages {
                guard state.devices[message.thing] != nil || state.devices.count < Self.most else { continue }
                var verdicts: [DeviceHabit.Verdict] = []
                state.devices[message.thing, default: DeviceHabit(at: now)].take(
                    topic: Self.hash(message.topic), bytes: message.bytes, at: now, hour: hour, into: &verdicts)
                state.note(verdicts, of: message.thing, at: date)
            }
        }
    }

    /// The hour that clocks of the place show, 0 to 23.
    private func hour(at date: Date) -> Int { zone().wall(at: Int(date.timeIntervalSince1970.rounded(.down))).seconds / 3_600 }

    /// FNV-1a: the same in every run.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// Watches until its task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await tick()
            try? await Task.sleep(for: .seconds(Self.period))
        }
        save()
    }

    /// Looks at what time shows, and has alarms raised.
    package func tick() async {
        let date = clock.now, hour = hour(at: date)
        let findings = state.withLock { state in
            state.pass(to: date, hour: hour)
            defer { state.findings = [] }
            return state.findings
        }
        for finding in findings { await tell(finding) }
        for (thing, oddity) in open { await watching?.goOn(Self.watch, Self.series(thing, oddity), at: date) }
        if state.withLock({ $0.rounds.isMultiple(of: Self.saving) }) { save() }
    }

    private var open: [(ThingID, DeviceHabit.Oddity)] {
        state.withLock { state in state.devices.flatMap { thing, habit in habit.oddities.map { (thing, $0) } } }
    }

    private func tell(_ finding: Finding) async {
        guard case .raised(let oddity, let value) = finding.verdict, let watching else { return }
        let cause = Alarm.Cause(
            series: Self.series(finding.thing, oddity), value: value, score: 1, model: "device-" + oddity.rawValue, version: "1")
        let severity = oddity == .silent || oddity == .flood ? Alarm.Severity.major : .minor
        await watching.raise(AlarmBook.Sign(watch: Self.watch, place: nil, severity: severity, cause: cause), at: finding.date)
    }

    static func series(_ thing: ThingID, _ oddity: DeviceHabit.Oddity) -> SeriesKey {
        SeriesKey(thing: thing.description, property: "messages_" + oddity.rawValue)
    }

    /// Forgets a device.
    public func forget(_ thing: ThingID) { state.withLock { _ = $0.devices.removeValue(forKey: thing) } }

    /// What is known of devices: `{"devices": [{"thing", "messages", "last_at", "odd": ["silent"]}]}`, those that are odd first.
    ///
    /// - Parameter isShown: Which devices the reader may see.
    public func json(_ isShown: (ThingID) -> Bool) -> JSON {
        let devices = state.withLock(\.devices).filter { isShown($0.key) }
        let ordered = devices.sorted {
            ($0.value.oddities.isEmpty ? 1 : 0, $0.key.description) < ($1.value.oddities.isEmpty ? 1 : 0, $1.key.description)
        }
        return .array(
            ordered.map { thing, habit in
                [
                    "thing": .string(thing.description), "messages": .int(habit.count),
                    "last_at": habit.last.map { .number($0) } ?? .null,
                    "odd": .array(habit.oddities.map(\.rawValue).sorted().map { .string($0) }),
                ]
            })
    }
}

extension DeviceWatch.State {
    fileprivate mutating func pass(to date: Date, hour: Int) {
        rounds += 1
        for thing in devices.keys {
            var verdicts: [DeviceHabit.Verdict] = []
            devices[thing]?.pass(to: date.timeIntervalSince1970, hour: hour, into: &verdicts)
            note(verdicts, of: thing, at: date)
        }
    }

    fileprivate mutating func note(_ verdicts: [DeviceHabit.Verdict], of thing: ThingID, at date: Date) {
        guard findings.count + verdicts.count <= DeviceWatch.mostFindings else { return }
        findings += verdicts.map { .init(thing: thing, verdict: $0, date: date) }
    }
}

/// Over a restart.
extension DeviceWatch {
    private struct Kept: Codable {
        var at: Double
        var devices: [String: DeviceHabit]
    }

    private static func kept(in file: String, at date: Date) -> [ThingID: DeviceHabit] {
        guard let data = FileManager.default.contents(atPath: file), let kept = try? JSONDecoder().decode(Kept.self, from: data) else {
            return [:]
        }
        let away = max(0, date.timeIntervalSince1970 - kept.at)
        let devices = kept.devices.compactMap { name, habit -> (ThingID, DeviceHabit)? in
            guard let thing = ThingID(name), habit.isSound else { return nil }
            var habit = habit
            habit.shift(by: away)
            return (thing, habit)
        }
        return Dictionary(devices) { $1 }
    }

    /// Keeps what is known. What can't be written now is written the next time.
    package func save() {
        guard let file else { return }
        let devices = state.withLock(\.devices)
        let kept = Kept(
            at: clock.now.timeIntervalSince1970, devices: Dictionary(devices.map { ($0.key.description, $0.value) }) { $1 })
        try? JSONEncoder().encode(kept).write(to: URL(fileURLWithPath: file), options: .atomic)
    }
}
