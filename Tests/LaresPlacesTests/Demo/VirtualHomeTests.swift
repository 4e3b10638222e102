import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

/// The virtual home by itself: its days, its weather and its physics.
@Suite struct VirtualHomeTests {
    static let berlin = try? Site(
        zone: TimeZoneRules("Europe/Berlin"), position: GeographicPosition(latitude: 52.52, longitude: 13.4))

    static func home(_ start: Double = 1_790_000_000, seed: UInt64 = 1) throws -> VirtualHome {
        VirtualHome(at: try #require(berlin), from: Date(timeIntervalSince1970: start), seed: seed)
    }

    /// What can be seen of a home, once an hour for some days.
    private static func course(seed: UInt64, days: Int, start: Double = 1_790_000_000) throws -> [String] {
        var home = try home(start, seed: seed)
        return (0..<days * 24).map { hour in
            home.advance(to: Date(timeIntervalSince1970: start + Double(hour + 1) * 3_600), step: 60)
            let people = Inhabitant.allCases.map { "\(home.activity(of: $0))" }
            return
                "\(people) \(home.weather.temperature) \(home.temperature(in: .living)) \(home.energy.grid) \(home.lamps.count(where: \.isOn))"
        }
    }

    @Test func theSameSeedMakesTheSameDays() throws {
        #expect(try Self.course(seed: 4, days: 3) == Self.course(seed: 4, days: 3))
    }

    @Test func anotherSeedMakesOtherDays() throws { #expect(try Self.course(seed: 4, days: 2) != Self.course(seed: 5, days: 2)) }

    @Test func noTwoDaysOfTheWeekAreAlike() throws {
        let course = try Self.course(seed: 2, days: 7)
        let days = (0..<7).map { Array(course[$0 * 24..<$0 * 24 + 24]) }
        #expect(Set(days).count == 7)
    }

    @Test func peopleDoTheSameHoweverFinelyTimePasses() throws {
        var (fine, coarse) = (try Self.home(), try Self.home())
        for _ in 0..<24 {
            let date = fine.date + 3_600
            fine.advance(to: date, step: 5)
            coarse.advance(to: date, step: 60)
            #expect(Inhabitant.allCases.map { fine.activity(of: $0) } == Inhabitant.allCases.map { coarse.activity(of: $0) })
            #expect(abs(fine.temperature(in: .living) - coarse.temperature(in: .living)) < 0.3)
        }
    }

    @Test(arguments: [(52.52, 13.4), (-33.9, 151.2), (39.9, 116.4)]) func aYearStaysWithinBounds(latitude: Double, longitude: Double) throws
    {
        let site = Site(zone: .utc, position: GeographicPosition(latitude: latitude, longitude: longitude))
        var home = VirtualHome(at: site, from: Date(timeIntervalSince1970: 1_767_225_600), seed: 7)
        var (outside, inside) = (ClosedRange<Double>.empty, ClosedRange<Double>.empty)
        for _ in 0..<365 * 48 {
            for _ in 0..<30 { home.pass(60) }
            outside = outside.including(home.weather.temperature)
            for room in VirtualRoom.allCases {
                inside = inside.including(home.temperature(in: room))
                #expect((419...3_500).contains(home.carbon(in: room)), "carbon dioxide in the \(room)")
                #expect((3...100).contains(home.humidity(in: room)), "humidity in the \(room)")
                #expect((0...100_000).contains(home.illuminance(in: room)), "light in the \(room)")
            }
            #expect((2...10).contains(home.fridge) && (15...60).contains(home.water) && (15...260).contains(home.oven))
        }
        #expect(inside.lowerBound > 14 && inside.upperBound < 34, "\(inside)")
        #expect(outside.lowerBound > -25 && outside.upperBound < 40, "\(outside)")
        #expect(outside.upperBound - outside.lowerBound > 15)
    }

    @Test func theEnergyBalanceCloses() throws {
        var home = try Self.home()
        var (bought, sold) = (0.0, 0.0)
        let before = home.energy
        for _ in 0..<14 * 1_440 {
            home.pass(60)
            let energy = home.energy
            #expect(abs(energy.grid - (energy.load.power - energy.solar.power - energy.battery)) < 1e-6)
            #expect((0...EnergyFlow.capacity).contains(energy.stored) && abs(energy.battery) <= EnergyFlow.most)
            if energy.grid > 0 { bought += energy.grid / 60_000 } else { sold -= energy.grid / 60_000 }
        }
        #expect(abs(home.energy.imported.energy - before.imported.energy - bought) < 1e-6)
        #expect(abs(home.energy.exported.energy - before.exported.energy - sold) < 1e-6)
        #expect((60...700).contains(home.energy.load.energy) && home.energy.solar.energy > 20)
    }

    @Test func peopleAreInOnePlaceSleepAtNightAndGoOut() throws {
        var home = try Self.home()
        var seen: Set<String> = []
        for _ in 0..<7 * 1_440 {
            home.pass(60)
            for person in Inhabitant.allCases {
                let (room, activity) = (home.room(of: person), home.activity(of: person))
                #expect((room == nil) == (activity == .away || activity == .garden))
                if activity == .sleep { #expect(room == .bedroom) }
                if activity == .cook { #expect(room == .kitchen) }
                seen.insert("\(activity)")
            }
            let there = VirtualRoom.allCases.reduce(0) { $0 + home.people(in: $1) }
            #expect(there == Inhabitant.allCases.count { home.room(of: $0) != nil })
        }
        #expect(seen.isSuperset(of: ["sleep", "wash", "eat", "away", "work", "cook", "rest", "watch"]))
    }

    @Test func theSunShinesByDayAndNotByNight() throws {
        let noon = Date(timeIntervalSince1970: 1_782_039_600)  // 21 June, 11:00 UTC
        var day = try Self.home(noon.timeIntervalSince1970 - 60)
        day.pass(60)
        #expect(day.weather.elevation > 59 && day.weather.irradiance > 100)
        var night = try Self.home(noon.timeIntervalSince1970 - 43_260)
        night.pass(60)
        #expect(night.weather.elevation < -10 && night.weather.irradiance == 0 && night.energy.solar.power == 0)
    }

    @Test func aLampTakesPowerAndLightsItsRoom() throws {
        var home = try Self.home(1_790_000_000)
        home.pass(60)
        var lit = home
        home.set(.study, ["state": "OFF"], scale: 255)
        lit.set(.study, ["state": "ON", "brightness": 255], scale: 255)
        home.pass(1)
        lit.pass(1)
        #expect(lit.illuminance(in: .study) > home.illuminance(in: .study) + 100)
        #expect(lit.energy.load.power > home.energy.load.power + 5)
    }

    @Test func theLockJamsNowAndThenAndComesFree() throws {
        var home = try Self.home()
        var states: [String: Int] = [:]
        for turn in 0..<400 {
            home.turnLock(locking: turn % 2 == 1)
            home.pass(2)
            states[home.lock.state, default: 0] += 1
        }
        #expect((1...40).contains(states["jammed"] ?? 0) && (states["locked"] ?? 0) > 150 && (states["unlocked"] ?? 0) > 150)
    }

    @Test func atNightTheHouseIsLockedAndGuarded() throws {
        var home = try Self.home()
        home.advance(to: Date(timeIntervalSince1970: 1_790_035_200), step: 30)  // 02:00 in Berlin
        #expect(Inhabitant.allCases.allSatisfy { home.activity(of: $0) == .sleep })
        #expect(home.alarm == "armed_home" && home.lock.state == "locked" && !home.isWindowOpen(in: .bedroom))
        #expect(home.lamps.allSatisfy { !$0.isOn } && home.bedroomBlind.position == 0)
    }

    @Test func whoSitsThereAtDuskHasLight() throws {
        var home = try Self.home(1_768_046_400)  // noon UTC on a Saturday in January
        home.advance(to: home.date + 4.7 * 3_600, step: 30)
        #expect(home.weather.elevation < -5 && home.activity(of: .anna) == .rest)
        for person in Inhabitant.allCases {
            guard let room = home.room(of: person) else { continue }
            #expect(home.illuminance(in: room) > 50, "\(room)")
        }
    }

    @Test func oneThermometerIsStuckAndOneSilentNowAndThen() throws {
        var home = try Self.home()
        var (stuck, silent, hours) = (0, 0, 0)
        for _ in 0..<12 * 24 {
            for _ in 0..<60 { home.pass(60) }
            hours += 1
            if home.kitchenThermometer != home.temperature(in: .kitchen) { stuck += 1 }
            if home.isBathroomSilent { silent += 1 }
        }
        // Four days of six hours, three of ten.
        #expect((20...24).contains(stuck) && (28...31).contains(silent))
    }

    @Test(arguments: DemoBattery.allCases) func batteriesRunDown(device: DemoBattery) throws {
        var home = try Self.home()
        let before = home.battery(device.rawValue)
        for _ in 0..<3 * 1_440 { home.pass(60) }
        let after = home.battery(device.rawValue)
        #expect((0...100).contains(after) && (after < before || before < 5))
        if device == .leak { #expect(after < 19) }
    }
}

extension ClosedRange<Double> {
    fileprivate static let empty = 20.0...20.0

    fileprivate func including(_ value: Double) -> Self { Swift.min(lowerBound, value)...Swift.max(upperBound, value) }
}
