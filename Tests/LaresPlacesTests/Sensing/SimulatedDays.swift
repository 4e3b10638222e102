import Foundation
import LaresPlaces
import LaresThings

/// Four weeks of a home whose sensors report as real ones do, with faults put in during the last two.
struct SimulatedDays {
    /// A fault that was put in.
    struct Fault {
        let sensor: PropertyAddress
        let code: SensorFault.Code
        let from: Int
        let until: Int
        var isFound = false
    }

    static let minutes = 28 * 1440, clean = 14 * 1440
    var theatre: SenseTheatre
    var faults: [Fault] = []
    /// Faults that were raised of sensors that were well.
    private(set) var falseAlarms: [SensorFault] = []
    private(set) var alarms = 0
    private var random: SenseRandom
    private var warm: [PropertyAddress] = [], damp: [PropertyAddress] = [], carbon: [PropertyAddress] = []
    private var motion: [PropertyAddress] = [], doors: [PropertyAddress] = [], batteries: [PropertyAddress] = []
    private var levels: [PropertyAddress: Double] = [:]
    private var last: [PropertyAddress: Double] = [:]
    private var movingUntil: [PropertyAddress: Int] = [:]

    init(seed: UInt64) throws {
        (theatre, random) = (SenseTheatre(), SenseRandom(seed: seed))
        for room in ["hall", "kitchen", "bedroom"] {
            warm.append(try theatre.add("\(room)/air", "temperature", .number(.any), unit: .celsius))
            damp.append(try theatre.add("\(room)/air", "humidity", .number(.any), unit: .percent))
            motion.append(try theatre.add("\(room)/motion", "motion"))
            doors.append(try theatre.add("\(room)/contact", "door"))
            batteries.append(try theatre.add("\(room)/contact", "battery", .number(.any), unit: .percent))
        }
        carbon.append(try theatre.add("bedroom/co2", "carbon_dioxide", .number(.any), unit: LaresThings.Unit("ppm")))
        for address in motion + doors { theatre.report(address, false) }
        for code in SensorFault.Code.allCases { for _ in 0..<3 { putIn(code) } }
    }

    /// Puts a fault in where there is none near.
    private mutating func putIn(_ code: SensorFault.Code) {
        for _ in 0..<100 {
            let (choices, hours): ([PropertyAddress], ClosedRange<Int>) =
                switch code {
                case .stuck: (warm + damp + carbon + motion, 36...60)
                case .silent: (warm + damp + carbon + batteries, 72...96)
                case .impossible: (warm + damp, 1...2)
                case .flapping: (doors + motion, 1...1)
                case .lowBattery: (batteries, 24...48)
                }
            let from = Int.random(in: Self.clean..<Self.minutes - 100 * 60, using: &random)
            let fault = Fault(
                sensor: choices.randomElement(using: &random) ?? warm[0], code: code, from: from,
                until: from + 60 * Int.random(in: hours, using: &random))
            guard
                !faults.contains(where: {
                    $0.sensor.thing == fault.sensor.thing && $0.from - 2880 < fault.until && fault.from < $0.until + 2880
                })
            else { continue }
            return faults.append(fault)
        }
    }

    private func fault(_ address: PropertyAddress, _ minute: Int) -> SensorFault.Code? {
        faults.first { $0.sensor == address && ($0.from..<$0.until).contains(minute) }?.code
    }

    mutating func play() throws {
        for minute in 0..<Self.minutes {
            theatre.findings = []
            try play(minute)
            try theatre.pass(60, step: 20)
            for finding in theatre.findings { if case .raised(let fault) = finding { score(fault, minute) } }
        }
    }

    private mutating func score(_ fault: SensorFault, _ minute: Int) {
        alarms += 1
        // Of a thing that is silent as a whole, all sensors are.
        let found = faults.indices.filter { number in
            let put = faults[number]
            return put.code == fault.code && (put.sensor == fault.address || put.code == .silent && put.sensor.thing == fault.address.thing)
                && (put.from...put.until + 30).contains(minute)
        }
        if found.isEmpty { falseAlarms.append(fault) }
        for number in found { faults[number].isFound = true }
    }

    private mutating func play(_ minute: Int) throws {
        let hour = Double(minute % 1440) / 60
        let isAwake = hour > 6.5 && hour < 23
        for (number, address) in warm.enumerated() where minute % (number == 0 ? 1 : 5) == number {
            drift(address, toward: 20 + 1.5 * sin((hour - 9) / 12 * .pi), by: 0.05)
            report(address, minute, step: 0.1, wrong: 127)
        }
        for (number, address) in damp.enumerated() where minute % (number == 0 ? 1 : 5) == number {
            drift(address, toward: 50 + 6 * sin((hour - 3) / 12 * .pi) + (hour > 7 && hour < 7.5 ? 20 : 0), by: 0.4)
            report(address, minute, step: 0.5, wrong: 130)
        }
        for address in carbon {
            drift(address, toward: isAwake ? 600 : 1_400, by: 15)
            report(address, minute, step: 1, wrong: 0)
        }
        for address in motion { move(address, minute, isAwake) }
        for address in doors { pass(through: address, minute, isAwake) }
        for (number, address) in batteries.enumerated() where minute % 240 == 7 * number {
            levels[address] = fault(address, minute) == .lowBattery ? 9 : 80 - Double(minute / 5_000)
            if fault(address, minute) != .silent { theatre.report(address, .number(levels[address] ?? 0)) }
        }
    }

    private mutating func drift(_ address: PropertyAddress, toward goal: Double, by noise: Double) {
        let now = levels[address] ?? goal
        levels[address] = now + (goal - now) / 30 + noise * random.normal()
    }

    private mutating func report(_ address: PropertyAddress, _ minute: Int, step: Double, wrong: Double) {
        let fault = fault(address, minute)
        if fault == .silent { return }
        var value = (levels[address, default: 0] / step).rounded() * step
        if fault == .stuck { value = last[address] ?? value }
        if fault == .impossible, random.unit() < 0.35 { value = random.unit() < 0.5 && wrong < 130 ? value + 20 : wrong }
        if fault == nil { last[address] = value }
        theatre.report(address, .number(value))
    }

    private mutating func move(_ address: PropertyAddress, _ minute: Int, _ isAwake: Bool) {
        switch fault(address, minute) {
        case .stuck: return theatre.report(address, true)
        case .flapping: return bounce(address)
        default: break
        }
        if random.unit() < (isAwake ? 0.05 : 0.002) { movingUntil[address] = minute + Int.random(in: 1...6, using: &random) }
        theatre.report(address, .boolean(movingUntil[address, default: -1] > minute))
    }

    private mutating func pass(through address: PropertyAddress, _ minute: Int, _ isAwake: Bool) {
        if fault(address, minute) == .flapping { return bounce(address) }
        guard faults.allSatisfy({ $0.sensor.thing != address.thing || $0.code != .silent || !($0.from..<$0.until).contains(minute) }) else {
            return
        }
        guard isAwake, random.unit() < 0.02 else { return }
        for value in [true, false] { theatre.report(address, .boolean(value)) }
    }

    private mutating func bounce(_ address: PropertyAddress) {
        for number in 0..<50 { theatre.report(address, .boolean(number.isMultiple(of: 2))) }
    }
}
