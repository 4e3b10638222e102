import LaresJSON
import Testing

struct JSONTests {
    private func parse(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

    @Test(arguments: [
        #"{"a":[1,-2.5,true,false,null],"b":{"c":"d"}}"#, "[]", "{}", #""""#, "0", "-0.5", "[1e+30]", #"["\u0000"]"#,
        #"["tab\t and \"quotes\" and \\"]"#, "\"𝄞 汉\"", "[[],[{}]]",
    ])
    func whatIsWrittenReadsTheSame(text: String) throws {
        let value = try parse(text)
        #expect(try parse(value.serialized) == value)
    }

    @Test(arguments: [
        ("", "ends where"), ("{", "name in quotes"), ("[1,]", "a JSON value"), ("{\"a\":1,}", "name in quotes"), ("01", "begins with 0"),
        ("1.", "after '.'"), ("1e", "exponent"), ("-", "a JSON value"), ("+1", "a JSON value"), ("nul", "a JSON value"),
        ("tru", "a JSON value"),
        ("\"a", "not closed"), ("\"\\x\"", "can't be escaped"), ("\"\\u12\"", "hexadecimal"), ("\"\\ud800\"", "surrogate"),
        ("\"\\ud800\\u0041\"", "surrogate"), ("\"\n\"", "control character"), ("1 2", "more after the end"), ("[1 2]", "',' or ']'"),
        ("{\"a\" 1}", "':'"), ("1e999", "out of range"), ("NaN", "a JSON value"), ("'a'", "a JSON value"), ("\u{FEFF}1", "a JSON value"),
    ])
    func whatIsNotJSONIsRefusedWithAReason(text: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
    }

    @Test func aStringThatIsNotUTF8IsRefused() {
        #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xC3, 0x28, 0x22]) }
        #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xED, 0xA0, 0x80, 0x22]) }
    }

    @Test(arguments: [64, 65, 100, 160, 300, 511, 512, 100_000])
    func depthIsBounded(depth: Int) {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = open == "[" ? "" : "1"
            let text = String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
            let value = try? parse(text)
            #expect((value != nil) == (depth <= JSON.maximumDepth))
        }
    }

    @Test func surrogatePairsAndEscapesBecomeTheirCharacters() throws {
        #expect(try parse(#""\ud834\udd1e\u6c49\/\b""#) == "𝄞汉/\u{8}")
    }

    @Test func wholeNumbersBeyondAnIntBecomeDoubles() throws {
        #expect(try parse("9223372036854775807") == .int(.max))
        #expect(try parse("9223372036854775808") == .double(9.223372036854775808e18))
    }

    @Test(arguments: [
        ("7", 7), ("-9223372036854775808", Int.min), ("1e3", 1_000), ("2.0", 2), ("2.5", nil), ("1e19", nil), ("-1e300", nil),
        ("9223372036854775808", nil), ("\"7\"", nil), ("null", nil),
    ])
    func onlyWhatFitsAnIntIsWhole(_ text: String, _ whole: Int?) throws { #expect(try parse(text).whole == whole) }

    @Test func theLastOfRepeatedNamesCounts() throws {
        #expect(try parse(#"{"a":1,"a":2}"#)["a"] == 2)
    }

    @Test func theNumberOfValuesIsBounded() throws {
        func list(_ count: Int) -> [UInt8] {
            Array("[0".utf8) + Array(repeatElement(Array(",0".utf8), count: count - 1).joined()) + Array("]".utf8)
        }
        // The array itself counts.
        #expect(try JSON(parsing: list(JSON.maximumValues - 1)).elements?.count == JSON.maximumValues - 1)
        let error = #expect(throws: JSONError.self) { try JSON(parsing: list(JSON.maximumValues)) }
        #expect(error?.message.contains("\(JSON.maximumValues) values") == true)
    }

    @Test func theNumberOfMembersIsBounded() throws {
        func object(_ count: Int) -> String { "{" + Array(repeating: #""a":0"#, count: count).joined(separator: ",") + "}" }
        #expect(try parse(object(JSON.maximumMembers))["a"] == 0)
        let error = #expect(throws: JSONError.self) { try parse(object(JSON.maximumMembers + 1)) }
        #expect(error?.message.contains("\(JSON.maximumMembers) members") == true)
    }

    @Test func numbersWithoutAWordInJSONBecomeNull() {
        #expect(JSON.array([.double(.nan), .double(.infinity)]).serialized == "[null,null]")
    }

    @Test func membersKeepTheirOrder() {
        let value: JSON = ["z": 1, "a": "é\n", "m": [1.5, .null]]
        #expect(value.serialized == #"{"z":1,"a":"é\n","m":[1.5,null]}"#)
    }

    /// However a number is read, it is the double nearest to its text, to the last bit.
    @Test func aNumberIsTheNearestDoubleToItsText() throws {
        var random = SystemRandomNumberGenerator()
        let texts = (0..<20_000).map { _ in
            let digits = String((0..<Int.random(in: 1...19, using: &random)).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
            let point = Int.random(in: 1...digits.count, using: &random)
            let whole = String(Int(digits.prefix(min(point, 18))) ?? 0), fraction = digits.dropFirst(point)
            let exponent = Int.random(in: 0..<4, using: &random) == 0 ? "e\(Int.random(in: -30...30, using: &random))" : ""
            return (Bool.random(using: &random) ? "-" : "") + whole + "." + (fraction.isEmpty ? "0" : fraction) + exponent
        }
        for text in texts + ["-0.0", "0.1", "123456789012345.0", "0.000000000000001", "999999999999999.9"] {
            #expect(try parse(text).number?.bitPattern == Double(text)?.bitPattern, "\(text)")
        }
        #expect(try parse("[0,-7,123456789012345,9223372036854775807]") == [0, -7, 123_456_789_012_345, 9_223_372_036_854_775_807])
    }

    @Test func everyControlCharacterIsEscaped() throws {
        let text = String((0..<0x21).map { Character(Unicode.Scalar(UInt8($0))) }) + "\u{7F}\\\""
        let written = JSON.string(text).serialized
        #expect(written.utf8.allSatisfy { $0 >= 0x20 } && written.contains(#"\u0001"#) && written.contains(#"\u001f"#))
        #expect(try parse(written) == .string(text))
    }
}
