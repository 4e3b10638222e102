import Foundation
import LaresJSON
import LaresStore
import LaresThings
import Testing

/// How long histories are kept, as people say it.
struct RetentionBookTests {
    @Test func aPropertyCountsBeforeItsThing() throws {
        let book = try RetentionBook([
            "default": ["readings": 20], "things": ["hall/lamp": ["readings": 30]], "properties": ["hall/lamp/on": ["readings": .null]],
        ])
        func days(_ thing: String, _ property: String) -> Int? { book[SeriesKey(thing: thing, property: property)].rawDays }
        #expect(days("hall/lamp", "on") == nil && days("hall/lamp", "brightness") == 30 && days("hall/fan", "on") == 20)
        #expect(days("Not a name", "on") == 20)
        #expect(try RetentionBook(book.json) == book)
    }

    @Test func statisticsStayAsLongAsReadingsOrLonger() throws {
        let book = try RetentionBook(["things": ["a": ["readings": 1_000], "b": ["readings": 10], "c": ["readings": .null]]])
        #expect(book.usual == .usual && book.usual.rawDays == 400 && book.usual.hourDays == nil)
        #expect(book.things[ThingID("a")!] == Retention(rawDays: 1_000, fiveMinuteDays: 1_000, hourDays: nil))
        #expect(book.things[ThingID("b")!] == Retention(rawDays: 10, fiveMinuteDays: 400, hourDays: nil))
        #expect(book.things[ThingID("c")!] == .forever)
    }

    @Test(arguments: [
        "[]", "{\"defaults\":{}}", #"{"default":{}}"#, #"{"default":{"readings":0}}"#, #"{"default":{"readings":1.5}}"#,
        #"{"default":{"readings":"9"}}"#, #"{"default":{"readings":100001}}"#, #"{"default":{"readings":10,"five_minutes":5}}"#,
        #"{"things":{"No Thing":{"readings":1}}}"#, #"{"things":[]}"#, #"{"properties":{"lamp":{"readings":1}}}"#,
        #"{"properties":{"lamp/on":1}}"#, #"{"default":{"readings":5,"days":5}}"#,
    ])
    func whatMakesNoSenseIsRefused(text: String) async throws {
        let json = try JSON(parsing: Array(text.utf8))
        #expect(await code { _ = try RetentionBook(json) } == .badRetention)
    }

    @Test(arguments: TestedStore.allCases)
    func everySeriesIsKeptAsTheBookSays(kind: TestedStore) async throws {
        try await withTelemetry(kind) { store in
            let lamp = try await store.declare([SeriesDeclaration(SeriesKey(thing: "lamp", property: "on"), .measurement)])[0]
            let tank = try await store.declare([SeriesDeclaration(SeriesKey(thing: "tank", property: "level"), .measurement)])[0]
            for id in [lamp, tank] { try await store.append((1...40).map { Reading(id, at: at($0), .number(1)) }) }
            try await store.apply(try RetentionBook(["default": ["readings": 20], "things": ["tank": ["readings": 5]]]))
            _ = try await store.compact(now: at(40, 1))
            #expect(try await store.all(lamp).count == 21)
            #expect(try await store.all(tank).count == 6)
            #expect(try await store.series(of: "tank").map(\.retention.rawDays) == [5])
        }
    }

    @Test func aHomeRemembersIt() async throws {
        try await withTelemetryHome { home in
            #expect(try HomeStore(home: home).retention() == RetentionBook())
            let book = try RetentionBook(["things": ["hall/lamp": ["readings": 30]]])
            try HomeStore(home: home).save(book)
            #expect(try HomeStore(home: home).retention() == book)
        }
    }
}
