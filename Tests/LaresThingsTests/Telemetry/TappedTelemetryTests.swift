import LaresThings
import Synchronization
import Testing

/// A store that tells of what it stored.
struct TappedTelemetryTests {
    private let memory = MemoryTelemetry()
    private let told = Told()

    private final class Told: Sendable {
        let calls = Mutex<[[TappedTelemetry.Told]]>([])

        var text: String {
            calls.withLock { $0 }.map { call in
                call.map { "\($0.series.property)@\($0.time.milliseconds)=\(Int($0.number))" }.joined(separator: " ")
            }.joined(separator: " | ")
        }
    }

    private func tap(_ store: TappedTelemetry, _ wanted: Set<String>) async throws {
        try await store.tap {
            wanted.contains($0.property)
        } tell: { [told] readings in
            told.calls.withLock { $0.append(readings) }
        }
    }

    private func declare(_ store: TappedTelemetry, _ names: [String], _ kind: SeriesKind = .measurement) async throws -> [SeriesID] {
        try await store.declare(names.map { SeriesDeclaration(SeriesKey(thing: "air,station=7", property: $0), kind) })
    }

    private func reading(_ id: SeriesID, _ time: Int64, _ value: Double) -> Reading {
        Reading(id, at: Timestamp(milliseconds: time), .number(value))
    }

    @Test func whatIsWantedIsToldOnceItIsStored() async throws {
        let store = TappedTelemetry(memory)
        let early = try await declare(store, ["no2", "o3"])
        try await store.append([reading(early[0], 1, 1)])
        #expect(told.text.isEmpty)
        try await tap(store, ["no2", "pm"])
        let late = try await declare(store, ["pm", "co"])
        try await store.append([reading(early[0], 2, 2), reading(early[1], 2, 3), reading(late[0], 2, 4), reading(late[1], 2, 5)])
        #expect(told.text == "no2@2=2 pm@2=4")
        // What came before isn't told; what is stored is the store's own.
        try await store.append([reading(early[0], 1, 9), reading(early[0], 2, 9), reading(early[0], 3, 6)])
        #expect(told.text == "no2@2=2 pm@2=4 | no2@3=6")
        let all = try await store.readings(of: early[0], in: Timestamp.earliest..<Timestamp.end, order: .oldestFirst, limit: 10)
        #expect(all.map(\.value) == [.number(9), .number(9), .number(6)])
    }

    @Test func somebodyElseMayWantSomethingElse() async throws {
        let store = TappedTelemetry(memory)
        let ids = try await declare(store, ["no2", "o3"])
        try await tap(store, ["no2"])
        try await tap(store, ["o3"])
        try await store.append([reading(ids[0], 1, 1), reading(ids[1], 1, 2)])
        #expect(told.text == "o3@1=2")
        try await store.remove([ids[1]])
        let again = try await declare(store, ["o3"])
        try await store.append([reading(again[0], 1, 3)])
        #expect(told.text == "o3@1=2 | o3@1=3")
    }

    @Test func textsAndWhatCouldNotBeStoredAreNotTold() async throws {
        let store = TappedTelemetry(memory)
        try await tap(store, ["state", "no2"])
        let text = try await declare(store, ["state"], .state), number = try await declare(store, ["no2"])
        try await store.append([Reading(text[0], at: Timestamp(milliseconds: 1), .state("on"))])
        await #expect(throws: TelemetryError.self) {
            try await store.append([self.reading(number[0], 1, 1), self.reading(SeriesID(99), 1, 1)])
        }
        #expect(told.text.isEmpty)
    }
}
