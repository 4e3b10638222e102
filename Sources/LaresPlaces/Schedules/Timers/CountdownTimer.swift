public import Foundation
public import LaresJSON

/// A kitchen timer: counts down, can be paused, and is over once. Times are kept to the millisecond.
public struct CountdownTimer: Hashable, Sendable {
    /// What the timer does.
    public enum State: Hashable, Sendable {
        /// It counts down to a moment, in milliseconds since 1970-01-01T00:00:00Z.
        case running(until: Int)
        /// It stands still with so many milliseconds left.
        case paused(left: Int)
        /// It is over, or was stopped.
        case over
    }

    /// What people call it; up to 200 characters.
    public let name: String
    /// What the timer does.
    public private(set) var state: State

    /// The longest a timer may run, in milliseconds: a week.
    public static let longest = 7 * 86_400_000

    private static func milliseconds(_ date: Date) -> Int { Int((Double(Instant(flooring: date)) + date.fraction) * 1000) }

    /// Starts a timer.
    /// - Parameters:
    ///   - name: What people call it.
    ///   - seconds: How long it runs, to the millisecond.
    ///   - now: When it starts.
    /// - Throws: ``ScheduleError`` with `badSchedule` for less than a millisecond, more than a week, or a name of over 200 characters.
    public init(name: String, seconds: Double, at now: Date) throws(ScheduleError) {
        guard seconds >= 0.001, seconds <= Double(Self.longest) / 1000 else { throw Self.badLength }
        guard name.count <= 200 else { throw ScheduleError(.badSchedule, "a timer's name has at most 200 characters") }
        self.name = name
        state = .running(until: Self.milliseconds(now) + Int((seconds * 1000).rounded()))
    }

    private static let badLength = ScheduleError(.badSchedule, "a timer runs for a millisecond up to a week")

    /// Seconds left at a moment; 0 when it is over.
    public func secondsLeft(at now: Date) -> Double { Double(left(at: now)) / 1000 }

    private func left(at now: Date) -> Int {
        switch state {
        case .running(let end): max(0, end - Self.milliseconds(now))
        case .paused(let left): left
        case .over: 0
        }
    }

    /// Stops the time; does nothing unless it runs.
    public mutating func pause(at now: Date) {
        if case .running = state, left(at: now) > 0 { state = .paused(left: left(at: now)) }
    }

    /// Lets the time go on; does nothing unless it is paused.
    public mutating func resume(at now: Date) {
        if case .paused(let left) = state { state = .running(until: Self.milliseconds(now) + left) }
    }

    /// Adds seconds, or takes them away when negative; what remains is held between nothing and a week. Does nothing when it is over.
    public mutating func add(seconds: Double, at now: Date) {
        let added = seconds.isNaN ? 0 : Int((min(max(seconds, -604_800), 604_800) * 1000).rounded())
        let left = min(max(left(at: now) + added, 0), Self.longest)
        switch state {
        case .running: state = .running(until: Self.milliseconds(now) + left)
        case .paused: state = .paused(left: left)
        case .over: break
        }
    }

    /// Ends it without ringing.
    public mutating func stop() { state = .over }

    /// Whether it rings now: true once, when it has run down.
    public mutating func rings(at now: Date) -> Bool {
        guard case .running = state, left(at: now) == 0 else { return false }
        state = .over
        return true
    }
}

extension CountdownTimer {
    private enum Name: String, CaseIterable { case running, paused, over }

    /// The timer as plain data: `{"name": "Eggs", "state": "running", "until_ms": 1790000000000}`, or `"left_ms"` when it is paused.
    public var json: JSON {
        switch state {
        case .running(let end): ["name": .string(name), "state": "running", "until_ms": .int(end)]
        case .paused(let left): ["name": .string(name), "state": "paused", "left_ms": .int(left)]
        case .over: ["name": .string(name), "state": "over"]
        }
    }

    /// Reads a timer. Throws ``ScheduleError`` with `badSchedule`; unknown members are errors.
    public init(_ json: JSON) throws(ScheduleError) {
        do throws(JSONError) {
            try self.init(JSONFields(json))
        } catch {
            throw ScheduleError(.badSchedule, "the timer: \(error.message)")
        }
    }

    private init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        name = try fields.string("name") ?? ""
        guard name.count <= 200 else { throw fields.error("name", "has more than 200 characters") }
        let state: Name = try fields.choice("state") ?? .over
        let moments = Instant.supported.lowerBound * 1000...Instant.supported.upperBound * 1000
        let (end, left) = (try fields.int("until_ms", in: moments), try fields.int("left_ms", in: 0...Self.longest))
        try fields.end()
        switch (state, end, left) {
        case (.running, let end?, nil): self.state = .running(until: end)
        case (.paused, nil, let left?): self.state = .paused(left: left)
        case (.over, nil, nil): self.state = .over
        default: throw fields.error("state", "is \"\(state.rawValue)\": 'until_ms' is for running timers, 'left_ms' for paused ones")
        }
    }
}

extension Date {
    /// What is behind the whole second, 0 up to 1; 0 for a date that isn't a number.
    fileprivate var fraction: Double {
        let seconds = timeIntervalSince1970
        return seconds.isFinite ? seconds - seconds.rounded(.down) : 0
    }
}
