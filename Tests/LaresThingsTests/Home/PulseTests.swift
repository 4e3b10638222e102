import Foundation
import LaresStore
import LaresThings
import Synchronization
import Testing

/// What stays as it is, in histories.
@Suite struct PulseTests {
    /// A home with one plug, and a clock that is moved.
    private final class Place: Sendable {
        let clock = FixedClock(at(1, 8).date)
        let telemetry = MemoryTelemetry()
        let home: Home
        let power = PropertyAddress(ThingID("hall/plug")!, "power")

        init(_ folder: LaresHome, _ extra: String = #","avty_t":"plug/there""#) throws {
            home = try Home(
                store: try HomeStore(home: folder), recorder: TelemetryRecorder(telemetry), readers: [HomeAssistantDiscovery()],
                clock: clock)
            try home.receive([
                MQTTMessage(
                    "homeassistant/sensor/plug/config",
                    #"{"name":"Power","uniq_id":"p","stat_t":"plug","dev_cla":"power","unit_of_meas":"W","dev":{"ids":"1","name":"Plug","sa":"Hall"}\#(extra)}"#,
                    isRetained: true)
            ])
            try home.pulse()
        }

        /// Recording waits for the store: not on a thread that the store needs.
        static func aside(_ body: @escaping @Sendable () throws -> Void) async throws {
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                DispatchQueue.global().async { done.resume(with: Result { try body() }) }
            }
        }

        func receive(_ messages: [MQTTMessage]) async throws { try await Self.aside { [home] in try home.receive(messages) } }

        func pulse() async throws { try await Self.aside { [home] in try home.pulse() } }

        /// Lets time pass, minute by minute; reports every minute when told to.
        func pass(minutes: Int, reporting value: String? = nil) async throws {
            try await Self.aside { [clock, home] in
                for _ in 0..<minutes {
                    clock.advance(by: 60)
                    try home.passTime()
                    try home.pulse()
                    if let value { try home.receive([MQTTMessage("plug", value)]) }
                }
            }
        }

        func series() async throws -> Series {
            try #require(try await telemetry.series(of: "hall/plug").first { $0.key.property == "power" })
        }

        func times() async throws -> [Timestamp] { try await telemetry.all(try await series().id).map(\.time) }
    }

    private func withPlace<R>(_ extra: String = #","avty_t":"plug/there""#, _ body: (Place) async throws -> R) async throws -> R {
        let path = NSTemporaryDirectory() + "/lares-pulse-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(try Place(try LaresHome(path: path), extra))
    }

    private static func pulse(_ minutes: Int64) -> Timestamp { Timestamp(milliseconds: at(1, 8).milliseconds + minutes * 60_000 + 1) }

    @Test func constantPowerIsEnergy() async throws {
        try await withPlace { place in
            try await place.receive([MQTTMessage("plug/there", "online"), MQTTMessage("plug", "2000")])
            try await place.pass(minutes: 240, reporting: "2000")
            let times = try await place.times()
            #expect(times == [at(1, 8)] + (1...48).map { Self.pulse($0 * 5) })
            let hours = try await place.telemetry.statistics(of: place.series().id, in: at(1)..<at(1, 12), every: .hour)
            #expect(hours.count == 4 && hours.allSatisfy { abs(($0.amount ?? 0) - 2_000) < 1 })
        }
    }

    @Test func whatIsOnlineIsBelievedThoughItSaysNothing() async throws {
        try await withPlace { place in
            try await place.receive([MQTTMessage("plug/there", "online"), MQTTMessage("plug", "7")])
            try await place.pass(minutes: 300)
            #expect(try await place.times().count == 61)
        }
    }

    @Test func aPlugThatIsGoneTakesNothing() async throws {
        try await withPlace { place in
            try await place.receive([MQTTMessage("plug/there", "online"), MQTTMessage("plug", "2000")])
            try await place.pass(minutes: 62)
            try await place.receive([MQTTMessage("plug/there", "offline")])
            try await place.pass(minutes: 88)
            try await place.receive([MQTTMessage("plug/there", "online"), MQTTMessage("plug", "0")])
            try await place.pass(minutes: 10)
            #expect(try await place.times().filter { $0 > at(1, 9, 1) && $0 < at(1, 10, 29) }.isEmpty)
            let days = try await place.telemetry.statistics(of: place.series().id, in: at(1)..<at(2), every: .day)
            // An hour, and until the pulse that it missed.
            #expect(days.map { ($0.amount ?? 0).rounded() } == [2_167])
        }
    }

    @Test func aThingThatNeverSaysWhetherItIsThereIsBelievedForTwoHours() async throws {
        try await withPlace("") { place in
            try await place.receive([MQTTMessage("plug", "2000")])
            try await place.pass(minutes: 60, reporting: "2000")
            #expect(try await place.times().count == 13, "reports that say the same count")
            try await place.pass(minutes: 300)
            #expect(try await place.times().count == 13 + 24)
            #expect(try await place.times().last == Self.pulse(180))
        }
    }

    @Test func whatExpiredIsAGap() async throws {
        try await withPlace(#","exp_aft":600,"avty_t":"plug/there""#) { place in
            try await place.receive([MQTTMessage("plug/there", "online"), MQTTMessage("plug", "20")])
            try await place.pass(minutes: 40)
            try await place.receive([MQTTMessage("plug", "20")])
            try await place.pass(minutes: 4)
            #expect(try await place.times() == [at(1, 8), Self.pulse(5), at(1, 8, 40)])
            let range = at(1, 8)..<at(1, 8, 45)
            let chart = try await place.telemetry.buckets(of: place.series().id, in: range, atMost: 46)
            #expect(chart.stretches(until: range.upperBound).map { $0.buckets.map(\.mean) } == [[20, 20], [20]])
            #expect(chart.gaps(in: range) == [at(1, 8, 6)..<at(1, 8, 40)])
        }
    }

    @Test func aPulseIsNoChange() async throws {
        try await withPlace { place in
            try await place.receive([MQTTMessage("plug/there", "online"), MQTTMessage("plug", "20")])
            let before = try #require(place.home.state(of: place.power)), events = place.home.events()
            try await place.pass(minutes: 20)
            #expect(place.home.state(of: place.power) == before)
            try await place.receive([MQTTMessage("plug", "21")])
            for await event in events {
                guard case .changed(let change) = event else { continue }
                #expect(change.new == .number(21))
                break
            }
            // Nor is it one after the program was killed before it saved its states.
            let changed = place.home.state(of: place.power)
            try await place.pass(minutes: 10)
            try await place.home.catchUp(with: place.telemetry)
            #expect(place.home.state(of: place.power) == changed)
        }
    }

    @Test func whatChangedSinceIsNotWhatItWas() async throws {
        try await withPlace { place in
            try await place.receive([MQTTMessage("plug/there", "online"), MQTTMessage("plug", "20")])
            try await place.pass(minutes: 4)
            place.clock.advance(by: 61)
            try await place.receive([MQTTMessage("plug", "30")])
            try await place.pulse()
            #expect(try await place.times() == [at(1, 8), at(1, 8, 5, 1)])
            // A minute late is too late to know.
            place.clock.advance(by: 299 + 61)
            try await place.pulse()
            #expect(try await place.times().count == 2)
        }
    }

    @Test func aClockThatIsSetBackStopsNothing() async throws {
        try await withPlace { place in
            try await place.receive([MQTTMessage("plug/there", "online"), MQTTMessage("plug", "20")])
            try await place.pass(minutes: 120)
            place.clock.advance(by: -7_200 * 2)
            try await place.pass(minutes: 10)
            let readings = try await place.telemetry.readings(
                of: place.series().id, in: at(1, 5)..<at(1, 8), order: .oldestFirst, limit: 10)
            #expect(readings.map(\.time) == [Self.pulse(-115), Self.pulse(-110)])
        }
    }

    @Test func onAndOffHavePulsesAndWordsHaveNone() async throws {
        let path = NSTemporaryDirectory() + "/lares-pulse-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let clock = FixedClock(at(1, 8).date), telemetry = MemoryTelemetry()
        let home = try Home(
            store: try HomeStore(home: try LaresHome(path: path)), recorder: TelemetryRecorder(telemetry),
            readers: [HomeAssistantDiscovery()], clock: clock)
        try await Place.aside {
            try home.receive([
                MQTTMessage(
                    "homeassistant/switch/s/config", #"{"uniq_id":"s","stat_t":"s","cmd_t":"s/set","dev":{"ids":"1","name":"Box"}}"#),
                MQTTMessage("homeassistant/sensor/w/config", #"{"name":"Word","uniq_id":"w","stat_t":"w","dev":{"ids":"1"}}"#),
                MQTTMessage("s", "ON"), MQTTMessage("w", "cooling"),
            ])
            try home.pulse()
            clock.advance(by: 301)
            try home.pulse()
        }
        for one in try await telemetry.series(of: nil) {
            #expect(try await telemetry.all(one.id).count == (one.kind == .state ? 1 : 2), "\(one.key)")
        }
    }

    @Test func aGroupIsBelievedAsItsThingsAre() async throws {
        try await withPlace { place in
            try place.home.set(ThingGroup(id: ThingID("groups/plugs")!, name: "Plugs", members: [ThingID("hall/plug")!]))
            try await place.receive([MQTTMessage("plug/there", "online"), MQTTMessage("plug", "20")])
            try await place.pass(minutes: 180)
            let group = try #require(try await place.telemetry.series(of: "groups/plugs").first)
            #expect(try await place.telemetry.all(group.id).count == 37)
        }
    }

    /// Counts what is appended.
    private final class CountingRecorder: ChangeRecorder {
        let batches = Mutex<[Int]>([])
        func record(_ changes: [Change], property: (PropertyAddress) -> Property?) throws {}
        func record(_ pulses: [Pulse], at date: Date, property: (PropertyAddress) -> Property?) throws {
            batches.withLock { $0.append(pulses.count) }
        }
    }

    @Test func aThousandThingsAreOneBatch() throws {
        let path = NSTemporaryDirectory() + "/lares-pulse-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let clock = FixedClock(at(1, 8).date), recorder = CountingRecorder()
        let home = try Home(
            store: try HomeStore(home: try LaresHome(path: path)), recorder: recorder, readers: [HomeAssistantDiscovery()], clock: clock)
        try home.receive(
            (0..<1_000).flatMap { number in
                [
                    MQTTMessage(
                        "homeassistant/sensor/t\(number)/config",
                        #"{"name":"Level","uniq_id":"t\#(number)","stat_t":"t\#(number)","unit_of_meas":"%","dev":{"ids":"\#(number)","name":"Tank \#(number)"}}"#
                    ),
                    MQTTMessage("t\(number)", "5"),
                ]
            })
        try home.pulse()
        clock.advance(by: 300)
        let time = try ContinuousClock().measure { try home.pulse() }
        #expect(recorder.batches.withLock(\.self) == [1_000])
        #expect(time < .milliseconds(500), "\(time)")
    }
}
