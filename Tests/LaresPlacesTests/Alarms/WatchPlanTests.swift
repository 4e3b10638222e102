import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct WatchPlanTests {
    @Test(arguments: [
        ("#", "+", "hall/meter/power", true), ("hall/+", "power", "hall/meter/power", true),
        ("hall/+", "power", "hall/meter/voltage", false),
        ("+", "power", "hall/meter/power", false), ("hall/meter", "+", "hall/meter/power", true),
        ("attic/#", "+", "hall/meter/power", false),
    ])
    func aPatternMeansSeries(_ things: String, _ properties: String, _ series: String, _ isMeant: Bool) throws {
        let plan = try #require(WatchPlan(id: "all", things: things, properties: [properties]))
        #expect(plan.watches(try #require(SeriesKey(series))) == isMeant)
        let off = try #require(WatchPlan(id: "all", things: things, properties: [properties], isEnabled: false))
        #expect(!off.watches(try #require(SeriesKey(series))))
    }

    @Test func itIsReadAsItIsWritten() throws {
        let plan = try #require(
            WatchPlan(
                id: "power", things: "hall/#", properties: ["power"], severity: .critical, threshold: 0.75, learning: 288, isEnabled: false)
        )
        #expect(try WatchPlan(plan.json) == plan)
        #expect(try WatchPlan(JSON(parsing: Array(#"{"id": "all"}"#.utf8))) == WatchPlan(id: "all", things: "#", properties: ["+"]))
    }

    @Test func seriesThatAreNoThingsAreMeantWhereThatIsSaid() throws {
        let json = try JSON(
            parsing: Array(#"{"id": "air", "things": "air,station=7", "properties": "no2 µg", "scope": "all"}"#.utf8))
        let plan = try WatchPlan(json)
        #expect(plan.isBeyondThings && plan.watches(SeriesKey(thing: "air,station=7", property: "no2 µg")))
        #expect(try WatchPlan(plan.json) == plan && plan.json["scope"] == "all")
        let usual = try WatchPlan(JSON(parsing: Array(#"{"id": "all", "scope": "things"}"#.utf8)))
        #expect(!usual.isBeyondThings && usual.json["scope"] == nil)
    }

    @Test(arguments: WatchPlan.Kind.allCases) func eachKindIsReadAsItIsWritten(_ kind: WatchPlan.Kind) throws {
        let properties = kind == .multivariate ? ["power", "voltage"] : ["power"]
        let plan = try #require(WatchPlan(id: "a", things: "hall/+", properties: properties, kind: kind))
        #expect(try WatchPlan(plan.json) == plan)
        #expect(plan.watches(SeriesKey(thing: "hall/meter", property: "power")))
        #expect(plan.watches(SeriesKey(thing: "hall/meter", property: "voltage")) == (kind == .multivariate))
    }

    @Test(arguments: [
        #"{"id": "a", "kind": "wrong"}"#, #"{"id": "a", "kind": "multivariate"}"#,
        #"{"id": "a", "kind": "multivariate", "properties": "power"}"#, #"{"id": "a", "kind": "multivariate", "properties": ["power"]}"#,
        #"{"id": "a", "kind": "multivariate", "properties": ["power", "power"]}"#,
        #"{"id": "a", "kind": "multivariate", "properties": ["power", "+"]}"#,
        #"{"id": "a", "kind": "multivariate", "properties": ["power", 1]}"#,
        #"{"id": "a", "kind": "spectral", "properties": ["power"]}"#, #"{"id": "a", "kind": "change-point", "threshold": 0.6}"#,
        #"{"id": "a", "scope": "some"}"#, #"{"id": "a", "scope": "all", "properties": "a/b"}"#, #"{"id": "a", "properties": "no2 µg"}"#,
        "[]", "{}", #"{"id": 1}"#, #"{"id": "A"}"#, #"{"id": ""}"#, #"{"id": "a", "things": "a#"}"#, #"{"id": "a", "properties": "A"}"#,
        #"{"id": "a", "threshold": 0}"#, #"{"id": "a", "threshold": 1.1}"#, #"{"id": "a", "learning": 19}"#,
        #"{"id": "a", "severity": "bad"}"#,
        #"{"id": "a", "other": 1}"#,
    ])
    func whatIsNoWatchIsRefused(_ text: String) throws {
        #expect(throws: AlarmError.self) { try WatchPlan(JSON(parsing: Array(text.utf8))) }
    }
}
