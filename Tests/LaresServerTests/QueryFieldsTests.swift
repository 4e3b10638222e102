import LaresPlaces
import LaresServer
import Testing

/// What stands behind the question mark of an address, as routes read it.
struct QueryFieldsTests {
    @Test func numbersAndDaysAreReadOrAbsent() throws {
        let query = QueryFields(query: "limit=7&limit=9&power=-1.5&from=2026-11-30&name=a+b")
        #expect(try query.whole("limit", in: 1...9) == 9, "the last counts")
        #expect(try query.decimal("power") == -1.5 && query.day("from") == CalendarDay("2026-11-30") && query.get("name") == "a b")
        #expect(try query.whole("none", in: 1...9) == nil && query.decimal("none") == nil && query.day("none") == nil)
        #expect(try QueryFields(query: nil).whole("limit", in: 1...9) == nil)
    }

    @Test(arguments: ["0", "10", "-1", "1.0", "x", "", "99999999999999999999", "1e0", "%31%20"])
    func whatIsNoNumberOfTheRangeIsRefusedWithItsEnds(text: String) {
        let query = QueryFields(query: "limit=\(text)")
        #expect { try query.whole("limit", in: 1...9) } throws: {
            ($0 as? APIError)?.message.contains("'limit' must be a whole number from 1 to 9") == true
        }
        #expect { try QueryFields(query: "n=0").whole("n", in: 1...Int.max) } throws: {
            ($0 as? APIError)?.message.contains("of at least 1") == true
        }
    }

    @Test(arguments: ["nan", "inf", "-inf", "1e999", "x", "", "1,5"])
    func whatIsNoNumberIsRefused(text: String) {
        #expect(throws: APIError.self) { try QueryFields(query: "n=\(text)").decimal("n") }
    }

    @Test(arguments: ["2026-02-30", "2026", "30.11.2026", "", "2026-11-30T00:00:00Z"])
    func whatIsNoDayIsRefused(text: String) {
        #expect(throws: APIError.self) { try QueryFields(query: "day=\(text)").day("day") }
    }
}
