import Foundation
import LaresPlaces
import LaresThings
import Testing

@Suite struct ComfortTests {
    private let room = AreaID("room")!

    /// Reference: WMO's Magnus constants by hand, and psychrometric tables (Sonntag 1990), to a tenth.
    @Test(arguments: [
        (20.0, 50.0, 9.3), (25, 60, 16.7), (0, 80, -3.0), (30, 90, 28.2), (-10, 70, -14.4), (20, 100, 20),
    ])
    func dewPoints(_ temperature: Double, _ humidity: Double, _ expected: Double) throws {
        let dew = try #require(MoistAir.dewPoint(temperature, humidity: humidity))
        #expect(abs(dew - expected) < 0.1)
    }

    @Test(arguments: [(20.0, 0.0), (20, 101), (-46, 50), (61, 50), (.nan, 50), (20, .infinity)])
    func airThatCanNotBeHasNoDewPoint(_ temperature: Double, _ humidity: Double) {
        #expect(MoistAir.dewPoint(temperature, humidity: humidity) == nil && MoistAir.water(temperature, humidity: humidity) == nil)
    }

    /// The table of the US National Weather Service, in °F.
    @Test(arguments: [(80.0, 40.0, 80.0), (90, 70, 106), (100, 50, 118), (86, 90, 105), (110, 40, 136), (96, 50, 108)])
    func heatIndicesAreThoseOfTheWeatherService(_ fahrenheit: Double, _ humidity: Double, _ expected: Double) {
        let index = MoistAir.heatIndex((fahrenheit - 32) / 1.8, humidity: humidity) * 1.8 + 32
        #expect(abs(index - expected) < 1.3)
    }

    @Test func saturatedAirAtTwentyDegreesHolds17Grams() throws {
        let water = try #require(MoistAir.water(20, humidity: 100))
        #expect(abs(water - 17.3) < 0.1)
    }

    /// DIN 4108-2: 20 °C and 50 % inside, −5 °C outside: 12.5 °C and 80 % at the coldest corner of a sound building.
    @Test func theColdestCornerIsWhatTheStandardSays() throws {
        #expect(abs(MoistAir.humidity(50, of: 20, at: 12.5) - 80.5) < 0.6)
        var theatre = try theatre(20, 52, outside: -5)
        try theatre.pass(120)
        let comfort = try #require(theatre.engine.comfort(of: room))
        #expect(comfort.mould == .likely && comfort.verdict == .mould && comfort.surfaceHumidity == 84)
    }

    @Test(arguments: [
        (21.0, 45.0, "comfortable"), (17, 45, "cold"), (19, 45, "chilly"), (27, 45, "warm"), (30, 45, "hot"), (21, 20, "dry_air"),
        (24, 61, "humid"),
    ])
    func verdicts(_ temperature: Double, _ humidity: Double, _ word: String) throws {
        var theatre = try theatre(temperature, humidity, outside: 18)
        try theatre.pass(120)
        #expect(theatre.engine.comfort(of: room)?.verdict.rawValue == word)
    }

    @Test func aBandIsLeftOnlyByMoreThanItsSlack() throws {
        var theatre = try theatre(25.9, 45, outside: 18)
        let sensor: PropertyAddress = "room/air/temperature"
        var words: [RoomComfort.Verdict] = []
        for temperature in [25.9, 26.2, 26.4, 25.8, 25.6] {
            theatre.report(sensor, .number(temperature))
            try theatre.pass(120)
            words.append(try #require(theatre.engine.comfort(of: room)).verdict)
        }
        #expect(words == [.comfortable, .comfortable, .warm, .warm, .comfortable])
    }

    @Test func stuffyAirIsTold() throws {
        var theatre = try theatre(21, 45, outside: 18)
        let carbon = try theatre.add("room/co2", "carbon_dioxide", .number(.any), unit: LaresThings.Unit("ppm"))
        theatre.report(carbon, .number(1_400))
        try theatre.pass(120)
        let comfort = try #require(theatre.engine.comfort(of: room))
        #expect(comfort.air == .stuffy && comfort.verdict == .stuffy)
    }

    @Test(arguments: [false, true]) func whatIsNoLongerMeasuredIsNotTold(restarts: Bool) throws {
        var theatre = try theatre(21, 45, outside: 18)
        theatre.restarts = restarts
        theatre.report(try theatre.add("room/lamp", nil, category: "light", isWritable: true), false, by: Cause(.rule, name: "r"))
        try theatre.pass(120)
        #expect(theatre.engine.comfort(of: room) != nil)
        let air = try #require(ThingID("room/air"))
        theatre.take(.offline, of: air)
        try theatre.pass(120)
        #expect(theatre.engine.comfort(of: room) == nil && theatre.findings.last == .airUnknown(room))
        theatre.take(.online, of: air)
        try theatre.pass(120)
        #expect(theatre.engine.comfort(of: room)?.verdict == .comfortable)
        theatre.remove(air)
        try theatre.pass(120)
        #expect(theatre.engine.comfort(of: room) == nil && theatre.findings.last == .airGone(room))
    }

    @Test func whatHangsOutdoorsTellsNothingOfTheRoomItSpeaksFrom() throws {
        var theatre = try theatre(21, 45, outside: 18)
        theatre.report(
            try theatre.add("room/probe", "temperature", .number(.any), unit: .celsius, name: "Outdoor thermometer"), .number(-10))
        try theatre.pass(120)
        #expect(theatre.engine.comfort(of: room)?.temperature == 21)
    }

    private func theatre(_ temperature: Double, _ humidity: Double, outside: Double) throws -> SenseTheatre {
        var theatre = SenseTheatre()
        theatre.report(try theatre.add("room/air", "temperature", .number(.any), unit: .celsius), .number(temperature))
        theatre.report(try theatre.add("room/air", "humidity", .number(.any), unit: .percent), .number(humidity))
        theatre.report(
            try theatre.add("garden/air", "temperature", .number(.any), unit: .fahrenheit), .number(outside * 1.8 + 32))
        return theatre
    }
}
