import Foundation
import LaresPlaces
import LaresThings
import Testing

/// Watches of the kinds that look for one thing each.
@Suite struct WatchKindTests {
    private static func plan(_ kind: WatchPlan.Kind, _ properties: [String] = ["power"]) throws -> WatchPlan {
        try #require(WatchPlan(id: "one", things: "hall/+", properties: properties, learning: 60, kind: kind))
    }

    /// Ends what watches, which keeps what it learnt, and begins anew from the disk.
    private static func restarted(_ watching: Watching, _ place: WatchedHome) async throws -> Watching {
        let run = Task { await watching.run() }
        run.cancel()
        await run.value
        let next = try place.watching()
        await next.begin()
        return next
    }

    @Test(arguments: [
        (WatchPlan.Kind.changePoint, "change-point", (0..<20).map { 110 + Double($0 * 7 % 13) }),
        (.seasonal, "seasonal-residual", [2_000]), (.likelihood, "error-likelihood", (0..<20).map { $0.isMultiple(of: 2) ? 60 : 160 }),
        (.spectral, "spectral-residual", [2_000]),
    ])
    func eachFindsWhatItIsForAndGoesOnAfterARestart(_ kind: WatchPlan.Kind, _ model: String, _ odd: [Double]) async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        var watching = try place.watching()
        await watching.begin()
        try await watching.set(Self.plan(kind))
        try await place.read(WatchedHome.usual(200), watching)
        #expect(try await watching.alarms().isEmpty)
        watching = try await Self.restarted(watching, place)
        #expect(await watching.plans == [try Self.plan(kind)])
        #expect(await watching.seriesCount == 1)
        // It needn't learn again.
        try await place.read(odd, watching)
        let alarm = try #require(try await watching.alarms().first)
        #expect(alarm.cause.model == model && alarm.series.description == "hall/meter/power")
    }

    /// A meter that tells volts too.
    private static func home() throws -> WatchedHome {
        let place = try WatchedHome()
        try place.home.receive([
            MQTTMessage(
                "homeassistant/sensor/volts/config",
                #"{"name":null,"uniq_id":"volts","stat_t":"volts","unit_of_meas":"V","dev_cla":"voltage","dev":{"ids":"meter","name":"meter","sa":"Hall"}}"#,
                isRetained: true)
        ])
        return place
    }

    /// Has both be told each minute.
    private static func read(_ rows: [(power: Double, voltage: Double)], _ place: WatchedHome, _ watching: Watching) async throws {
        for row in rows {
            let events = place.home.events()
            place.clock.advance(by: 60)
            try place.home.receive([
                MQTTMessage("meter", "\(row.power)"), MQTTMessage("volts", "\(row.voltage)"), MQTTMessage("end", ""),
            ])
            for await event in events {
                if case .heard = event { break }
                await watching.take(event)
            }
            await watching.tick()
        }
    }

    /// The more power, the fewer volts.
    private static let usual = WatchedHome.usual(200).map { (power: $0, voltage: 330 - $0) }

    @Test func whatDoesNotGoTogetherIsOneAlarm() async throws {
        let place = try Self.home()
        defer { place.delete() }
        var watching = try place.watching()
        await watching.begin()
        try await watching.set(Self.plan(.multivariate, ["power", "voltage"]))
        try await Self.read(Self.usual, place, watching)
        #expect(try await watching.alarms().isEmpty)
        watching = try await Self.restarted(watching, place)
        #expect(await watching.seriesCount == 1)
        // Each by itself is usual.
        try await Self.read([(111, 219), (112, 229)], place, watching)
        let alarms = try await watching.alarms()
        #expect(alarms.map(\.series.description) == ["hall/meter/power"] && alarms[0].cause.model == "multivariate")
        #expect(alarms[0].cause.value == 112)
        // What was learnt of other properties is nothing worth.
        try await watching.set(Self.plan(.multivariate, ["voltage", "power"]))
        #expect(await watching.seriesCount == 0)
    }

    @Test func whatStaysIsTakenAsItWas() async throws {
        let place = try Self.home()
        defer { place.delete() }
        let watching = try place.watching()
        await watching.begin()
        try await watching.set(Self.plan(.multivariate, ["power", "voltage"]))
        try await Self.read(Self.usual, place, watching)
        // Volts stay, so nothing tells of them: when power comes again, they are as they were.
        try await place.read([112, 100], watching)
        #expect(try await watching.alarms().map(\.cause.value) == [112])
    }

    @Test func seriesThatAreWatchedTogetherLearnFromTheirHistories() async throws {
        let place = try Self.home()
        defer { place.delete() }
        let telemetry = MemoryTelemetry()
        let ids = try await telemetry.declare(
            ["power", "voltage"].map { SeriesDeclaration(SeriesKey(thing: "hall/meter", property: $0), .measurement) })
        let begin = place.clock.now - 200 * 60
        let readings = Self.usual.enumerated().flatMap { step, row in
            zip(ids, [row.power, row.voltage]).map { Reading($0, at: LaresThings.Timestamp(begin + Double(step) * 60), .number($1)) }
        }
        try await telemetry.append(readings)
        let watching = try place.watching(telemetry)
        await watching.begin()
        try await watching.set(Self.plan(.multivariate, ["power", "voltage"]))
        #expect(await watching.seriesCount == 1)
        try await Self.read([(111, 219), (112, 229)], place, watching)
        #expect(try await watching.alarms().map(\.cause.value) == [112])
    }
}
