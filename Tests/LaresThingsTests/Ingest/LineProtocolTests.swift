import LaresThings
import Testing

/// InfluxDB's line protocol, as its documentation has it.
struct LineProtocolTests {
    @Test(arguments: [
        ("air no2=12.5", ["air/no2 = 12.5"]),
        ("air,station=7 no2=12.5 1764370800000000000", ["air,station=7/no2 = 12.5 @1764370800000"]),
        // Tags in any order are one series.
        ("air,station=7,kind=a no2=1", ["air,kind=a,station=7/no2 = 1"]),
        ("air no2=1,o3=-2.5e-3,ok=t,off=FALSE 1000000", ["air/no2 = 1 @1", "air/o3 = -0.0025 @1", "air/ok = 1 @1", "air/off = 0 @1"]),
        ("air n=42i,u=7u,neg=-3i", ["air/n = 42", "air/u = 7", "air/neg = -3"]),
        (#"air mode="auto, slow",said="a \"b\" \\ c""#, ["air/mode = 'auto, slow'", #"air/said = 'a "b" \ c'"#]),
        (#"a\ b\,c,t\ 1=v\=2 f\ x=1"#, [#"a\ b\,c,t\ 1=v\=2/f x = 1"#]),
        (#"C:\dir x=1"#, [#"C:\dir/x = 1"#]),
        ("hall/lamp brightness=3", ["hall/lamp/brightness = 3"]),
        ("air no2=1 -1500000", ["air/no2 = 1 @-2"]),
        ("air  no2=1  1000000  ", ["air/no2 = 1 @1"]),
        ("# said by a person\n\nair no2=1\r\nair no2=2", ["air/no2 = 1", "air/no2 = 2"]),
        ("空气,站=七 二氧化氮=1", ["空气,站=七/二氧化氮 = 1"]),
    ])
    func linesMeanWhatInfluxDBSaysTheyMean(_ text: String, _ points: [String]) throws { #expect(try read(text, .line) == points) }

    @Test(arguments: [
        ("air,unit=°F,station=7 t=50", "air,station=7/t = 50 [°F]"),
        ("air,quality=suspect t=50", "air/t = 50 suspect"),
        // What is no unit and no flag is an ordinary tag.
        ("procs,unit=nginx.service n=1", "procs,unit=nginx.service/n = 1"),
        ("air,quality=high t=1", "air,quality=high/t = 1"),
    ])
    func tagsMaySayUnitAndQuality(_ text: String, _ point: String) throws { #expect(try read(text, .line) == [point]) }

    @Test(arguments: [
        ("air", "bad_line"), ("air ", "bad_line"), ("air no2", "bad_line"), ("air no2=", "bad_line"), ("air no2=1,", "bad_line"),
        ("air no2=1, o3=2", "bad_line"), ("air =1", "bad_name"), (",a=b no2=1", "bad_name"), ("air,a no2=1", "bad_name"),
        ("air,a= no2=1", "bad_name"), ("air,a=1,a=2 no2=1", "bad_name"), ("@north/air no2=1", "bad_name"),
        ("air no2?quality=1", "bad_name"),
        ("air\u{1} no2=1", "bad_name"), ("air no2=abc", "bad_value"), ("air no2=1.5i", "bad_value"),
        ("air no2=9223372036854775808i", "bad_value"),
        ("air no2=-1u", "bad_value"), ("air no2=NaN", "bad_value"), ("air no2=inf", "bad_value"), ("air no2=1e999", "bad_value"),
        ("air no2=0x10", "bad_value"), ("air no2=\"a", "bad_value"), ("air no2=1 12a", "bad_time"), ("air no2=1 1.5", "bad_time"),
        ("air no2=1 99999999999999999999", "bad_time"), ("air no2=truely", "bad_value"),
    ])
    func whatIsMalformedIsRefusedWithItsReason(_ text: String, _ code: String) throws {
        // The lines around it are taken.
        #expect(try read("before x=1\n\(text)\nafter x=2", .line) == ["before/x = 1", "after/x = 2", "2: \(code)"])
    }

    @Test func aLineCountsWholeOrNotAtAll() throws {
        #expect(try read(#"air a=1,mode="x",b=2,c=oops 5"#, .line) == ["1: bad_value"])
        #expect(try read("air a=\"1\",b=oops\nair c=\"2\"", .line) == ["air/c = '2'", "1: bad_value"])
    }

    @Test(arguments: [
        ("ns", 1_764_370_800_000_000_000), ("us", 1_764_370_800_000_000), ("ms", 1_764_370_800_000), ("s", 1_764_370_800),
        ("m", 29_406_180), ("n", 1_764_370_800_000_000_000), ("u", 1_764_370_800_000_000),
    ])
    func timesCountInAnyPrecision(_ word: String, _ time: Int) throws {
        let precision = try #require(TimePrecision(word: word))
        #expect(try read("air a=1 \(time)", .line, precision) == ["air/a = 1 @1764370800000"])
    }

    @Test func theThingOfASeriesTellsMeasurementAndTags() throws {
        let name = try TaggedName("a b,c", tags: [.init("z", "1=2"), .init("k y", "ü,"), .init("back", #"a\b"#)])
        #expect(name.description == #"a\ b\,c,back=a\b,k\ y=ü\,,z=1\=2"#)
        #expect(try TaggedName(thing: name.description) == name)
    }

    @Test func everyNameCanBeReadBack() throws {
        let alphabet = Array("ab\\,= \\x汉")
        var state: UInt64 = 7
        func pick(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        func word() -> String { String((0...pick(6)).map { _ in alphabet[pick(alphabet.count)] }) + "e" }
        for _ in 0..<5_000 {
            let tags = (0..<pick(4)).map { TaggedName.Tag("\($0)" + word(), word()) }
            let name = try TaggedName(word(), tags: tags)
            #expect(try TaggedName(thing: name.description) == name)
        }
    }
}
