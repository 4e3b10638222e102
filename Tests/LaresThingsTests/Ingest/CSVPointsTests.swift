import LaresThings
import Testing

/// Tables, long and wide.
struct CSVPointsTests {
    @Test func aLongTableHasAPointInEachRow() throws {
        let text = """
            time,thing,property,value,unit,quality
            2025-11-28T23:00:00Z,hall,temperature,21.5,°C,
            1764370800.5,"air,station=7",no2,12,,suspect
            ,hall,mode,"a ""b"", c",,
            1764370800,hall,on,true,,good
            1764370800,hall,empty,,,
            """
        #expect(
            try read(text, .csv) == [
                "hall/temperature = 21.5 @1764370800000 [°C]", "air,station=7/no2 = 12 @1764370800500 suspect", "hall/mode = 'a \"b\", c'",
                "hall/on = 1 @1764370800000 good",
            ])
    }

    @Test func columnsOfAWideTableAreProperties() throws {
        #expect(
            try read("time,thing,temperature [°C],humidity\n1,hall,21.5,40\n2,attic,,41\n", .csv) == [
                "hall/temperature = 21.5 @1000 [°C]", "hall/humidity = 40 @1000", "attic/humidity = 41 @2000",
            ])
        #expect(
            try read("time,hall/temperature [°C],hall/lamp/on\n1000,21.5,false\n", .csv, .milliseconds) == [
                "hall/temperature = 21.5 @1000 [°C]", "hall/lamp/on = 0 @1000",
            ])
    }

    @Test(arguments: ["a,b\n1,2", "time\n1", "time,time,value\n1,2,3", "time,temperature\n1,2", "\"time,thing\n1,2"])
    func aTableWithoutAHeadingCannotBeRead(_ text: String) { #expect(throws: PointFault.self) { try read(text, .csv) } }

    @Test(arguments: [
        ("1,hall,t", "bad_line"), ("1,hall,t,2,3", "bad_line"), ("x,hall,t,2", "bad_time"), ("1,hall,,2", "bad_name"),
        ("1,,t,2", "bad_name"),
        ("1,hall,\"t,2", "bad_line"),
    ])
    func aRowThatDoesNotFitIsRefused(_ row: String, _ code: String) throws {
        #expect(try read("time,thing,property,value\n\(row)\n1,hall,t,2\n", .csv) == ["hall/t = 2 @1000", "2: \(code)"])
    }

    @Test func whatTheTelemetryWritesIsReadBack() async throws {
        let store = MemoryTelemetry()
        let series = try await store.declare([SeriesDeclaration(SeriesKey(thing: "hall", property: "t"), .measurement)])[0]
        try await store.append([Reading(series, at: Timestamp(milliseconds: 1_764_370_800_123), .number(21.25))])
        var text = ""
        for try await part in store.csv(of: try await store.series(of: nil), in: Timestamp.earliest..<Timestamp.end) { text += part }
        #expect(try read(text, .csv) == ["hall/t = 21.25 @1764370800123"])
    }
}
