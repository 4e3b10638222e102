import Foundation
import LaresPlaces
import LaresThings
import Testing

@Suite struct SensorHealthTests {
    private func theatre(_ quantity: String, _ kind: PropertyKind = .number(.any), unit: LaresThings.Unit? = nil) throws
        -> (SenseTheatre, PropertyAddress)
    {
        var theatre = SenseTheatre()
        let sensor = try theatre.add("room/sensor", quantity, kind, unit: unit)
        return (theatre, sensor)
    }

    /// Reports a number once a minute that wanders about a level.
    private func live(_ hours: Double, _ address: PropertyAddress, about level: Double = 20, _ theatre: inout SenseTheatre) throws {
        for minute in 0..<Int(hours * 60) {
            theatre.report(address, .number(level + Double((minute * 7) % 11) / 10))
            try theatre.pass(60, step: 30)
        }
    }

    @Test(arguments: [(-61.0, true), (80.1, true), (79, false), (-59, false)]) func whatCanNotBeIsTold(_ value: Double, _ isFault: Bool)
        throws
    {
        var (theatre, sensor) = try theatre("temperature", unit: .celsius)
        theatre.report(sensor, .number(value))
        #expect(theatre.raised == (isFault ? [.outOfRange] : []))
        if isFault {
            let fault = try #require(theatre.engine.faults.first)
            #expect(
                fault.figures == ["value": value, "least": -60, "most": 80] && fault.code == .impossible && fault.raisedAt == theatre.now)
        }
    }

    @Test(arguments: ["kitchen/oven", "kitchen/fridge", "bath/hot_water", "cellar/boiler_flow", "garden/sauna", "kitchen/烤箱"])
    func whatIsHotOrColdInsideIsNoRoom(name: String) throws {
        var theatre = SenseTheatre()
        let sensor = try theatre.add(name.contains("烤") ? "kitchen/thing" : name, "temperature", .number(.any), unit: .celsius, name: name)
        for value in [20.0, 82, 240, -25] {
            theatre.report(sensor, .number(value))
            try theatre.pass(60)
        }
        #expect(theatre.raised.isEmpty)
    }

    @Test(arguments: ["bedroom/thermometer", "ground_floor/air", "boiler_room/sensor", "garden/weather", "kitchen/thermometer"])
    func theAirOfARoomIsAir(name: String) throws {
        var theatre = SenseTheatre()
        let sensor = try theatre.add(name, "temperature", .number(.any), unit: .celsius, name: String(name.split(separator: "/")[1]))
        theatre.report(sensor, .number(82))
        #expect(theatre.raised == [.outOfRange])
    }

    @Test(arguments: [("temperature", true), ("flow_temperature", false), ("出水 温度", false)])
    func aThermostatTellsOfTheRoom(label: String, isAir: Bool) throws {
        var theatre = SenseTheatre()
        let id = ThingID("hall/radiator")!, address = PropertyAddress(id, "temperature")
        let property = Property("temperature", .number(.any), label: label, unit: .celsius, quantity: "temperature")
        let thing = Thing(
            id: id, name: "Radiator", area: AreaID("hall"), category: ThingCategory("climate"), origin: "x/8", properties: [property])
        theatre.findings += theatre.engine.describe(thing, at: theatre.now)
        theatre.report(address, .number(95))
        #expect(theatre.raised == (isAir ? [.outOfRange] : []))
    }

    @Test func whatHasAProgrammeIsAnAppliance() throws {
        var theatre = SenseTheatre()
        let sensor = try theatre.add("kitchen/nine", "temperature", .number(.any), unit: .celsius)
        _ = try theatre.add("kitchen/nine", "programme", .choice(["off", "grill"]), isWritable: true)
        theatre.report(sensor, .number(240))
        #expect(theatre.raised.isEmpty)
    }

    @Test func aThermometerThatIsNowhereMayBeAnywhere() throws {
        let property = Property("temperature", .number(.any), unit: .celsius, quantity: "temperature")
        let humidity = Property("humidity", .number(.any), unit: .percent, quantity: "humidity")
        for (properties, isAir) in [([property], false), ([property, humidity], true)] {
            var theatre = SenseTheatre()
            let id = ThingID("seven")!, address = PropertyAddress(id, "temperature")
            let thing = Thing(id: id, name: "Sensor 7", category: ThingCategory("sensor"), origin: "x/7", properties: properties)
            theatre.findings += theatre.engine.describe(thing, at: theatre.now)
            theatre.report(address, .number(95))
            #expect(theatre.raised == (isAir ? [.outOfRange] : []))
        }
    }

    @Test func humidityAboveAHundredIsTold() throws {
        var (theatre, sensor) = try theatre("humidity", unit: .percent)
        theatre.report(sensor, .number(104))
        #expect(theatre.raised == [.outOfRange])
    }

    @Test func unitsAreTakenIntoAccount() throws {
        var (theatre, sensor) = try theatre("temperature", unit: .fahrenheit)
        theatre.report(sensor, .number(120))
        #expect(theatre.raised.isEmpty)
        theatre.report(sensor, .number(220))
        #expect(theatre.raised == [.outOfRange])
    }

    @Test func allIsWellAgainAfterTenMinutesAndThreeReports() throws {
        var (theatre, sensor) = try theatre("temperature", unit: .celsius)
        try live(1, sensor, &theatre)
        theatre.report(sensor, .number(127))
        try theatre.pass(60)
        theatre.report(sensor, .number(20.3))
        theatre.report(sensor, .number(20.4))
        try theatre.pass(660)
        #expect(theatre.cleared.isEmpty && theatre.engine.faults.count == 1)
        theatre.report(sensor, .number(20.5))
        try theatre.pass(5)
        #expect(theatre.cleared == [.impossible] && theatre.engine.faults.isEmpty)
        #expect(theatre.raised == [.outOfRange], "coming back from what can't be is no jump")
    }

    @Test func aJumpFasterThanAirCanChangeIsTold() throws {
        var (theatre, sensor) = try theatre("temperature", unit: .celsius)
        try live(2, sensor, &theatre)
        theatre.report(sensor, .number(33))
        #expect(theatre.raised == [.jump])
        let figures = try #require(theatre.engine.faults.first?.figures)
        #expect(figures["value"] == 33 && figures["seconds"] == 60)
    }

    @Test func anOpenWindowIsNoJump() throws {
        var (theatre, sensor) = try theatre("temperature", unit: .celsius)
        try live(2, sensor, &theatre)
        for value in [18.0, 16, 14, 12.5, 11.5] {
            theatre.report(sensor, .number(value))
            try theatre.pass(60)
        }
        #expect(theatre.raised.isEmpty)
    }

    @Test func aSensorThatUsuallySpeaksEveryMinuteIsMissedAfterHalfAnHour() throws {
        var (theatre, sensor) = try theatre("temperature", unit: .celsius)
        try live(2, sensor, &theatre)
        try theatre.pass(1_700)
        #expect(theatre.raised.isEmpty)
        try theatre.pass(120)
        #expect(theatre.raised == [.noReport])
        theatre.report(sensor, .number(22))
        #expect(theatre.cleared == [.silent] && theatre.engine.pastFaults.first?.clearedAt == theatre.now)
    }

    @Test func aSensorOfWhichLittleIsKnownIsGivenADay() throws {
        var (theatre, sensor) = try theatre("temperature", unit: .celsius)
        theatre.report(sensor, .number(20))
        try theatre.pass(86_000, step: 60)
        #expect(theatre.raised.isEmpty)
        try theatre.pass(600, step: 60)
        #expect(theatre.raised == [.noReport])
    }

    @Test func aSensorThatSpeaksEverySixHoursIsGivenADay() throws {
        var (theatre, sensor) = try theatre("temperature", unit: .celsius)
        for number in 0..<60 {
            theatre.report(sensor, .number(20 + Double(number % 3)))
            try theatre.pass(6 * 3600, step: 300)
        }
        try theatre.pass(17 * 3600, step: 300)
        #expect(theatre.raised.isEmpty)
        try theatre.pass(2 * 3600, step: 300)
        #expect(theatre.raised == [.noReport])
    }

    @Test func aSensorThatTellsOfItsBatteryLives() throws {
        var (theatre, door) = try theatre("door", .boolean)
        let battery = try theatre.add("room/sensor", "battery", .number(.any), unit: .percent)
        theatre.report(door, false)
        for hour in 0..<240 {
            theatre.report(battery, .number(90 - Double(hour % 2)))
            try theatre.pass(3600, step: 60)
        }
        #expect(theatre.raised.isEmpty)
        try theatre.pass(3 * 86_400, step: 60)
        #expect(Set(theatre.raised) == [.noReport])
    }

    @Test func theSameNumberForLongerThanEverIsTold() throws {
        var (theatre, sensor) = try theatre("temperature", unit: .celsius)
        try live(6, sensor, &theatre)
        for _ in 0..<(11 * 60) {
            theatre.report(sensor, 20.5)
            try theatre.pass(60, step: 30)
        }
        #expect(theatre.raised.isEmpty)
        for _ in 0..<120 {
            theatre.report(sensor, 20.5)
            try theatre.pass(60, step: 30)
        }
        #expect(theatre.raised == [.sameNumber])
        theatre.report(sensor, 20.6)
        #expect(theatre.cleared == [.stuck])
    }

    @Test func motionForLongerThanEightHoursIsTold() throws {
        var (theatre, sensor) = try theatre("motion", .boolean)
        theatre.report(sensor, true)
        try theatre.pass(8 * 3600 - 60, step: 30)
        #expect(theatre.raised.isEmpty)
        try theatre.pass(120)
        #expect(theatre.raised == [.trueTooLong])
    }

    @Test func everyFalseAlarmRaisesTheLimitByHalfAtMost() throws {
        var (theatre, sensor) = try theatre("motion", .boolean)
        var alarms: [Double] = []
        for _ in 0..<3 {
            theatre.report(sensor, true)
            let began = theatre.now
            try theatre.pass(24 * 3600, step: 60)
            alarms += theatre.findings.compactMap {
                if case .raised(let fault) = $0 { fault.raisedAt.timeIntervalSince(began) / 3600 } else { nil }
            }
            theatre.findings = []
            theatre.report(sensor, false)
            try theatre.pass(600)
        }
        #expect(alarms.map { ($0 * 10).rounded() / 10 } == [8, 12, 18])
    }

    @Test func whatChangesMoreOftenThanCanBeIsTold() throws {
        var (theatre, sensor) = try theatre("door", .boolean)
        for number in 0..<40 {
            theatre.report(sensor, .boolean(number.isMultiple(of: 2)))
            try theatre.pass(1, step: 1)
        }
        #expect(theatre.raised == [.tooManyChanges])
        try theatre.pass(590)
        #expect(theatre.cleared.isEmpty)
        try theatre.pass(60)
        #expect(theatre.cleared == [.flapping])
    }

    @Test func aChildAtTheDoorIsNoFault() throws {
        var (theatre, sensor) = try theatre("door", .boolean)
        for number in 0..<60 {
            theatre.report(sensor, .boolean(number.isMultiple(of: 2)))
            try theatre.pass(4, step: 4)
        }
        #expect(theatre.raised.isEmpty)
    }

    @Test func aLowBatteryIsToldUntilItIsReplaced() throws {
        var (theatre, sensor) = try theatre("battery", unit: .percent)
        for value in [40.0, 16, 15, 14, 17, 24] { theatre.report(sensor, .number(value)) }
        #expect(theatre.raised == [.lowBattery] && theatre.cleared.isEmpty)
        theatre.report(sensor, 100)
        #expect(theatre.cleared == [.lowBattery])
    }

    @Test func aMotionSensorThatIsBlindWhileOthersSeeIsTold() throws {
        var theatre = SenseTheatre()
        let sensors = try ["a", "b"].map { try theatre.add("room/\($0)", "motion") }
        for sensor in sensors { theatre.report(sensor, false) }
        func visit(_ seeing: [PropertyAddress]) throws {
            for value in [true, false] {
                for sensor in seeing { theatre.report(sensor, .boolean(value)) }
                try theatre.pass(900, step: 60)
            }
        }
        for _ in 0..<40 { try visit(sensors) }
        for _ in 0..<70 { try visit([sensors[1]]) }
        #expect(theatre.raised == [.neverTrue])
        #expect(theatre.engine.faults.map(\.address) == [sensors[0]])
    }

    @Test func noSensorIsBlamedForTheTimeInWhichNobodyHeardIt() throws {
        var (theatre, sensor) = try theatre("temperature", unit: .celsius)
        try live(2, sensor, &theatre)
        theatre.now += 5 * 86_400
        try theatre.restart()
        try theatre.pass(1_200)
        #expect(theatre.raised.isEmpty)
        theatre.now += 5 * 86_400
        try theatre.pass(60)
        #expect(theatre.raised.isEmpty)
        try theatre.pass(1_800)
        #expect(theatre.raised == [.noReport])
    }

    @Test func aClockThatIsSetBackBlamesNobody() throws {
        var (theatre, sensor) = try theatre("temperature", unit: .celsius)
        try live(2, sensor, &theatre)
        theatre.now -= 30 * 86_400
        try live(2, sensor, &theatre)
        #expect(theatre.raised.isEmpty)
    }

    @Test func faultsOfAThingThatIsGoneAreOver() throws {
        var (theatre, sensor) = try theatre("humidity", unit: .percent)
        theatre.report(sensor, 120)
        theatre.remove(sensor.thing)
        #expect(theatre.cleared == [.impossible] && theatre.engine.faults.isEmpty)
    }

    @Test func itsOwnThingsAreNeverSensed() throws {
        var theatre = SenseTheatre()
        let thing = try #require(ThingID("room/senses"))
        let property = Property("temperature", .number(.any), unit: .celsius, quantity: "temperature")
        let own = Thing(
            id: thing, name: "Senses", area: AreaID("room"), category: ThingCategory("sensor"), origin: "lares-senses-area-room",
            properties: [property])
        theatre.findings += theatre.engine.describe(own, at: theatre.now)
        theatre.report(PropertyAddress(thing, "temperature"), 500)
        #expect(theatre.raised.isEmpty)
    }
}
