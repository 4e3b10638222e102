import Foundation
import LaresPlaces
import LaresTesting
import Testing

@Suite struct TimeZoneRulesTests {
    /// A file of the version-2 form whose zone has no changes but those of its footer.
    private func file(offset: Int32 = 3600, footer: String) -> [UInt8] {
        func header(_ counts: [UInt8]) -> [UInt8] {
            Array("TZif2".utf8) + Array(repeating: 0, count: 15) + counts.flatMap { [0, 0, 0, $0] }
        }
        let type = (0..<4).map { UInt8(truncatingIfNeeded: offset >> (24 - 8 * Int32($0))) } + [0, 0]
        return header([0, 0, 0, 0, 1, 4]) + type + Array("CET\0".utf8) + header([0, 0, 0, 0, 1, 4]) + type + Array("CET\0".utf8)
            + Array("\n\(footer)\n".utf8)
    }

    private func zone(_ footer: String) throws -> TimeZoneRules { try TimeZoneRules("Test/Zone", tzif: file(footer: footer)) }

    @Test(arguments: [
        ("CET-1CEST,M3.5.0,M10.5.0/3", ["2150-03-29T01:00:00 7200", "2150-10-25T01:00:00 3600"]),
        ("EST5EDT,M3.2.0,M11.1.0", ["2150-03-08T07:00:00 -14400", "2150-11-01T06:00:00 -18000"]),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", ["2150-04-04T15:00:00 37800", "2150-10-03T15:30:00 39600"]),
        ("IST-2IDT,M3.4.4/26,M10.5.0", ["2150-03-27T00:00:00 10800", "2150-10-24T23:00:00 7200"]),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", ["2150-03-29T01:00:00 -3600", "2150-10-25T01:00:00 -7200"]),
        ("AAA3BBB,J60/0,J300", ["2152-03-01T03:00:00 -7200", "2152-10-27T04:00:00 -10800"]),
        ("AAA3BBB,59/0,299", ["2152-02-29T03:00:00 -7200", "2152-10-26T04:00:00 -10800"]),
    ])
    func footersMakeTheChangesToCome(_ footer: String, _ expected: [String]) throws {
        let year = expected[0].prefix(4)
        let changes = try zone(footer).changes.map { "\(TimeZoneRules.utc.shown(Date(timeIntervalSince1970: Double($0.at)))) \($0.after)" }
        let shown = changes.filter { $0.hasPrefix(year) }.map { $0.replacing("+00:00", with: ":00") }
        #expect(shown == expected)
    }

    @Test(arguments: [
        "", "CET", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0,",
        "CE-1", "<CET-1", "CET-1CEST,J0,J365", "CET-1CEST,366,1", "CET1:60", "CET99999999999999999999",
    ])
    func damagedFootersAreRefused(_ footer: String) throws {
        if footer.isEmpty {
            #expect(try zone(footer).changes.isEmpty)
        } else {
            #expect(throws: ScheduleError.self) { try zone(footer) }
        }
    }

    @Test(arguments: [
        "", "/etc/passwd", "../zoneinfo/UTC", "Europe/../UTC", "Europe//Berlin", "Europe", "Nowhere/City", "tzdata.zi", "UTC\0", "é",
    ])
    func namesThatAreNoZonesAreRefused(_ name: String) {
        #expect(throws: ScheduleError.self) { try TimeZoneRules(name) }
    }

    @Test func wallTimesComeBackExceptTheSkippedAndTheSecond() throws {
        let zone = try TimeZoneRules("America/St_Johns")
        for instant in stride(from: 1_000_000_000, to: 1_700_000_000, by: 1799) {
            let (day, seconds) = zone.wall(at: instant), back = zone.instant(wall: day * 86_400 + seconds)
            let isSecond = zone.changes.contains { $0.at <= instant && instant < $0.at + $0.before - $0.after }
            #expect(isSecond ? back < instant : back == instant)
        }
    }

    /// zdump of the C library reads the same files by its own rules.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zdump")))
    func offsetsAreThoseOfTheCLibrary() throws {
        let process = Process(), pipe = Pipe()
        let names = TimeZone.knownTimeZoneIdentifiers.sorted().enumerated().filter { $0.offset % 9 == 0 }.map(\.element)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/zdump")
        process.arguments = ["-v", "-c", "1901,2199"] + names
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        var (zone, count) = (TimeZoneRules.utc, 0)
        for line in text.split(separator: "\n") {
            // Europe/Berlin  Sun Mar 31 00:59:59 2024 UT = Sun Mar 31 01:59:59 2024 CET isdst=0 gmtoff=3600
            let words = line.split(separator: " ")
            guard words.count == 16, words[6] == "UT", let year = Int(words[5]), (1901...2199).contains(year), let day = Int(words[3])
            else { continue }
            let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            let month = (months.firstIndex(of: String(words[2])) ?? 0) + 1
            let date = try #require(CalendarDay(year: year, month: month, day: day)), time = try #require(TimeOfDay(words[4]))
            if zone.identifier != words[0] { zone = try TimeZoneRules(String(words[0])) }
            let offset = zone.offset(at: Date(timeIntervalSince1970: Double(date.ordinal * 86_400 + time.seconds)))
            guard "gmtoff=\(offset)" == words[15] else {
                Issue.record("\(line): we say \(offset)")
                return
            }
            count += 1
        }
        #expect(count > 5_000)
        print("\(count) offsets of \(names.count) zones are the C library's")
    }

    @Test func everyZoneOfTheSystemIsRead() throws {
        for name in TimeZone.knownTimeZoneIdentifiers where FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/\(name)") {
            #expect(throws: Never.self) { try TimeZoneRules(name) }
        }
    }

    @Test func mutatedFilesAreReadOrRefused() throws {
        var random = Mutations(seed: 9_636), accepted = 0
        let files = [
            file(footer: "CET-1CEST,M3.5.0,M10.5.0/3"),
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Europe/Lisbon"))),
        ]
        for number in 0..<Mutations.inputs / 5 {
            do throws(ScheduleError) {
                let zone = try TimeZoneRules("Test/Zone", tzif: random.mutate(files[number % 2]))
                for instant in stride(from: -2_000_000_000, to: 7_000_000_000, by: 999_999_937) {
                    _ = zone.instant(wall: instant)
                    _ = zone.offset(at: Date(timeIntervalSince1970: Double(instant)))
                }
                accepted += 1
            } catch { #expect(error.code == .badTimeZone) }
        }
        #expect(accepted > 0 && accepted < Mutations.inputs / 5)
    }
}
