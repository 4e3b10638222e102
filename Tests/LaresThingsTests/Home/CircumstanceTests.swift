import Foundation
import LaresStore
import LaresThings
import Testing

/// What is kept beside readings: whose doing they were, and when a thing couldn't be reached.
@Suite struct CircumstanceTests {
    private let telemetry = MemoryTelemetry()
    private let lamp = ThingID("hall/lamp")!

    /// Recording waits for the store: not on a thread that the store needs.
    private func aside(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { done.resume(with: Result { try body() }) }
        }
    }

    private func kept(_ key: SeriesKey) async throws -> [Reading] {
        guard let series = try await telemetry.series(of: key.thing).first(where: { $0.key == key }) else { return [] }
        return try await telemetry.all(series.id)
    }

    @Test func whoseDoingAChangeWasIsKeptUnlessItIsTheThingsOwn() async throws {
        let recorder = TelemetryRecorder(telemetry), address = PropertyAddress(lamp, "on")
        let causes = [Cause.device, Cause(.rule, name: "hall"), Cause(.principal, name: "anna"), .device]
        let changes = causes.enumerated().map { number, cause in
            Change(address, from: nil, to: .boolean(number % 2 == 0), at: at(1, 8).date + Double(number), by: cause)
        }
        try await aside { try recorder.record(changes) { _ in Property("on", .boolean) } }
        let readings = try await kept(SeriesKey(address)), sides = try await kept(SeriesKey(address).cause)
        #expect(readings.count == 4 && sides.map(\.time) == [readings[1].time, readings[2].time])
        #expect(sides.map(\.value) == [.state("rule hall"), .state("principal")], "not who the person was")
        #expect(sides.compactMap { Cause($0.value) } == [Cause(.rule, name: "hall"), Cause(.principal)])
    }

    @Test func whenAThingCouldNotBeReachedIsKeptOverARestart() async throws {
        let path = NSTemporaryDirectory() + "/lares-reach-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try LaresHome(path: path), clock = FixedClock(at(1, 8).date), key = SeriesKey.availability(of: lamp)
        let announcement = MQTTMessage(
            "homeassistant/light/lamp/config",
            #"{"name":null,"uniq_id":"l","stat_t":"lamp","cmd_t":"lamp/set","avty_t":"there","dev":{"ids":"1","name":"Lamp","sa":"Hall"}}"#,
            isRetained: true)
        func home() async throws -> Home {
            let recorder = TelemetryRecorder(telemetry)
            try await recorder.resume()
            return try Home(store: try HomeStore(home: folder), recorder: recorder, readers: [HomeAssistantDiscovery()], clock: clock)
        }
        let before = try await home()
        try await aside { try before.receive([announcement, MQTTMessage("there", "online")]) }
        #expect(try await kept(key).isEmpty, "most things are always there")
        clock.advance(by: 60)
        try await aside { try before.receive([MQTTMessage("there", "offline")]) }
        let after = try await home()
        clock.advance(by: 60)
        try await aside { try after.receive([MQTTMessage("there", "online")]) }
        #expect(try await kept(key).map(\.value) == [.state("offline"), .state("online")])
        #expect(try await kept(key).map(\.time) == [at(1, 8, 1), at(1, 8, 2)])
        #expect(key.isOfCircumstances && key.isReserved && !SeriesKey(thing: "hall/lamp", property: "on").isOfCircumstances)
    }
}
