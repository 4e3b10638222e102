import Foundation
import LaresThings
import Testing

/// What came from where in the last hour.
struct IngestRatesTests {
    private let air = IngestRates.Origin(tenant: "north", source: "http:air")

    @Test func slotsAreOfTenSecondsAndGoAfterAnHour() throws {
        var rates = IngestRates()
        rates.add(5, from: air, at: 1_000)
        rates.add(2, from: air, at: 1_009.9)
        rates.add(4, from: air, at: 1_010)
        let line = try #require(rates.lines(until: 1_010).first)
        #expect(line.origin == air && line.points.count == IngestRates.slots && line.points.suffix(3) == [0, 7, 4])
        #expect(rates.lines(until: 1_030).first?.points.suffix(4) == [7, 4, 0, 0])
        #expect(rates.lines(until: 1_000 + 3_590).first?.points.first == 7)
        #expect(rates.lines(until: 1_010 + 3_600) == [])
    }

    @Test func aClockThatIsSetBackBeginsAnew() {
        var rates = IngestRates()
        rates.add(5, from: air, at: 1_000)
        rates.add(3, from: air, at: 500)
        #expect(rates.lines(until: 500).first?.points.reduce(0, +) == 3)
    }

    @Test func theMostThatWaitedAndHowOftenSendersWereToldToWait() {
        var rates = IngestRates()
        for count in [10, 400, 20] { rates.note(waiting: count, at: 2_000) }
        for _ in 0..<3 { rates.noteRefusal(at: 2_011) }
        let pressure = rates.pressure(until: 2_011)
        #expect(pressure.waited.suffix(2) == [400, 0] && pressure.told.suffix(2) == [0, 3])
    }

    @Test func originsAreBounded() {
        var rates = IngestRates()
        for number in 0..<1_000 { rates.add(1, from: IngestRates.Origin(tenant: "", source: "\(number)"), at: 3_000) }
        let lines = rates.lines(until: 3_000)
        #expect(lines.count <= 257 && lines.map { $0.points.reduce(0, +) }.reduce(0, +) == 1_000)
        #expect(lines.first { $0.origin.source.isEmpty }?.points.last == 744)
    }

    @Test func seriesSayWhatWasNoticedOfThem() async throws {
        try await withIngest { world in
            let text =
                "air no2=1 1000\nair no2=1 1000\nair no2=2 3000\nair no2=3 2000\nair no2=4 2000\nair,quality=suspect o3=9 1000\nair co=1 1000"
            try await world.send(text, .line, .milliseconds)
            let keys = ["no2", "o3", "co"].map { SeriesKey(thing: "air", property: $0) }
            let marks = await world.ingest.marks(of: keys).mapValues(\.marks)
            let no2 = try #require(marks[keys[0]])
            #expect(no2.duplicates == 1 && no2.late == 2 && no2.replaced == 1 && no2.flagged == 0)
            #expect(marks[keys[1]]?.flagged == 1 && marks[keys[2]] == SeriesMarks())
            #expect(await world.ingest.noticed(atMost: 10) == [keys[0], keys[1]])
            #expect(await world.ingest.rates.lines(until: ingestNow.timeIntervalSince1970).map(\.origin.source) == ["test"])
        }
    }
}
