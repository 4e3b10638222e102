internal import Foundation

/// What a device usually does on the broker, and whether it does something else: in constant memory, from its messages' times, topics and sizes alone.
///
/// - silent: nothing for longer than ever (``Habit``), though at these hours at least ten messages were due;
/// - flood: more messages a minute than four times what is usual;
/// - size: messages of sizes that it doesn't send, by cumulative surprise (``HabitSurprise``);
/// - topic: three messages a day on topics that it never used;
/// - hours: active for hours at which it never is.
///
/// Times are seconds since 1970; hours are those of the place, 0 to 23.
package struct DeviceHabit: Hashable, Sendable, Codable {
    /// What is odd.
    package enum Oddity: String, Hashable, Sendable, CaseIterable, Codable {
        case silent, flood, size, topic, hours
    }

    /// What became of one.
    package enum Verdict: Hashable, Sendable {
        case raised(Oddity, value: Double), cleared(Oddity)
    }

    /// Messages and seconds before what is new is odd.
    static let learning = (messages: 60, seconds: 3 * 86_400.0)
    /// Messages that must be due before a silence counts.
    static let due = 10.0
    static let gapBounds = Habit.Bounds(172_800, least: 120, most: 604_800)
    static let paceBounds = Habit.Bounds(600, least: 30, most: 1_000_000)
    /// Cumulative surprise of sizes; of hours; strange messages a day.
    static let (surprising, oddHours, strangeMessages) = (12.0, 4.0, 3.0)
    /// Topics that are remembered; sizes that are told apart, half an octave each; days that hours remember.
    static let (topicsKept, sizes, days) = (32, 24, 30)
    /// Seconds without a sign after which a flood, and anything else but a silence, is over.
    static let (calmAfterFlood, calm) = (600.0, 21_600.0)

    private let first: Double
    /// When it was last heard; nil: not yet.
    package private(set) var last: Double?
    /// Messages that came.
    package private(set) var count = 0
    private var gaps = Habit(), pace = Habit()
    private var minute: Double, inMinute = 0, inMinuteBefore = 0
    private var sizes = HabitSurprise(kinds: Self.sizes)
    private var topics: [UInt64] = []
    private var strange = 0.0, strangeAt: Double
    private var hours = [HourHabit](repeating: HourHabit(), count: 24)
    private var hour: Int?
    private var inHour = 0
    private var oddness = 0.0
    private var missed = 0.0, passedTo: Double
    private var since: [Oddity: Double] = [:]

    /// How one hour of the day usually is.
    private struct HourHabit: Hashable, Sendable, Codable {
        /// On how many of the days that were seen anything came, 0…1; messages; days.
        var active = 0.0, messages = 0.0, days = 0
    }

    /// Nothing is known from this moment on.
    package init(at now: Double) {
        (first, strangeAt, passedTo) = (now, now, now)
        minute = (now / 60).rounded(.down)
    }

    /// Whether it can go on from what was kept.
    package var isSound: Bool {
        hours.count == 24 && hours.allSatisfy { (0...1 << 40).contains($0.days) } && topics.count <= Self.topicsKept && sizes.isSound
            && (0...1 << 53).contains(count) && (0...1 << 40).contains(inMinute) && (0...1 << 40).contains(inHour)
    }

    /// What is odd now.
    package var oddities: Set<Oddity> { Set(since.keys) }

    private func isLearnt(at now: Double) -> Bool { count >= Self.learning.messages && now - first >= Self.learning.seconds }
}

/// What is heard.
extension DeviceHabit {
    /// Takes in a message.
    ///
    /// - Parameters:
    ///   - topic: Its topic's hash.
    ///   - bytes: The payload's size.
    package mutating func take(topic: UInt64, bytes: Int, at now: Double, hour: Int, into verdicts: inout [Verdict]) {
        turn(toHour: hour, at: now, into: &verdicts)
        if let last, now > last { gaps.learn(now - last, Self.gapBounds) }
        (last, missed) = (max(now, last ?? now), 0)
        inHour += 1
        count += 1
        clear(.silent, into: &verdicts)
        turn(to: now)
        inMinute += 1
        let (rate, limit) = (rate(at: now), pace.limit(Self.paceBounds))
        if rate > limit { raise(.flood, rate, at: now, into: &verdicts) }
        judge(bytes: bytes, at: now, into: &verdicts)
        judge(topic: topic, at: now, into: &verdicts)
    }

    private mutating func judge(bytes: Int, at now: Double, into verdicts: inout [Verdict]) {
        let surprise = sizes.take(Int(2 * log2(Double(max(0, bytes)) + 1)))
        if surprise > Self.surprising, isLearnt(at: now), since[.flood] == nil {
            raise(.size, Double(bytes), at: now, into: &verdicts)
        } else if surprise > Self.surprising / 3, since[.size] != nil {
            since[.size] = now
        }
    }

    private mutating func judge(topic: UInt64, at now: Double, into verdicts: inout [Verdict]) {
        guard !topics.contains(topic) else { return }
        if topics.count < Self.topicsKept, !isLearnt(at: now) { return topics.append(topic) }
        strange = strange * exp(-max(0, now - strangeAt) / 86_400) + 1
        strangeAt = now
        if strange >= Self.strangeMessages { raise(.topic, strange, at: now, into: &verdicts) }
    }

    private mutating func turn(to now: Double) {
        let current = (now / 60).rounded(.down)
        guard current != minute else { return }
        if inMinute > 0 { pace.learn(Double(inMinute), Self.paceBounds) }
        inMinuteBefore = current == minute + 1 ? inMinute : 0
        (minute, inMinute) = (current, 0)
    }

    private func rate(at now: Double) -> Double { Double(inMinute) + Double(inMinuteBefore) * max(0, 1 - (now - minute * 60) / 60) }
}

/// What only time shows.
extension DeviceHabit {
    /// Lets time pass; to be called about once a minute.
    package mutating func pass(to now: Double, hour: Int, into verdicts: inout [Verdict]) {
        turn(to: now)
        turn(toHour: hour, at: now, into: &verdicts)
        let usual = hours[min(max(hour, 0), 23)], days = Double(min(usual.days, 14))
        missed += usual.messages * days / (days + 1) * min(max(0, now - passedTo), 3_600) / 3_600
        passedTo = now
        if let last, count >= 20, missed >= Self.due, now - last > gaps.limit(Self.gapBounds) {
            raise(.silent, now - last, at: now, into: &verdicts)
        }
        if let bad = since[.flood], now - bad > Self.calmAfterFlood { clear(.flood, into: &verdicts) }
        for oddity in [Oddity.size, .topic, .hours] {
            if let bad = since[oddity], now - bad > Self.calm { end(oddity, into: &verdicts) }
        }
    }

    private mutating func end(_ oddity: Oddity, into verdicts: inout [Verdict]) {
        clear(oddity, into: &verdicts)
        switch oddity {
        case .size: sizes.calmDown()
        case .topic: strange = 0
        case .hours: oddness = 0
        case .silent, .flood: break
        }
    }

    /// Nobody was there to hear it for some time.
    package mutating func shift(by seconds: Double) {
        last = last.map { $0 + seconds }
        passedTo += seconds
        (missed, hour) = (0, nil)
    }

    private mutating func turn(toHour hour: Int, at now: Double, into verdicts: inout [Verdict]) {
        let hour = min(max(hour, 0), 23)
        guard self.hour != hour else { return }
        if let ended = self.hour { end(ended, at: now, into: &verdicts) }
        (self.hour, inHour) = (hour, 0)
    }

    private mutating func end(_ hour: Int, at now: Double, into verdicts: inout [Verdict]) {
        let (messages, usual) = (Double(inHour), hours[hour])
        if inHour > 0, isLearnt(at: now), usual.active <= 0.5 {
            // Half the likelihood ratio of so many messages, as they come in bursts, beside the usual number.
            let (least, ratio) = (max(1, usual.messages), messages / max(1, usual.messages))
            let evidence = ratio > 1 ? 0.5 * (messages * log(ratio) - (messages - least)) : 0
            oddness = max(0, oddness * 0.9 + min(3, evidence) - 0.5)
            if oddness > Self.oddHours { raise(.hours, Double(hour), at: now, into: &verdicts) }
        } else {
            oddness *= 0.9
        }
        let weight = Double(min(usual.days + 1, Self.days))
        hours[hour].active += ((inHour > 0 ? 1 : 0) - usual.active) / weight
        if since[.flood] == nil {
            // What is out of all proportion counts as little more than the usual.
            let counted = usual.days >= 3 ? min(messages, 2 * usual.messages + 4) : messages
            hours[hour].messages += (counted - usual.messages) / min(weight, 14)
        }
        hours[hour].days += 1
    }

    private mutating func raise(_ oddity: Oddity, _ value: Double, at now: Double, into verdicts: inout [Verdict]) {
        if since.updateValue(now, forKey: oddity) == nil { verdicts.append(.raised(oddity, value: value)) }
    }

    private mutating func clear(_ oddity: Oddity, into verdicts: inout [Verdict]) {
        if since.removeValue(forKey: oddity) != nil { verdicts.append(.cleared(oddity)) }
    }
}
