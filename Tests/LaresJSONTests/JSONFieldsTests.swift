import LaresJSON
import Testing

@Suite struct JSONFieldsTests {
    private enum Colour: String, CaseIterable { case red, blue }

    private func message(_ value: JSON, _ read: (inout JSONFields) throws -> Void) -> String {
        do {
            var fields = try JSONFields(value, at: "box")
            try read(&fields)
            try fields.end()
            return "read"
        } catch {
            return "\(error)"
        }
    }

    @Test func whatIsAskedForIsRead() throws {
        var fields = try JSONFields(["a": 2, "b": [1.5, 2], "c": "red", "d": true, "e": .null, "f": ["g": ["x"]]])
        #expect(try fields.int("a", in: 0...9) == 2)
        #expect(try fields.doubles("b", in: 0...9) == [1.5, 2])
        #expect(try fields.choice("c", of: Colour.self) == .red)
        #expect(try fields.bool("d") == true)
        #expect(try fields.string("e") == nil)
        var inner = try #require(try fields.fields("f"))
        #expect(try inner.strings("g") == ["x"])
        try fields.end()
        try inner.end()
    }

    @Test func whatNobodyAskedForIsRefusedByNameAndPlace() {
        #expect(message(["a": 1, "width": 2]) { _ = try $0.int("a", in: 0...9) } == "'box.width' is unknown; there may be a")
    }

    @Test func mistakesAreNamedWithTheirPlace() {
        #expect(message([1]) { _ in } == "'box' must be an object, not an array")
        #expect(message(["a": 10]) { _ = try $0.int("a", in: 0...9) } == "'box.a' is 10; it must lie between 0 and 9")
        #expect(message(["a": 1.5]) { _ = try $0.int("a", in: 0...9) } == "'box.a' must be a whole number, not 1.5")
        #expect(message(["a": [1, "x"]]) { _ = try $0.ints("a", in: 0...9) } == "'box.a[1]' must be a whole number, not \"x\"")
        #expect(message(["a": "green"]) { _ = try $0.choice("a", of: Colour.self) } == "'box.a' is \"green\"; it may be red, blue")
        #expect(message([:]) { _ = try $0.required("a") } == "'box.a' is missing")
        #expect(message(["a": [["b": 1]]]) { try $0.objects("a")?.first?.end() } == "'box.a[0].b' is unknown; there may be ")
    }

    @Test func aNameThatStandsTwiceIsRefused() throws {
        let value = try JSON(parsing: Array(#"{"a":1,"a":2}"#.utf8))
        #expect(throws: JSONError.self) { try JSONFields(value) }
    }
}
