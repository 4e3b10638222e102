import LaresStore
import LaresThings
import Testing

/// What is kept of what couldn't be taken.
struct DeadLettersTests {
    private func letter(_ tenant: String, _ size: Int, at time: Int64 = 0, _ code: PointFault.Code = .badLine) -> DeadLetter {
        DeadLetter(
            time: Timestamp(milliseconds: time), tenant: tenant, source: "test", format: .line, precision: .seconds, heading: nil,
            fault: PointFault(code, "why"), lines: 1, tries: 0, bytes: [UInt8](repeating: 65, count: size))
    }

    @Test func theOldestMakeRoomForNewOnes() async throws {
        try await withTelemetryHome { home in
            var limits = DeadLetters.Limits()
            (limits.bytes, limits.tenantBytes) = (5_000, 3_000)
            let letters = try DeadLetters(home: home, limits: limits)
            #expect(try await letters.add((0..<2).map { letter("a", 1_000, at: $0) }) == 0)
            #expect(try await letters.add([letter("a", 1_000, at: 2)]) == 1)
            #expect(try await letters.list().map(\.time.milliseconds) == [2, 1])
            #expect(try await letters.add((3..<5).map { letter("b", 1_000, at: $0) }) == 0)
            #expect(try await letters.add([letter("c", 1_000, at: 5)]) == 1)
            #expect(try await letters.list().map(\.time.milliseconds) == [5, 4, 3, 2])
            // They count after a restart too.
            let again = try DeadLetters(home: home, limits: limits)
            #expect(try await again.add([letter("b", 1_000, at: 6)]) == 1)
            let size = try await again.size()
            #expect(size.letters == 4 && size.lines == 4 && size.bytes == 4_800)
        }
    }

    @Test func lettersAreFoundAndRemovedByWhatTheyAre() async throws {
        try await withTelemetryHome { home in
            let letters = try DeadLetters(home: home)
            try await letters.add([
                letter("a", 1, at: 0), letter("b", 1, at: 1, .badTime), letter("a", 1, at: 2, .badTime), letter("a", 1, at: 3),
            ])
            #expect(try await letters.list(.init(tenant: "a")).map(\.id) == [4, 3, 1])
            #expect(try await letters.list(.init(reason: "bad_time")).map(\.id) == [3, 2])
            #expect(try await letters.list(.init(tenant: "a", before: 4), limit: 1).map(\.id) == [3])
            #expect(try await letters.letter(2)?.fault == PointFault(.badTime, "why"))
            #expect(try await letters.letter(9) == nil)
            #expect(try await letters.remove(1))
            #expect(try await !letters.remove(1))
            #expect(try await letters.remove(.init(tenant: "a", reason: "bad_time")) == 1)
            #expect(try await letters.prune(now: Timestamp(milliseconds: 30 * 86_400_000 + 2)) == 1)
            #expect(try await letters.list().map(\.id) == [4])
        }
    }
}
