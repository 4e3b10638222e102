import Foundation
import LaresPlaces
import LaresThings
import Testing

@Suite struct ApplianceTests {
    /// Reports a power for so many seconds, once a minute.
    private func take(_ power: Double, for seconds: Double, _ plug: PropertyAddress, _ theatre: inout SenseTheatre) throws {
        let end = theatre.now + seconds
        while theatre.now < end {
            theatre.report(plug, .number(power))
            try theatre.pass(min(60, end.timeIntervalSince(theatre.now)))
        }
    }

    private func laundry(_ limits: ApplianceLimits?) throws -> (SenseTheatre, PropertyAddress) {
        let plug: PropertyAddress = "bath/washer/power"
        var theatre = SenseTheatre(SenseLimits(appliances: limits.map { [plug: $0] } ?? [:]))
        try theatre.add("bath/washer", "power", .number(.any), unit: .watt, category: "switch")
        return (theatre, plug)
    }

    private func wash(_ plug: PropertyAddress, _ theatre: inout SenseTheatre) throws {
        try take(2_000, for: 600, plug, &theatre)
        for _ in 0..<4 {
            try take(150, for: 300, plug, &theatre)
            try take(2, for: 180, plug, &theatre)
        }
        try take(400, for: 300, plug, &theatre)
    }

    @Test(arguments: [false, true]) func aCycleIsFinishedOnceWithItsTimeAndEnergy(restarts: Bool) throws {
        var (theatre, plug) = try laundry(ApplianceLimits(running: 10))
        theatre.restarts = restarts
        try take(1, for: 3600, plug, &theatre)
        try wash(plug, &theatre)
        try take(1, for: 3600, plug, &theatre)
        let cycle = try #require(theatre.cycles.first)
        #expect(theatre.cycles.count == 1 && cycle.peak == 2_000)
        #expect(abs(cycle.duration - 2_820) <= 10)
        let joules: Double = 2_000 * 600 + 4 * (150 * 300 + 2 * 180) + 400 * 300
        #expect(abs(cycle.energy - joules / 3600) < 1)
        if !restarts { #expect(theatre.applianceStates == [.standby, .running, .finished, .standby]) }
    }

    @Test func thresholdsAreLearnedFromItsOwnHistory() throws {
        var (theatre, plug) = try laundry(nil)
        for _ in 0..<5 {
            try take(0.8, for: 5 * 3600, plug, &theatre)
            try wash(plug, &theatre)
        }
        let threshold = try #require(theatre.engine.threshold(of: plug))
        #expect((1.5...6).contains(threshold))
        theatre.findings = []
        try take(0.8, for: 7200, plug, &theatre)
        #expect(theatre.cycles.count == 1 && theatre.applianceStates == [.finished, .standby])
    }

    @Test func whatAlwaysTakesAboutTheSameIsNoAppliance() throws {
        var (theatre, plug) = try laundry(nil)
        for hour in 0..<72 { try take(40 + 15 * sin(Double(hour)), for: 3600, plug, &theatre) }
        #expect(theatre.engine.threshold(of: plug) == nil && theatre.applianceStates.isEmpty)
    }

    @Test func whatGivesPowerBackIsNoAppliance() throws {
        var (theatre, plug) = try laundry(nil)
        for hour in 0..<48 { try take(hour % 24 < 12 ? -800 : 300, for: 3600, plug, &theatre) }
        #expect(theatre.applianceStates.isEmpty && theatre.cycles.isEmpty)
    }

    @Test(arguments: ["garden/solar_inverter", "hall/grid_meter", "cellar/battery"])
    func whereEnergyComesFromIsNoAppliance(id: String) throws {
        var theatre = SenseTheatre()
        let meter = try theatre.add(id, "power", .number(.any), unit: .watt)
        for _ in 0..<5 {
            try take(0.8, for: 5 * 3600, meter, &theatre)
            try wash(meter, &theatre)
        }
        #expect(theatre.engine.threshold(of: meter) == nil && theatre.applianceStates.isEmpty)
    }

    @Test func whatPeopleSayIsNoDeviceIsNoAppliance() throws {
        var (theatre, plug) = try laundry(nil)
        for _ in 0..<5 {
            try take(0.8, for: 5 * 3600, plug, &theatre)
            try wash(plug, &theatre)
        }
        #expect(theatre.engine.appliance(plug) != nil)
        theatre.findings = []
        theatre.engine.meters.roles[plug] = .solar
        theatre.describe(plug.thing)
        #expect(theatre.findings == [.applianceGone(plug)] && theatre.engine.appliance(plug) == nil)
    }

    @Test func aSpikeIsNoCycle() throws {
        var (theatre, plug) = try laundry(ApplianceLimits(running: 10))
        try take(1, for: 600, plug, &theatre)
        theatre.report(plug, .number(900))
        try theatre.pass(10)
        try take(1, for: 3600, plug, &theatre)
        #expect(!theatre.applianceStates.contains(.running) && theatre.cycles.isEmpty)
    }

    @Test func aPlugThatSaysNothingForTwoHoursEndsNothing() throws {
        var (theatre, plug) = try laundry(ApplianceLimits(running: 10))
        try take(500, for: 600, plug, &theatre)
        try theatre.pass(10_000)
        #expect(theatre.cycles.isEmpty && theatre.engine.appliance(plug) == .off)
    }

    @Test func restsThatWereTakenForAnEndAreLearned() throws {
        var (theatre, plug) = try laundry(ApplianceLimits(running: 10))
        for _ in 0..<6 {
            try take(500, for: 900, plug, &theatre)
            try take(1, for: 330, plug, &theatre)
        }
        try take(1, for: 3600, plug, &theatre)
        // Taken for done after four minutes twice at most, then known.
        #expect((2...3).contains(theatre.cycles.count))
    }
}
