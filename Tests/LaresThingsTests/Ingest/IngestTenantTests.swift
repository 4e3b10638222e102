import Foundation
import LaresStore
import LaresThings
import Testing

/// Tenants, their quotas, and letters that are tried again.
struct IngestTenantTests {
    private func tenant(_ name: String, series: Int = 100_000, points: Int? = nil, bytes: Int? = nil, keys: Set<String> = []) throws
        -> Tenant
    {
        var quota = Tenant.Quota()
        (quota.series, quota.pointsPerSecond, quota.bytesPerSecond) = (series, points, bytes)
        return try #require(Tenant(name, quota: quota, keys: keys))
    }

    @Test func tenantsAreKeptApart() async throws {
        try await withIngest { world in
            try await world.ingest.put(tenant("north"))
            try await world.ingest.put(tenant("south"))
            try await world.send("air no2=1 1000", .line, .milliseconds, for: "north")
            try await world.send("air no2=2 1000", .line, .milliseconds, for: "south")
            try await world.send("air no2=3 1000", .line, .milliseconds)
            #expect(try await world.readings("@north/air", "no2") == "1000=1")
            #expect(try await world.readings("@south/air", "no2") == "1000=2")
            #expect(try await world.readings("air", "no2") == "1000=3")
            #expect(Tenant.split(thing: "@north/a/b") == ("north", "a/b") && Tenant.split(thing: "a/b") == ("", "a/b"))
            // Nobody writes into another one's by a name.
            let answer = try await world.send("@south/air no2=9 1000", .line, .milliseconds, for: "north")
            #expect(answer.counts.stored == 0 && answer.refusals.first?.fault.code == .badName)
            await #expect(throws: IngestError.self) { try await world.send("air no2=1", for: "west") }
        }
    }

    @Test(arguments: ["North", "a b", "a/b", "@a", String(repeating: "a", count: 41)])
    func namesOfTenantsArePlain(_ name: String) { #expect(Tenant(name) == nil) }

    @Test func aKeyWritesForOneTenant() async throws {
        try await withIngest { world in
            try await world.ingest.put(tenant("north", keys: ["k1"]))
            await #expect(throws: IngestError.self) { try await world.ingest.put(tenant("south", keys: ["k1"])) }
            #expect(await world.ingest.tenant(ofKey: "k1")?.name == "north")
            #expect(await world.ingest.tenant(ofKey: "k2") == nil)
            #expect(try await world.ingest.removeTenant("north"))
            #expect(try await !world.ingest.removeTenant("north"))
            #expect(try await !world.ingest.removeTenant(""))
        }
    }

    @Test func aMillionNewSeriesAreRefusedAtTheLimitAndTheKnownGoOn() async throws {
        try await withIngest { world in
            try await world.ingest.put(tenant("north", series: 1_000))
            var refused = 0
            for part in 0..<20 {
                let text = (0..<2_500).map { "air,id=\(part * 2_500 + $0) no2=1 1000" }.joined(separator: "\n")
                let answer = try await world.send(text, .line, .milliseconds, for: "north")
                refused += answer.counts.refused
                if part > 0 { #expect(answer.refusals.first?.fault.code == .tooManySeries) }
            }
            #expect(refused == 49_000)
            #expect(try await world.send("air,id=7 no2=2 2000", .line, .milliseconds, for: "north").counts.stored == 1)
            #expect(try await world.send("air,id=7 no2=2 2000", .line, .milliseconds).counts.stored == 1)
            let size = try await world.ingest.letters.size(of: "north")
            #expect(size.lines == 49_000 && size.letters < 60)
        }
    }

    @Test func aFullStoreRefusesNewSeriesOnly() async throws {
        var limits = TelemetryLimits()
        limits.series = 10
        try await withIngest(limits: limits) { world in
            let text = (0..<64).map { "air,id=\($0) no2=1 1000" }.joined(separator: "\n")
            let answer = try await world.send(text, .line, .milliseconds)
            #expect(answer.counts.stored == 10 && answer.counts.refused == 54)
            #expect(try await world.send("air,id=3 no2=2 2000\nb no2=1 2000", .line, .milliseconds).counts.stored == 1)
        }
    }

    @Test func whoSendsMoreThanTheShareIsToldWhenToComeAgain() async throws {
        try await withIngest { world in
            try await world.ingest.put(tenant("north", points: 10))
            try await world.ingest.put(tenant("south", bytes: 10))
            let text = (0..<100).map { "air no2=1 \($0)" }.joined(separator: "\n")
            #expect(try await world.send(text, .line, .milliseconds, for: "north").counts.stored == 100)
            let refused = await refusal { try await world.send(text, .line, .milliseconds, for: "north") }
            #expect(refused?.code == .overQuota && refused?.retryAfter == 11)
            world.clock.advance(by: 10)
            #expect(try await world.send(text, .line, .milliseconds, for: "north").counts.duplicates == 100)
            try await world.send(text, .line, .milliseconds, for: "south")
            await #expect(throws: IngestError.self) { try await world.send(text, .line, .milliseconds, for: "south") }
            let status = await world.ingest.status()
            #expect(status.map(\.tenant.name) == ["", "north", "south"] && status[1].refusals == 1 && status[1].totals.stored == 100)
        }
    }

    @Test func aLetterIsTriedAgainAndGoes() async throws {
        try await withIngest { world in
            try await world.ingest.put(tenant("north", series: 1))
            try await world.send("time,thing,property,value\n1,a,x,1\n2,b,x,2\n3,c,x,\"a\"", .csv, for: "north")
            let letter = try #require(try await world.ingest.letters.list().first)
            #expect(letter.lines == 2 && letter.tenant == "north" && letter.fault.code == .tooManySeries)
            try await world.ingest.put(tenant("north", series: 2))
            let answer = try await world.ingest.replay(letter)
            #expect(answer.counts.stored == 1 && answer.counts.refused == 1)
            #expect(try await world.readings("@north/b", "x") == "2000=2")
            let rest = try await world.ingest.letters.list()
            #expect(rest.count == 1 && rest[0].lines == 1 && rest[0].tries == 1 && rest[0].id != letter.id)
            #expect(rest[0].heading == Array("time,thing,property,value".utf8))
            try await world.ingest.put(tenant("north", series: 3))
            #expect(try await world.ingest.replay(rest[0]).counts.refused == 0)
            #expect(try await world.ingest.letters.list().isEmpty)
        }
    }

    @Test func aPointWithoutATimeKeepsTheMomentItCame() async throws {
        try await withIngest { world in
            try await world.ingest.put(tenant("north", series: 0))
            try await world.send("air no2=1", for: "north")
            world.clock.advance(by: 3_000)
            try await world.ingest.put(tenant("north"))
            _ = try await world.ingest.replay(try #require(try await world.ingest.letters.list().first))
            #expect(try await world.readings("@north/air", "no2") == "1795910400000=1")
        }
    }

    @Test func namesThatWereRefusedDoNotStay() async throws {
        try await withIngest { world in
            try await world.ingest.put(tenant("north", series: 3))
            func names(_ numbers: Range<Int>) -> String { numbers.map { "air,station=\($0) no2=1 1000" }.joined(separator: "\n") }
            let flood = try await world.send(names(0..<500), .line, .milliseconds, for: "north")
            #expect(flood.counts.stored == 3 && flood.counts.refused == 497)
            #expect(world.ingest.vocabularies.size == (0, 0))
            #expect(try await world.send(names(0..<4), .line, .milliseconds, for: "north").counts.duplicates == 3)
            #expect(world.ingest.vocabularies.size.vocabularies == 1)
        }
    }

    @Test func namesOfAllTenantsTogetherHaveOneBudget() async throws {
        var settings = IngestSettings()
        settings.vocabularyBytes = 200_000
        try await withIngest(settings: settings) { world in
            func send(_ count: Int, for tenant: String) async throws {
                let text = (0..<count).map { "air,station=\($0) no2=1 1000" }.joined(separator: "\n")
                #expect(try await world.send(text, .line, .milliseconds, for: tenant).counts.refused == 0)
            }
            for number in 0..<20 {
                try await world.ingest.put(tenant("t\(number)"))
                try await send(200, for: "t\(number)")
                #expect(world.ingest.vocabularies.size.bytes <= 200_000)
            }
            let size = world.ingest.vocabularies.size
            #expect((1...10).contains(size.vocabularies) && size.bytes > 100_000)
            // What is larger than all may be stays nowhere, and takes nobody's place.
            try await send(3_000, for: "t0")
            #expect(world.ingest.vocabularies.size == size)
        }
    }

    @Test func whatSomebodyExpectsMayLieAhead() async throws {
        try await withIngest { world in
            // In three days, and in four hundred.
            let (soon, late) = (1_795_910_400_000 + 3 * 86_400_000, 1_795_910_400_000 + 400 * 86_400_000)
            let answer = try await world.send(
                [
                    "temperature.forecast=21 \(soon)", "temperature=20 \(soon)", "temperature.forecast.lower=1 \(soon)",
                    "temperature.forecast=1 \(late)",
                ]
                .map { "weather " + $0 }.joined(separator: "\n"), .line, .milliseconds)
            #expect(answer.counts.stored == 1)
            #expect(answer.refusals.map(\.fault.code) == [.clockAhead, .badName, .clockAhead])
            #expect(try await world.readings("weather", "temperature.forecast") == "\(soon)=21")
            // What a forecaster here says of a series nobody else does.
            for thing in ["hall/meter", "air,station=7"] {
                let key = SeriesKey(thing: thing, property: "power")
                _ = try await world.store.declare(
                    [key.forecast, key.forecastLower, key.forecastUpper].map { SeriesDeclaration($0, .measurement) })
                let refused = try await world.send("\(thing) power.forecast=1 \(soon)", .line, .milliseconds)
                #expect(refused.refusals.first?.fault.code == .badName && refused.counts.stored == 0)
            }
        }
    }

    /// As `lares ingest tenants` and `lares ingest replay` do beside a worker that runs.
    @Test func whatAnotherProgramWroteIsLearntWithoutARestart() async throws {
        try await withIngest { world in
            let (upkeep, other) = (IngestUpkeep(world.ingest), try IngestStore(home: world.home))
            try await world.ingest.put(tenant("south"))
            try await world.send("air no2=1 1000", .line, .milliseconds, for: "south")
            try await other.put(tenant("north", series: 1), atMost: 10)
            await #expect(throws: IngestError.self) { try await other.put(tenant("west"), atMost: 3) }
            await #expect(throws: IngestError.self) { try await world.ingest.tenant("north") }
            await upkeep.look()
            let refused = try await world.send("air no2=1,o3=2 1000", .line, .milliseconds, for: "north")
            #expect(refused.counts.stored == 1 && refused.counts.refused == 1)
            // A quota that changed, and letters that somebody wants tried again.
            try await other.put(tenant("north", series: 2), atMost: 10)
            let letters = try DeadLetters(home: world.home)
            #expect(try await letters.want(DeadLetters.Filter(reason: "bad_line")) == 0)
            #expect(try await letters.want(DeadLetters.Filter(reason: "too_many_series")) == 1)
            await upkeep.look()
            #expect(try await world.readings("@north/air", "o3") == "1000=2")
            #expect(try await letters.size().letters == 0)
            // Who stayed as before goes on counting; who was removed isn't there.
            try await other.removeTenant("north")
            await upkeep.look()
            #expect(await world.ingest.status().map(\.tenant.name) == ["", "south"])
            #expect(await world.ingest.status()[1].totals.stored == 1)
        }
    }

    @Test func aWantedLetterThatCannotBeTriedStaysAndKeepsNoOtherFromIt() async throws {
        try await withIngest { world in
            let letters = world.ingest.letters
            func letter(_ tenant: String) -> DeadLetter {
                var letter = DeadLetter(
                    time: Timestamp(ingestNow), tenant: tenant, source: "test", format: .line, precision: .milliseconds, heading: nil,
                    fault: PointFault(.unknownTenant, "there is no tenant"), lines: 0, tries: 0, bytes: [])
                letter.bytes = Array("air no2=1 1000".utf8)
                return letter
            }
            try await letters.add([letter("east"), letter("north")])
            try await world.ingest.put(tenant("north"))
            #expect(try await letters.want(DeadLetters.Filter()) == 2)
            await IngestUpkeep(world.ingest).look()
            #expect(try await world.readings("@north/air", "no2") == "1000=1")
            #expect(try await letters.list().map(\.tenant) == ["east"])
        }
    }

    @Test func ofATooLongLineNothingIsTriedAgain() async throws {
        try await withIngest { world in
            try await world.send("air,x=" + String(repeating: "y", count: 70_000) + " no2=1")
            let letter = try #require(try await world.ingest.letters.list().first)
            #expect(!letter.isWhole && letter.bytes.count == 1 << 16)
            await #expect(throws: IngestError.self) { try await world.ingest.replay(letter) }
        }
    }

    @Test func tenantsUnitsAndLettersOutliveTheProcess() async throws {
        try await withTelemetryHome { home in
            let store = MemoryTelemetry()
            let first = try await Ingest(into: store, home: home, clock: FixedClock(ingestNow))
            try await first.put(tenant("north", series: 7, points: 5, keys: ["k1", "k2"]))
            var stream = try first.stream(.line, precision: .milliseconds, for: try await first.tenant("north"), source: "test")
            try await stream.take(Array("air,unit=°C t=1 1000\nbad".utf8))
            _ = try await stream.finish()
            let second = try await Ingest(into: store, home: home, clock: FixedClock(ingestNow))
            #expect(try await second.tenant("north") == tenant("north", series: 7, points: 5, keys: ["k1", "k2"]))
            #expect(try await second.letters.size().lines == 1)
            #expect(await second.status().last?.series == 1)
            stream = try second.stream(.line, precision: .milliseconds, for: try await second.tenant("north"), source: "test")
            try await stream.take(Array("air,unit=°F t=50 2000".utf8))
            #expect(try await stream.finish().counts.stored == 1)
            let series = try await store.series(of: "@north/air")[0].id
            #expect(try await store.latest(of: [series])[series]?.value == .number(10))
        }
    }
}
