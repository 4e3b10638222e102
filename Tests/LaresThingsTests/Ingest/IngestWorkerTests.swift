import LaresThings
import Synchronization
import Testing

/// Messages of a source that become readings, or are delivered again.
struct IngestWorkerTests {
    /// Delivers batches, each again until it is taken; ends after the last.
    private final class Deliveries: IngestSource {
        private let batches: [[SourceMessage]]
        let attempts = Mutex(0)

        init(_ batches: [[SourceMessage]]) { self.batches = batches }

        func run(_ take: @escaping @Sendable ([SourceMessage]) async throws -> Void) async throws {
            for batch in batches {
                var isTaken = false
                while !isTaken {
                    attempts.withLock { $0 += 1 }
                    do {
                        try await take(batch)
                        isTaken = true
                    } catch { try Task.checkCancellation() }
                }
            }
        }
    }

    private func message(_ topic: String, _ text: String, at time: Int64? = nil) -> SourceMessage {
        SourceMessage(topic: topic, payload: Array(text.utf8), received: time.map { Timestamp(milliseconds: $0) })
    }

    private func work(_ world: IngestWorld, _ batches: [SourceMessage]...) async throws {
        try await IngestWorker(world.ingest, from: Deliveries(batches), named: "test").run()
    }

    @Test func messagesAreStoredByTheirFormatAndTenant() async throws {
        try await withIngest { world in
            try await world.ingest.put(try #require(Tenant("north")))
            let source = Deliveries([
                [
                    message("city/north/air", "air no2=1 1000000"), message("city/south/air", "air no2=2 1000000\nair no2=3 2000000"),
                    message("city/north/hall", #" {"thing":"hall","property":"t","value":1,"time":1}"#),
                    message("city/north/air", "air no2=4 2000000\nbroken"),
                ],
                [message("city/north/air", "air no2=5 3000000")],
            ])
            let worker = IngestWorker(world.ingest, from: source, named: "test") { topic in String(topic.split(separator: "/")[1]) }
            try await worker.run()
            #expect(try await world.readings("@north/air", "no2") == "1=1 2=4 3=5")
            #expect(try await world.readings("@north/hall", "t") == "1000=1")
            // A tenant that nobody made is nobody else, not this Lares itself either.
            #expect(try await world.readings("air", "no2") == nil)
            let letters = try await world.ingest.letters.list().sorted { $0.tenant < $1.tenant }
            #expect(letters.map(\.tenant) == ["north", "south"] && letters.allSatisfy { $0.source == "test" })
            #expect(letters.map(\.fault.code) == [.badLine, .unknownTenant] && letters[1].lines == 2)
        }
    }

    @Test func aMessageThatIsDeliveredAgainCountsOnce() async throws {
        try await withIngest { world in
            let messages = [
                message("a", "air no2=1", at: 5_000), message("a", "air no2=2\nair o3=7", at: 5_000), message("a", "air no2=1", at: 5_000),
                message("a", "air no2=4 9000000000", at: 5_000), message("a", "air no2=5", at: 5_001),
            ]
            let stored = "5000=1 5001=2 5002=1 5003=5 9000=4"
            try await work(world, messages)
            #expect(try await world.readings("air", "no2") == stored)
            // Whole, in part, and one by one.
            try await work(world, messages, Array(messages[1...]), [messages[2]], [messages[4]])
            #expect(try await world.readings("air", "no2") == stored)
            #expect(try await world.readings("air", "o3") == "5000=7")
            #expect(await world.ingest.status()[0].totals.stored == 6)
            // The worker was killed between storing and acknowledging.
            world.clock.advance(by: 60)
            try await work(try await world.restarted(), messages)
            #expect(try await world.readings("air", "no2") == stored)
        }
    }

    @Test func messagesWhoseTimeIsNotKnownAreOfNow() async throws {
        try await withIngest { world in
            // A switch that went on and off within a batch.
            try await work(world, ["1", "0", "1"].map { message("a", "door open=\($0)") }, [message("a", "door open=0")])
            let now = Timestamp(ingestNow).milliseconds
            #expect(try await world.readings("door", "open") == "\(now)=1 \(now + 1)=0 \(now + 2)=1 \(now + 3)=0")
        }
    }

    @Test func whatIsTriedAgainIsOfTheSecondInWhichItCame() async throws {
        try await withIngest { world in
            let texts = (0..<3).map { message("a", "air no2=\"\($0)\"", at: 5_000 + 700 * Int64($0)) }
            try await work(world, [message("a", "air no2=1", at: 1_000)] + texts)
            let letters = try await world.ingest.letters.list().sorted { $0.time < $1.time }
            #expect(letters.map(\.time.milliseconds) == [5_000, 6_400] && letters.map(\.lines) == [2, 1])
            var mended = letters[0]
            mended.bytes = Array("air no2=2\nair no2=3".utf8)
            #expect(try await world.ingest.replay(mended).counts.stored == 2)
            #expect(try await world.readings("air", "no2") == "1000=1 5000=2 5001=3")
        }
    }

    @Test func aTenantBeyondItsShareKeepsNobodyElseWaiting() async throws {
        try await withIngest { world in
            var quota = Tenant.Quota()
            quota.pointsPerSecond = 1
            try await world.ingest.put(try #require(Tenant("north", quota: quota)))
            try await world.ingest.put(try #require(Tenant("south")))
            let flood = (0..<30).map { message("lares/v1/points/north", "air no2=\($0) \($0 + 1)000000") }
            let source = Deliveries([
                Array(flood.prefix(10)), Array(flood.dropFirst(10)) + [message("lares/v1/points/south", "air no2=1 1000000")],
            ])
            let worker = IngestWorker(world.ingest, from: source, named: "mqtt") { PointTopics.tenant(of: $0) }
            try await worker.run()
            #expect(try await world.readings("@south/air", "no2") == "1=1")
            #expect(try await world.readings("@north/air", "no2")?.split(separator: " ").count == 10)
            let letters = try await world.ingest.letters.list()
            #expect(letters.count == 1 && letters[0].lines == 20 && letters[0].tenant == "north")
            #expect(letters[0].fault.code == .overQuota && source.attempts.withLock { $0 } == 2)
            // With time its share grows, and the letter can be tried again.
            world.clock.advance(by: 60)
            let answer = try await world.ingest.replay(letters[0])
            #expect(answer.counts.stored == 20)
            #expect(try await world.ingest.letters.size().letters == 0)
        }
    }

    @Test func pointsOfATenantThatNobodyMadeAreNobodyElses() async throws {
        try await withIngest { world in
            let source = Deliveries([
                [
                    message("lares/v1/points/east/air", "air no2=1 1000000"), message("lares/v1/points/B%20d", "air no2=2 1000000"),
                    message("lares/v1/points", "air no2=3 1000000"),
                ]
            ])
            let worker = IngestWorker(world.ingest, from: source, named: "mqtt") { PointTopics.tenant(of: $0) }
            try await worker.run()
            #expect(try await world.readings("air", "no2") == "1=3")
            let letters = try await world.ingest.letters.list().sorted { $0.tenant < $1.tenant }
            #expect(letters.map(\.tenant) == ["", "east"] && letters.allSatisfy { $0.fault.code == .unknownTenant })
            #expect(await refusal { _ = try await world.ingest.replay(letters[0]) }?.code == .badRequest)
            #expect(await refusal { _ = try await world.ingest.replay(letters[1]) }?.code == .unknownTenant)
            try await world.ingest.put(try #require(Tenant("east")))
            _ = try await world.ingest.replay(letters[1])
            #expect(try await world.readings("@east/air", "no2") == "1=1")
        }
    }

    @Test(arguments: [
        ("lares/v1/points", ""), ("lares/v1/points/north", "north"), ("lares/v1/points/north/7", "north"), ("lares/v1/points/", ""),
        ("lares/v1/pointsnorth", ""), ("x/lares/v1/points/north", ""),
    ])
    func theTopicNamesTheTenant(_ topic: String, _ tenant: String) { #expect(PointTopics.tenant(of: topic) == tenant) }

    @Test func whatCannotBeStoredIsDeliveredAgain() async throws {
        try await withIngest { world in
            let source = Deliveries([[message("a", "air no2=1 1000000")]])
            world.store.trouble = TelemetryError(.noSpace, "the disk is full")
            let run = Task { try await IngestWorker(world.ingest, from: source, named: "test").run() }
            while source.attempts.withLock({ $0 }) < 3 { await Task.yield() }
            world.store.trouble = nil
            try await run.value
            #expect(try await world.readings("air", "no2") == "1=1")
        }
    }
}
