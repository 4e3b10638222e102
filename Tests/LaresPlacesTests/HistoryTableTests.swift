import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

struct HistoryTableTests {
    private static let day = 1_750_000_000 / 86_400 * 86_400

    private func table(_ columns: String, _ more: String = "") throws -> HistoryTable {
        let text = "{\"columns\": [\(columns)], \"every\": \"hour\", \"from\": \(Self.day), \"to\": \(Self.day + 4 * 3_600)\(more)}"
        return try HistoryTable(try JSON(parsing: Array(text.utf8)), now: Date(timeIntervalSince1970: Double(Self.day)))
    }

    /// Hours of a day, and what a property reported in them.
    private func store(_ property: String, _ kind: SeriesKind, _ readings: [(hour: Double, ReadingValue)]) async throws -> MemoryTelemetry {
        let store = MemoryTelemetry()
        let id = try await store.declare([SeriesDeclaration(SeriesKey(thing: "hall/sensor", property: property), kind)])[0]
        try await store.append(
            readings.map { hour, value in
                Reading(id, at: LaresThings.Timestamp(milliseconds: Int64((Double(Self.day) + hour * 3_600) * 1_000)), value)
            })
        return store
    }

    private func rows(_ table: HistoryTable, _ store: MemoryTelemetry, zone: TimeZoneRules) async throws -> [[String]] {
        let text = String(decoding: try await table.csv(from: store, in: zone), as: UTF8.self)
        return text.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    private let utc = TimeZoneRules(identifier: "UTC", offset: 0)

    @Test func aRowIsAPeriodAndWhatIsUnknownIsEmpty() async throws {
        let store = try await store("temperature", .measurement, [(1.2, .number(20)), (1.7, .number(22)), (3.5, .number(25))])
        let rows = try await rows(try table("{\"name\": \"t\", \"property\": \"hall/sensor/temperature\"}"), store, zone: utc)
        #expect(rows[0] == ["time", "hour", "weekday", "t"])
        #expect(rows.dropFirst().map(\.last) == ["", "21", "21", "25"])
        #expect(rows.dropFirst().map { $0[1] } == ["0", "1", "2", "3"])
    }

    @Test func whatWasKnownBeforeTheFirstRowHolds() async throws {
        let store = try await store("temperature", .measurement, [(-30, .number(18)), (2.5, .number(19))])
        let rows = try await rows(try table("{\"name\": \"t\", \"property\": \"hall/sensor/temperature\"}"), store, zone: utc)
        #expect(rows.dropFirst().map(\.last) == ["18", "18", "19", ""])
    }

    @Test(arguments: [(1, ["2", "3", "4", "5"]), (-1, ["0", "1", "2", "3"]), (0, ["1", "2", "3", "4"]), (3, ["4", "5", "", ""])])
    func aShiftLooksAheadAndBack(_ shift: Int, _ expected: [String]) async throws {
        let readings = (-2..<5).map { (hour: Double($0) + 0.5, ReadingValue.number(Double($0 + 1))) }
        let store = try await store("x", .measurement, readings)
        let rows = try await rows(try table("{\"name\": \"x\", \"property\": \"hall/sensor/x\", \"shift\": \(shift)}"), store, zone: utc)
        #expect(rows.dropFirst().map(\.last) == expected)
    }

    @Test(arguments: [("mean", "21"), ("min", "20"), ("max", "22"), ("last", "22")])
    func aColumnSaysWhatItIsAskedFor(_ value: String, _ expected: String) async throws {
        let store = try await store("t", .measurement, [(0.2, .number(20)), (0.7, .number(22))])
        let rows = try await rows(
            try table("{\"name\": \"t\", \"property\": \"hall/sensor/t\", \"value\": \"\(value)\"}"), store, zone: utc)
        #expect(rows[1].last == expected)
    }

    @Test func powerAddsUp() async throws {
        let store = try await store("power", .power, [(0, .number(100)), (1, .number(0)), (3.99, .number(0))])
        let rows = try await rows(
            try table("{\"name\": \"p\", \"property\": \"hall/sensor/power\", \"value\": \"amount\"}"), store, zone: utc)
        #expect(rows.dropFirst().map { ($0.last.flatMap(Double.init) ?? -1).rounded() } == [100, 0, 0, 0])
    }

    @Test func textsAreTheLastOnesAndQuoted() async throws {
        let store = try await store("mode", .state, [(0.1, .state("heat")), (0.6, .state("a,b")), (3.2, .state("off"))])
        let text = String(
            decoding: try await table("{\"name\": \"m\", \"property\": \"hall/sensor/mode\"}").csv(from: store, in: utc), as: UTF8.self)
        #expect(text.split(separator: "\r\n").dropFirst().map { $0.hasSuffix("\"a,b\"") } == [true, true, true, false])
    }

    @Test func clocksAreThoseOfThePlace() async throws {
        let store = try await store("t", .measurement, [(0.2, .number(20))])
        let rows = try await rows(
            try table("{\"name\": \"t\", \"property\": \"hall/sensor/t\"}"), store,
            zone: TimeZoneRules(identifier: "Asia/Kolkata", offset: 19_800))
        #expect(rows[1][1] == "5.5")
    }

    @Test func aPropertyThatNeverReportedIsNamed() async throws {
        let store = try await store("t", .measurement, [(0.2, .number(20))])
        await #expect(throws: TelemetryError.self) {
            try await table("{\"name\": \"x\", \"property\": \"hall/sensor/x\"}").csv(from: store, in: utc)
        }
        await #expect(throws: TelemetryError.self) {
            try await table("{\"name\": \"x\", \"property\": \"hall/sensor/t\", \"value\": \"amount\"}").csv(from: store, in: utc)
        }
    }

    @Test(arguments: [
        "{}", "{\"columns\": []}", "{\"columns\": [{\"property\": \"nothing\"}]}", "{\"columns\": 3}",
        "{\"columns\": [{\"property\": \"a/b/c\", \"name\": \"time\"}]}", "{\"columns\": [{\"property\": \"a/b/c\", \"shift\": 1e9}]}",
        "{\"columns\": [{\"property\": \"a/b/c\"}, {\"property\": \"a/b/c\"}]}",
        "{\"columns\": [{\"property\": \"a/b/c\"}], \"every\": \"year\"}",
        "{\"columns\": [{\"property\": \"a/b/c\"}], \"from\": 5, \"to\": 4}", "{\"columns\": [{\"property\": \"a/b/c\"}], \"from\": 0}",
        "{\"columns\": [{\"property\": \"a/b/c\", \"other\": 1}]}",
    ])
    func whatIsNoQuestionIsRefused(_ text: String) {
        #expect(throws: JSONError.self) { try HistoryTable(try JSON(parsing: Array(text.utf8)), now: Date(timeIntervalSince1970: 1.7e9)) }
    }
}
