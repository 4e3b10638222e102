import Foundation
import LaresServer
import Testing

/// Marks below charts are round times of the place's clocks, wherever the chart begins.
struct TimeMarksTests {
    private func marks(_ from: String, hours: Double, _ zone: String = "Europe/Berlin") throws -> TimeMarks {
        let start = try Date(from, strategy: .iso8601), place = try #require(TimeZone(identifier: zone))
        return TimeMarks(start..<start.addingTimeInterval(hours * 3_600), Amount(Words(.english), timeZone: place))
    }

    private func words(_ from: String, hours: Double, _ zone: String = "Europe/Berlin") throws -> [String] {
        try marks(from, hours: hours, zone).fields.compactMap { $0["word"] as? String }
    }

    @Test func aDayHasEverySixHours() throws {
        let marks = try marks("2026-11-29T21:59:00Z", hours: 24)
        #expect(marks.fields.compactMap { $0["word"] as? String } == ["00:00", "06:00", "12:00", "18:00"])
        #expect(marks.fields.first?["at"] as? String == "4.24%", "an hour and a minute behind the beginning")
    }

    @Test func thirtyHoursOfAPlanAreMarkedWhereTheyAre() throws {
        #expect(try words("2026-11-30T20:00:00Z", hours: 30) == ["00:00", "06:00", "12:00", "18:00", "00:00"])
    }

    @Test func clocksThatChangeMoveNoMark() throws {
        #expect(try words("2026-10-24T22:30:00Z", hours: 24) == ["06:00", "12:00", "18:00"])
        #expect(try words("2027-03-27T23:30:00Z", hours: 24) == ["06:00", "12:00", "18:00", "00:00"])
    }

    @Test func longerChartsHaveDaysMondaysAndQuarters() throws {
        #expect(try words("2026-11-30T21:59:00Z", hours: 1) == ["23:00", "23:15", "23:30", "23:45"])
        let days = try marks("2026-11-23T21:59:00Z", hours: 168).dates
        #expect((3...4).contains(days.count) && zip(days, days.dropFirst()).allSatisfy { $1.timeIntervalSince($0) == 172_800 })
        #expect(try words("2026-10-31T21:59:00Z", hours: 720) == ["2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov"])
        #expect(try words("2025-11-30T21:59:00Z", hours: 8_760) == ["Jan", "Apr", "Jul", "Oct"])
    }

    @Test(arguments: ["Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"])
    func allLieInTheChart(zone: String) throws {
        for hours in [0, 0.5, 1, 3, 24, 41.9, 42, 239, 240, 1_439, 1_440, 9_000] {
            let marks = try marks("2026-03-01T00:10:00Z", hours: hours, zone)
            #expect(marks.dates.allSatisfy(marks.range.contains) && marks.dates.count <= 13, "\(hours) h")
            #expect(marks.dates == marks.dates.sorted())
        }
    }
}
