import LaresJSON
import LaresThings
import Testing

@Suite struct ModelTests {
    @Test(
        arguments: [
            ("Lamp", "Hall", "hall/lamp"), ("Küche, Licht 2", nil, "kuche_licht_2"), ("客厅灯", "客厅", "ke_ting/ke_ting_deng"),
            ("!!!", nil, "thing"),
            ("<script>alert(1)</script>", nil, "script_alert_1_script"),
        ] as [(String, String?, String)])
    func namesBecomeIDs(name: String, area: String?, id: String) { #expect(ThingID(naming: name, in: area).description == id) }

    @Test(arguments: ["", "/", "a/", "a//b", "a/b/c", "A", "a b", "a/../b", "é", String(repeating: "a", count: 121)])
    func otherIDsAreRefused(text: String) { #expect(ThingID(text) == nil) }

    @Test(arguments: [(0.0, 100.0), (30, 80), (120, 50), (240, 100), (359, 3), (200, 33)])
    func coloursComeBackFromTheirPartsOfLight(hue: Double, saturation: Double) throws {
        let color = try #require(Color(hue: hue, saturation: saturation))
        let (red, green, blue) = color.rgb
        let back = try #require(Color(red: red, green: green, blue: blue))
        #expect(abs(back.hue - hue) < 1e-6 && abs(back.saturation - saturation) < 1e-6)
        let xy = color.xy
        let seen = try #require(Color(x: xy.x, y: xy.y))
        #expect(abs(seen.xy.x - xy.x) < 2e-3 && abs(seen.xy.y - xy.y) < 2e-3)
    }

    @Test(arguments: [(Double.nan, 50.0), (0, -1), (0, 101), (.infinity, 0)])
    func whatIsNoColourIsRefused(hue: Double, saturation: Double) { #expect(Color(hue: hue, saturation: saturation) == nil) }

    @Test(arguments: [
        (21.0, Unit.celsius, Unit.fahrenheit, 69.8), (1.5, Unit("kWh"), Unit("Wh"), 1500), (0, .celsius, .kelvin, 273.15),
        (1, Unit("h"), Unit("min"), 60),
    ])
    func unitsConvert(number: Double, from: LaresThings.Unit, to: LaresThings.Unit, result: Double) throws {
        #expect(abs(try #require(from.convert(number, to: to)) - result) < 1e-9)
    }

    @Test func unitsOfOtherKindsDoNotConvert() { #expect(LaresThings.Unit.watt.convert(1, to: .lux) == nil) }

    @Test(arguments: [
        ("\"40%\"", 40.0), ("40", 40), ("\"40\"", 40), ("\" 12.5 % \"", 12.5),
    ])
    func numbersAreReadAsPeopleWriteThem(text: String, number: Double) throws {
        let property = Property("brightness", .number(.percent), unit: .percent, isWritable: true)
        #expect(try property.value(from: JSON(parsing: Array(text.utf8))) == .number(number))
    }

    @Test func temperaturesAreReadInOtherUnits() throws {
        let property = Property("target_temperature", .number(.init(least: 5, greatest: 30)), unit: .celsius, isWritable: true)
        let value = try #require(try property.value(from: "70 °F").number)
        #expect(abs(value - 21.111) < 0.001)
        #expect(throws: ThingsError.self) { try property.value(from: "90 °F") }
        #expect(throws: ThingsError.self) { try property.value(from: "21 W") }
    }

    @Test(arguments: ["\"nan\"", "\"inf\"", "1e999", "\"40 lx\"", "101", "-1", "true", "null", "[]", "\"\""])
    func otherNumbersAreRefused(text: String) {
        let property = Property("brightness", .number(.percent), unit: .percent, isWritable: true)
        #expect(throws: (any Error).self) { try property.value(from: JSON(parsing: Array(text.utf8))) }
    }

    @Test func onlyUnlockingIsDangerous() {
        let lock = Property("locked", .boolean, isWritable: true, hazard: .opens)
        #expect(lock.hazard(of: .boolean(false)) == .opens)
        #expect(lock.hazard(of: .boolean(true)) == nil)
        let cover = Property("position", .number(.percent), isWritable: true, hazard: .opens)
        #expect(cover.hazard(of: .number(0)) == nil)
        #expect(cover.hazard(of: .number(1)) == .opens)
    }
}
