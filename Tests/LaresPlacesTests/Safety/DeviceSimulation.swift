import Foundation
import LaresPlaces
import LaresTesting

/// Days of a broker with devices of six kinds, some of which are given faults whose beginnings and ends are known. The same seed gives the same days.
struct DeviceSimulation {
    enum Kind: CaseIterable { case everyMinute, everyFiveMinutes, motion, plug, door, weather }

    struct Fault {
        let oddity: DeviceHabit.Oddity
        let start: Double, end: Double, strength: Double
    }

    struct Outcome {
        var messages = 0, faults = 0, found = 0, alarms = 0, right = 0
        var recall: Double { Double(found) / Double(max(1, faults)) }
        var precision: Double { Double(right) / Double(max(1, alarms)) }
    }

    private struct Device {
        let kind: Kind
        var random: SplitMix
        var base = 0
        /// Whether the next draw is the end of a quiet hour, at which nothing happens.
        var isQuiet = false

        var isOfPeople: Bool { kind == .motion || kind == .door }

        private func busyness(_ hour: Int) -> Double { hour < 6 ? 0.02 : hour < 8 ? 0.5 : hour < 22 ? 1 : 0.3 }

        mutating func gap(at time: Double) -> Double {
            let hour = DeviceSimulation.hour(time), rest = 3_600 - time.truncatingRemainder(dividingBy: 3_600) + 1
            var gap: Double
            switch kind {
            case .everyMinute: gap = 60 + 2 * (random.unit() - 0.5)
            case .everyFiveMinutes: gap = 300 + 20 * (random.unit() - 0.5)
            case .plug: gap = (18..<22).contains(hour) ? 10 + random.unit() : 120 + 5 * random.unit()
            case .weather: gap = 600 * (0.5 + random.unit())
            case .motion:
                gap = random.waiting(300 / busyness(hour))
                if busyness(hour) < 1, gap > 3_600 { gap = min(gap, rest) }
            case .door:
                gap = random.waiting(3_600 / busyness(hour))
                if gap > 3_600 { gap = min(gap, rest) }
            }
            gap = max(0.05, gap)
            return gap
        }

        mutating func bytes() -> Int {
            switch kind {
            case .motion, .door: base / 8 + 20 + random.below(2)
            case .weather: base + random.below(60)
            default: base + random.below(12)
            }
        }

        mutating func topic() -> UInt64 {
            switch kind {
            case .everyFiveMinutes: UInt64(random.below(2))
            case .weather: UInt64(random.below(6))
            default: 0
            }
        }
    }

    static func hour(_ time: Double) -> Int { Int(time / 3_600) % 24 }

    /// Three weeks of 36 devices; faults come from the second week on.
    static func run(seed: UInt64, devices: Int = 36, days: Int = 21, learning: Int = 7) -> Outcome {
        var (random, outcome) = (SplitMix(seed: seed), Outcome())
        for number in 0..<devices {
            var device = Device(kind: Kind.allCases[number % 6], random: SplitMix(seed: random.next()))
            device.base = 20 + device.random.below(200)
            _ = device.random.unit()
            let faults = faults(of: &device, from: learning, to: days - 2)
            live(&device, faults, until: Double(days) * 86_400, &outcome)
        }
        return outcome
    }

    private static func faults(of device: inout Device, from first: Int, to last: Int) -> [Fault] {
        let kinds: [DeviceHabit.Oddity] = [.silent, .flood, .size, .topic, .hours]
        var (faults, day) = ([Fault](), first + device.random.below(2))
        while day < last {
            var kind = kinds[device.random.below(5)]
            if kind == .hours, !device.isOfPeople { kind = .size }
            var start = Double(day) * 86_400 + Double(device.random.below(86_400))
            if kind == .hours { start = Double(day + 1) * 86_400 + Double(device.random.below(2)) * 3_600 }
            let all: [Double] = [
                16 * 3_600 + Double(device.random.below(20 * 3_600)), 600 + Double(device.random.below(3_000)),
                6 * 3_600 + Double(device.random.below(18 * 3_600)), 6 * 3_600 + Double(device.random.below(18 * 3_600)), 4 * 3_600,
            ]
            let length = all[kinds.firstIndex(of: kind) ?? 0]
            faults.append(Fault(oddity: kind, start: start, end: start + length, strength: device.random.unit()))
            day += 3 + device.random.below(2)
        }
        return faults
    }

    private static func live(_ device: inout Device, _ faults: [Fault], until end: Double, _ outcome: inout Outcome) {
        var habit = DeviceHabit(at: 0)
        var raised: [Double] = []
        var (time, tick, next) = (device.random.unit() * 60, 60.0, 0)
        func note(_ verdicts: [DeviceHabit.Verdict], _ time: Double) {
            for case .raised in verdicts { raised.append(time) }
        }
        func pass(to now: Double) {
            while tick <= now {
                var verdicts: [DeviceHabit.Verdict] = []
                habit.pass(to: tick, hour: hour(tick), into: &verdicts)
                note(verdicts, tick)
                tick += 60
            }
        }
        while time < end {
            while next < faults.count, time >= faults[next].end { next += 1 }
            let fault = next < faults.count && faults[next].start <= time ? faults[next] : nil
            pass(to: time)
            var gap = device.gap(at: time), isQuiet = false
            if device.isOfPeople {
                isQuiet = device.isQuiet
                device.isQuiet = gap == 3_600 - time.truncatingRemainder(dividingBy: 3_600) + 1
            }
            var (topic, bytes) = (device.topic(), device.bytes())
            var isLost = device.random.unit() < 0.005
            if let fault {
                switch fault.oddity {
                case .silent: isLost = true
                case .flood: (gap, isQuiet) = (0.1 + fault.strength * 0.9, false)
                case .size:
                    bytes = fault.strength > 0.4 ? Int(Double(bytes) * (1.6 + 2 * fault.strength)) : max(2, Int(Double(bytes) * 0.4))
                case .topic: if device.random.unit() < 0.3 { topic = UInt64(100 + device.random.below(5)) }
                case .hours: (gap, isQuiet, device.isQuiet) = (60 + device.random.unit() * 600, false, false)
                }
            }
            if !isLost, !isQuiet {
                var verdicts: [DeviceHabit.Verdict] = []
                habit.take(topic: topic, bytes: bytes, at: time, hour: hour(time), into: &verdicts)
                note(verdicts, time)
                outcome.messages += 1
            }
            // What begins meanwhile begins in time.
            let coming = fault == nil ? next : next + 1
            let start = coming < faults.count ? faults[coming].start : .infinity
            time = time < start && start < time + gap ? start : time + gap
        }
        pass(to: end)
        judge(raised, faults, &outcome)
    }

    private static func judge(_ raised: [Double], _ faults: [Fault], _ outcome: inout Outcome) {
        var found: Set<Int> = []
        outcome.faults += faults.count
        outcome.alarms += raised.count
        for time in raised {
            guard let fault = faults.firstIndex(where: { $0.start <= time && time <= $0.end + 3_600 }) else { continue }
            outcome.right += 1
            found.insert(fault)
        }
        outcome.found += found.count
    }
}

extension SplitMix {
    /// Seconds to the next event of those that come at random, so many apart on average.
    fileprivate mutating func waiting(_ mean: Double) -> Double { -log(1 - unit()) * mean }
}
