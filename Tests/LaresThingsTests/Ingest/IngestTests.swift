import Foundation
import LaresStore
import LaresThings
import Testing

/// From lines to readings.
struct IngestTests {
    @Test func linesBecomeReadings() async throws {
        try await withIngest { world in
            let text = "air,station=7 no2=12.5,mode=\"slow\" 1000\nair,station=7 no2=13 2000"
            let answer = try await world.send(text, .line, .milliseconds)
            #expect(answer.counts.stored == 3 && answer.counts.refused == 0 && answer.counts.bytes == text.utf8.count)
            #expect(try await world.readings("air,station=7", "no2") == "1000=12.5 2000=13")
            #expect(try await world.readings("air,station=7", "mode") == "1000='slow'")
        }
    }

    @Test func pointsWithoutATimeAreOfNow() async throws {
        try await withIngest { world in
            try await world.send("air no2=1")
            #expect(try await world.readings("air", "no2") == "1795910400000=1")
        }
    }

    @Test func pointsWithoutATimeNeverTakeEachOthersPlace() async throws {
        try await withIngest { world in
            // One body, then others that came in the same millisecond; equal ones are two points too.
            let first = try await world.send("air no2=1\nair no2=2\nair no2=1,mode=\"slow\"\nair no2=9 1000", .line, .milliseconds).counts
            #expect(first.stored == 5 && first.replaced == 0 && first.duplicates == 0)
            #expect(try await world.send("air no2=3").counts.stored == 1)
            let last = try await world.send("air no2=3\nair mode=\"fast\"").counts
            #expect(last.stored == 2 && last.replaced == 0 && last.duplicates == 0)
            let now = Timestamp(ingestNow).milliseconds
            #expect(try await world.readings("air", "no2") == "1000=9 \(now)=1 \(now + 1)=2 \(now + 2)=1 \(now + 3)=3 \(now + 4)=3")
            #expect(try await world.readings("air", "mode") == "\(now)='slow' \(now + 1)='fast'")
        }
    }

    @Test func flagsStandAtTheTimesOfTheirPoints() async throws {
        try await withIngest { world in
            try await world.send("air no2=1\nair,quality=suspect no2=2\nair,quality=suspect no2=\"text\"\nair,quality=good no2=3")
            let now = Timestamp(ingestNow).milliseconds
            #expect(try await world.readings("air", "no2") == "\(now)=1 \(now + 1)=2 \(now + 2)=3")
            #expect(try await world.readings("air", "no2?quality") == "\(now + 1)=1 \(now + 2)=0")
        }
    }

    @Test func moreThanASecondHasPlaceForAreDeadLetters() async throws {
        try await withIngest { world in
            let answer = try await world.send((0..<1_003).map { "air no2=\($0)" }.joined(separator: "\n"))
            #expect(answer.counts.stored == 1_000 && answer.counts.replaced == 0 && answer.counts.refused == 3)
            #expect(answer.refusals.map { "\($0.line) \($0.fault.code)" } == ["1001 bad_time", "1002 bad_time", "1003 bad_time"])
            world.clock.advance(by: 1)
            #expect(try await world.send("air no2=7").counts.stored == 1)
        }
    }

    @Test func whatComesAgainIsCountedOnce() async throws {
        try await withIngest { world in
            let text = (0..<100).map { "air no2=\($0) \($0)000" }.joined(separator: "\n")
            #expect(try await world.send(text, .line, .milliseconds).counts.stored == 100)
            let again = try await world.send(text, .line, .milliseconds).counts
            #expect(again.stored == 0 && again.duplicates == 100 && again.late == 0)
            let changed = try await world.send("air no2=7 5000\nair no2=7 5000\nair no2=3 5001", .line, .milliseconds).counts
            #expect(changed.stored == 2 && changed.replaced == 1 && changed.duplicates == 1 && changed.late == 2)
            #expect(try await world.readings("air", "no2")?.contains("5000=7 5001=3 6000=6") == true)
        }
    }

    @Test func aFailureIsNoDuplicateLater() async throws {
        try await withIngest { world in
            world.store.trouble = TelemetryError(.noSpace, "the disk is full")
            await #expect(throws: TelemetryError.self) { try await world.send("air no2=1 1000", .line, .milliseconds) }
            world.store.trouble = TelemetryError(.overloaded, "too fast")
            #expect(await refusal { try await world.send("air no2=1 1000", .line, .milliseconds) }?.retryAfter == 1)
            world.store.trouble = nil
            let answer = try await world.send("air no2=1 1000", .line, .milliseconds)
            #expect(answer.counts.stored == 1)
        }
    }

    @Test func linesThatCannotBeTakenAreKeptAndTheOthersStored() async throws {
        try await withIngest { world in
            let text = """
                air no2=1 1000
                air no2= 2000
                air no2="text" 3000
                air no2=4 9000000000000000
                air no2=5 1795914001000
                air no2=1e201 5000
                air no2=6 1795913999000
                """
            let answer = try await world.send(text, .line, .milliseconds)
            #expect(answer.counts.stored == 2 && answer.counts.refused == 5)
            #expect(
                answer.refusals.map { "\($0.line) \($0.fault.code)" } == [
                    "2 bad_value", "3 wrong_kind", "4 bad_time", "5 clock_ahead", "6 bad_value",
                ])
            let letters = try await world.ingest.letters.list()
            #expect(letters.map(\.lines).sorted() == [1, 1, 1, 2] && letters.allSatisfy { $0.source == "test" && $0.tries == 0 })
            #expect(letters.map { String(decoding: $0.bytes, as: UTF8.self) }.contains("air no2=\"text\" 3000"))
        }
    }

    @Test func whatIsOlderThanItsSeriesKeepsIsADeadLetter() async throws {
        try await withIngest { world in
            let day: Int64 = 86_400_000, now = Timestamp(ingestNow)
            func archive(_ thing: String) -> String {
                ([500, 40, 29, 2, 0] as [Int64]).map { "\(thing) no2=\($0) \(now.milliseconds - $0 * day)" }.joined(separator: "\n")
            }
            // A series that is new takes an archive of any age, for its statistics' sake.
            #expect(try await world.send(archive("air"), .line, .milliseconds).counts.stored == 5)
            try await world.store.setRetention(
                Retention(rawDays: 30, fiveMinuteDays: 30, hourDays: nil), of: try await world.store.series(of: "air").map(\.id))
            _ = try await world.store.compact(now: now)
            let changed = archive("air").replacingOccurrences(of: "no2=", with: "no2=7")
            let doubtful = "\nair,quality=suspect no2=1 \(now.milliseconds - 50 * day)"
            let answer = try await world.send(changed + doubtful, .line, .milliseconds)
            #expect(answer.counts.stored == 3 && answer.counts.refused == 3 && answer.counts.duplicates == 0)
            #expect(answer.refusals.map { "\($0.line) \($0.fault.code)" } == ["1 too_old", "2 too_old", "6 too_old"])
            #expect(try await world.readings("air", "no2")?.split(separator: " ").count == 3)
            // They are no duplicates of themselves when they come again.
            #expect(try await world.send(archive("air"), .line, .milliseconds).counts.refused == 2)
            #expect(try await world.send(archive("water"), .line, .milliseconds).counts.stored == 5)
        }
    }

    @Test func unitsAreConvertedToThatOfTheSeries() async throws {
        let unit: @Sendable (SeriesKey) -> LaresThings.Unit? = { $0.thing == "hall" ? .celsius : nil }
        try await withIngest(unit: unit) { world in
            try await world.send(
                "hall,unit=°F t=50 1000\nattic,unit=°C t=10 1000\nattic,unit=K t=283.15 2000\nattic t=11 3000", .line, .milliseconds)
            #expect(try await world.readings("hall", "t") == "1000=10")
            #expect(try await world.readings("attic", "t") == "1000=10 2000=10 3000=11")
            let answer = try await world.send("attic,unit=kg t=1 4000", .line, .milliseconds)
            #expect(answer.counts.stored == 0 && answer.refusals.first?.fault.code == .badUnit)
        }
    }

    @Test func whatIsDoubtfulIsMarkedAndWhatIsBadIsKeptApart() async throws {
        try await withIngest { world in
            try await world.send("air no2=1 1000\nair,quality=good no2=2 2000", .line, .milliseconds)
            #expect(try await world.readings("air", "no2?quality") == nil)
            try await world.send("air,quality=suspect no2=3 3000\nair,quality=bad no2=999 4000", .line, .milliseconds)
            #expect(try await world.readings("air", "no2") == "1000=1 2000=2 3000=3")
            #expect(try await world.readings("air", "no2?bad") == "4000=999")
            #expect(try await world.readings("air", "no2?quality") == "3000=1 4000=2")
            try await world.send("air,quality=good no2=3 3000", .line, .milliseconds)
            #expect(try await world.readings("air", "no2?quality") == "3000=0 4000=2")
        }
    }

    @Test func aSeriesThatWasRemovedIsMadeAgain() async throws {
        try await withIngest { world in
            try await world.send("air no2=1 1000", .line, .milliseconds)
            try await world.store.remove(try await world.store.series(of: nil).map(\.id))
            #expect(try await world.send("air no2=2 2000\nair o3=1 2000", .line, .milliseconds).counts.stored == 2)
            #expect(try await world.readings("air", "no2") == "2000=2")
        }
    }

    @Test func seriesOfOthersKeepTheirKinds() async throws {
        try await withIngest { world in
            let key = SeriesKey(thing: "hall", property: "energy")
            let id = try await world.store.declare([SeriesDeclaration(key, .meter)])[0]
            try await world.send("hall energy=5 1000", .line, .milliseconds)
            let series = try await world.store.series(of: "hall")
            #expect(series.count == 1 && series[0].kind == .meter && series[0].id == id)
        }
    }

    @Test func whatWaitsIsStoredTogetherAndTooMuchIsRefused() async throws {
        var settings = IngestSettings()
        settings.waiting = 100
        try await withIngest(settings: settings) { world in
            try await world.send("air no2=0 0", .line, .milliseconds)
            world.store.hold()
            try await withThrowingTaskGroup(of: Int.self) { group in
                for sender in 1...5 {
                    group.addTask {
                        let text = (0..<20).map { "air no2=\(sender) \(sender * 1_000 + $0)" }.joined(separator: "\n")
                        return try await world.send(text, .line, .milliseconds).counts.stored
                    }
                }
                while await world.ingest.backlog.points < 100 { await Task.yield() }
                #expect(await refusal { try await world.send("air no2=9 9", .line, .milliseconds) }?.code == .overloaded)
                while world.store.waiting == 0 { await Task.yield() }
                let before = world.store.calls
                world.store.release()
                var stored = 0
                for try await count in group { stored += count }
                #expect(stored == 100)
                // One of them held the disk; the other four went together.
                #expect(world.store.calls <= before + 1)
            }
            #expect(await world.ingest.backlog.points == 0)
        }
    }
}
