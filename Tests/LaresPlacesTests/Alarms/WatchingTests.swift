import Foundation
import LaresPlaces
import LaresStore
import LaresThings
import Testing

/// A home on a disk with a meter in its hall.
struct WatchedHome {
    let path = NSTemporaryDirectory() + "/lares-watching-\(UUID().uuidString)"
    let clock = FixedClock(Date(timeIntervalSince1970: 1_800_000_000))
    let store: HomeStore
    let home: Home

    init() throws {
        store = try HomeStore(home: try LaresHome(path: path))
        home = try Home(store: store, recorder: nil, readers: [HomeAssistantDiscovery()], clock: clock)
        home.hear(["end"])
        try home.receive([
            MQTTMessage(
                "homeassistant/sensor/meter/config",
                #"{"name":null,"uniq_id":"meter","stat_t":"meter","unit_of_meas":"W","dev_cla":"power","dev":{"ids":"meter","name":"meter","sa":"Hall"}}"#,
                isRetained: true)
        ])
    }

    func delete() { try? FileManager.default.removeItem(atPath: path) }

    func watching(_ telemetry: (any TelemetryStore)? = nil, models: (any TrainedModels)? = nil) throws -> Watching {
        try Watching(home: home, store: AlarmStore(store), telemetry: telemetry, models: models, clock: clock)
    }

    /// Has a reading come each minute, and the watching told of it.
    func read(_ values: [Double], _ watching: Watching) async throws {
        for value in values {
            let events = home.events()
            clock.advance(by: 60)
            try home.receive([MQTTMessage("meter", "\(value)"), MQTTMessage("end", "")])
            for await event in events {
                if case .heard = event { break }
                await watching.take(event)
            }
            await watching.tick()
        }
    }

    /// Values that swing a little.
    static func usual(_ count: Int) -> [Double] { (0..<count).map { 100 + Double($0 * 7 % 13) } }
}

@Suite struct WatchingTests {
    private static let plan = WatchPlan(id: "power", things: "hall/+", properties: ["power"], severity: .critical, learning: 60)!

    @Test func whatIsOddIsAnAlarmUntilItIsCalm() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let watching = try place.watching()
        await watching.begin()
        try await watching.set(Self.plan)
        try await place.read(WatchedHome.usual(200), watching)
        #expect(try await watching.alarms().isEmpty)
        try await place.read([2_000], watching)
        let alarm = try #require(try await watching.alarms().first)
        #expect(
            alarm.state == .raised && alarm.severity == .critical && alarm.series.description == "hall/meter/power"
                && alarm.place == AreaID("hall"))
        #expect(alarm.cause.value == 2_000 && alarm.cause.score >= 0.5 && alarm.cause.model == "ensemble" && alarm.cause.version == "1")
        let incident = try #require(try await watching.incident(alarm.incident))
        #expect(incident.timeline.map(\.kind) == [.reading, .alarm] && incident.timeline[1].because == 0)
        try await place.read(WatchedHome.usual(40), watching)
        #expect(try await watching.alarms().map(\.state) == [.cleared])
        #expect(try await watching.incidents().first?.endedAt != nil)
    }

    @Test func aRestartForgetsNothing() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        var watching = try place.watching()
        await watching.begin()
        try await watching.set(Self.plan)
        try await place.read(WatchedHome.usual(200), watching)
        try await place.read([2_000], watching)
        try await watching.acknowledge(1, by: "ada")
        let before = try await watching.alarms()
        let run = Task { [watching] in await watching.run() }
        run.cancel()
        await run.value

        watching = try place.watching()
        await watching.begin()
        #expect(await watching.plans == [Self.plan])
        #expect(await watching.seriesCount == 1)
        #expect(try await watching.alarms() == before && before.first?.acknowledged?.person == "ada")
        // It needn't learn again, and numbers go on.
        try await place.read(WatchedHome.usual(40), watching)
        try await place.read([9_000], watching)
        #expect(try await watching.alarms().first?.lastAt == place.clock.now)
    }

    @Test func whoWatchesIsToldOfAlarmsThatAreKept() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let watching = try place.watching()
        await watching.begin()
        try await watching.set(Self.plan)
        var changes = await watching.changes().makeAsyncIterator()
        try await place.read(WatchedHome.usual(200) + [2_000], watching)
        #expect(await changes.next()?.state == .raised)
        try await watching.acknowledge(1, by: "ada")
        #expect(await changes.next()?.state == .acknowledged)
        // What is learnt is kept bit by bit, without a stop.
        #expect(try await place.watching().seriesCount == 1)
    }

    @Test func itLearnsFromHistory() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let telemetry = MemoryTelemetry()
        let series = try await telemetry.declare([SeriesDeclaration(SeriesKey("hall/meter/power"), .power)])[0]
        let begin = place.clock.now - 200 * 60
        let readings = WatchedHome.usual(200).enumerated().map { step, value in
            Reading(series, at: LaresThings.Timestamp(begin + Double(step) * 60), .number(value))
        }
        try await telemetry.append(readings)
        let watching = try place.watching(telemetry)
        await watching.begin()
        try await watching.set(Self.plan)
        #expect(await watching.seriesCount == 1)
        try await place.read(WatchedHome.usual(203).suffix(3) + [2_000], watching)
        #expect(try await watching.alarms().map(\.cause.value) == [2_000])
    }

    @Test func whatNoPlanNamesIsNotWatched() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let watching = try place.watching()
        await watching.begin()
        try await place.read(WatchedHome.usual(10), watching)
        #expect(await watching.seriesCount == 0)
        try await watching.set(Self.plan)
        try await place.read(WatchedHome.usual(10), watching)
        #expect(await watching.seriesCount == 1)
        try await watching.remove(plan: "power")
        #expect(await watching.seriesCount == 0)
        await #expect(throws: AlarmError.self) { try await watching.remove(plan: "power") }
        #expect(try await place.watching().plans.isEmpty)
    }

    @Test func peoplesActsAreKept() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let watching = try place.watching()
        await watching.begin()
        try await watching.set(Self.plan)
        try await place.read(WatchedHome.usual(200) + [2_000], watching)
        try await watching.shelve(1, until: place.clock.now + 3_600, by: "ada")
        #expect(try await place.watching().alarms().map(\.state) == [.shelved])
        try await watching.clear(1, by: "ada")
        #expect(try await place.watching().alarm(1)?.clearedBy == "ada")
        await #expect(throws: AlarmError.self) { try await watching.clear(2, by: "ada") }
    }

    @Test func seriesThatAreNoThingsAreWatchedWhereThatIsSaid() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let store = TappedTelemetry(MemoryTelemetry())
        let names = [("air,station=7", "no2"), ("air,station=8", "no2"), ("air,station=7", "no2.forecast"), ("hall/meter", "power")]
        let ids = try await store.declare(names.map { SeriesDeclaration(SeriesKey(thing: $0.0, property: $0.1), .measurement) })
        let start = Int64(place.clock.now.timeIntervalSince1970 * 1_000)
        func append(_ value: Double, _ step: Int, _ which: Range<Int>) async throws {
            let time = Timestamp(milliseconds: start + Int64(step) * 60_000)
            try await store.append(ids[which].map { Reading($0, at: time, .number(value)) })
        }
        for (step, value) in WatchedHome.usual(100).enumerated() { try await append(value, step - 100, 0..<4) }
        let watching = try place.watching(store)
        await watching.begin()
        // What is usual comes from the history; a plan for things means none of these but the meter.
        try await watching.set(try #require(WatchPlan(id: "all", things: "#", properties: ["+"], learning: 60)))
        #expect(await watching.seriesCount == 1)
        try await watching.set(
            try #require(WatchPlan(id: "air", things: "air,station=7", properties: ["+"], learning: 60, isBeyondThings: true)))
        #expect(await watching.seriesCount == 2)
        let life = Task { await watching.run() }
        for (step, value) in WatchedHome.usual(50).enumerated() { try await append(value, step, 0..<4) }
        try await append(9_000, 50, 0..<4)
        for _ in 0..<500 where try await watching.alarms().isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        let alarms = try await watching.alarms()
        #expect(alarms.map(\.series.description) == ["air,station=7/no2"] && alarms.first?.watch == "air")
        #expect(try await watching.incidents().first?.things == ["air,station=7"])
        life.cancel()
        await life.value
        // After a restart it is as it was.
        #expect(try await place.watching(store).alarms().first?.series == SeriesKey(thing: "air,station=7", property: "no2"))
    }

    /// Two kinds of data of one square, one of them forecast, and another square.
    @Test func alarmsOfOnePlaceAreOneIncidentWithWhatLedToIt() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let store = TappedTelemetry(MemoryTelemetry())
        let names = ["air,place=Old\\ Town/no2", "@north/traffic,area=Old\\ Town/flow", "traffic,area=old_town/flow", "air,place=Hill/no2"]
        let keys = try names.map { try #require(SeriesKey($0)) }
        let ids = try await store.declare(
            (keys + [keys[0].forecast, keys[0].forecastError]).map { SeriesDeclaration($0, .measurement) })
        let start = Int64(place.clock.now.timeIntervalSince1970 * 1_000)
        func append(_ value: Double, _ step: Int, _ which: [Int]) async throws {
            let time = LaresThings.Timestamp(milliseconds: start + Int64(step) * 60_000)
            try await store.append(which.map { Reading(ids[$0], at: time, .number(value)) })
        }
        for (step, value) in WatchedHome.usual(100).enumerated() { try await append(value, step - 100, [0, 1, 2, 3, 4, 5]) }
        let watching = try Watching(
            home: place.home, store: AlarmStore(place.store), telemetry: store, clock: place.clock,
            whereabouts: { $0.thing.contains("Hill") ? "elsewhere" : nil })
        await watching.begin()
        try await watching.set(try #require(WatchPlan(id: "all", things: "#", properties: ["+"], learning: 60, isBeyondThings: true)))
        let life = Task { await watching.run() }
        func wait(_ isSo: () async throws -> Bool) async throws {
            for _ in 0..<500 where try await !isSo() { try await Task.sleep(for: .milliseconds(10)) }
        }
        try await append(105, 0, [4])
        for (step, value) in WatchedHome.usual(6).enumerated() { try await append(value, step, [0, 1, 2, 3]) }
        try await append(9_000, 6, [0, 2, 3])
        try await append(8_895, 7, [5])
        try await wait { try await watching.incident(1)?.timeline.contains { $0.kind == .forecast } ?? false }
        try await append(9_000, 8, [1])
        try await wait { try await watching.alarms().count == 5 }
        life.cancel()
        await life.value
        let incidents = try await watching.incidents().sorted { $0.number < $1.number }
        #expect(incidents.map { $0.place?.description } == ["old_town", "hill", "north_old_town"], "the tenant's is another")
        let incident = try #require(incidents.first)
        #expect(incident.things == ["air,place=Old\\ Town", "traffic,area=old_town"] && incident.alarms.count == 3)
        let line = incident.timeline
        #expect(zip(line, line.dropFirst()).allSatisfy { $0.date <= $1.date }, "\(line)")
        for key in [keys[0], keys[2]] {
            #expect(line.filter { $0.kind == .reading && $0.subject == key.description }.count >= 6, "\(key)")
        }
        let forecast = try #require(line.firstIndex { $0.kind == .forecast && $0.subject == keys[0].description })
        #expect(line[forecast].what == "105")
        let reading = try #require(line.firstIndex { $0.what == "9000" && $0.subject == keys[0].description })
        #expect(line[reading].because == forecast && line.contains { $0.kind == .alarm && $0.because == reading })
        // An alarm about the error of a forecast tells both: what was expected, and what came.
        let error = try #require(line.firstIndex { $0.subject == keys[0].forecastError.description && $0.what == "8895" })
        #expect(line[error].because.map { line[$0].kind } == .forecast)
    }

    @Test func whatOtherProgramsStoreIsWatchedOnceAndInOrder() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let memory = MemoryTelemetry(), store = TappedTelemetry(SharedTelemetry(memory))
        func declare(_ station: Int) async throws -> SeriesID {
            try await memory.declare([SeriesDeclaration(SeriesKey(thing: "air,station=\(station)", property: "no2"), .measurement)])[0]
        }
        let start = Int64(place.clock.now.timeIntervalSince1970 * 1_000)
        func append(_ values: [Double], _ id: SeriesID, from step: Int, to store: any TelemetryStore) async throws {
            try await store.append(
                values.enumerated().map { offset, value in
                    Reading(id, at: LaresThings.Timestamp(milliseconds: start + Int64(step + offset) * 60_000), .number(value))
                })
        }
        let id = try await declare(7)
        try await append(WatchedHome.usual(100), id, from: -100, to: memory)
        let watching = try place.watching(store)
        await watching.begin()
        let plan = WatchPlan(id: "air", things: "#", properties: ["no2"], learning: 60, isBeyondThings: true)
        try await watching.set(try #require(plan))
        try await watching.look()
        #expect(try await watching.alarms().isEmpty)
        // A worker stores past the tap. What is from before isn't judged any more, and what was judged isn't judged again.
        try await append([5_000], id, from: -1, to: memory)
        try await append(Array(WatchedHome.usual(150).suffix(50)), id, from: 0, to: memory)
        try await watching.look()
        #expect(try await watching.alarms().isEmpty)
        try await append([9_000], id, from: 50, to: memory)
        try await watching.look()
        let alarm = try #require(try await watching.alarms().first)
        #expect(alarm.cause.value == 9_000 && alarm.raisedAt == place.clock.now + 50 * 60)
        try await watching.look()
        #expect(try await watching.alarm(1)?.lastAt == alarm.lastAt)
        // A series that a worker makes is found after a while.
        try await append(WatchedHome.usual(100) + [9_000], try await declare(8), from: 0, to: memory)
        for _ in 0..<12 { try await watching.look() }
        #expect(try await watching.alarms().map(\.series.thing) == ["air,station=8", "air,station=7"])
    }
}

/// A store in memory that others may write to, as one on servers is.
struct SharedTelemetry: TelemetryStore {
    let store: MemoryTelemetry

    init(_ store: MemoryTelemetry) { self.store = store }

    var isShared: Bool { true }
    func declare(_ declarations: [SeriesDeclaration]) async throws -> [SeriesID] { try await store.declare(declarations) }
    func series(of thing: String?) async throws -> [Series] { try await store.series(of: thing) }
    func append(_ readings: [Reading]) async throws { try await store.append(readings) }
    func keptFrom(of series: SeriesID) -> LaresThings.Timestamp { store.keptFrom(of: series) }
    func readings(
        of series: SeriesID, in range: Range<LaresThings.Timestamp>, order: ReadingOrder, limit: Int
    ) async throws -> [Reading] {
        try await store.readings(of: series, in: range, order: order, limit: limit)
    }
    func buckets(of series: SeriesID, in range: Range<LaresThings.Timestamp>, atMost count: Int) async throws -> BucketedSeries {
        try await store.buckets(of: series, in: range, atMost: count)
    }
    func latest(of series: [SeriesID]) async throws -> [SeriesID: Reading] { try await store.latest(of: series) }
    func statistics(
        of series: SeriesID, in range: Range<LaresThings.Timestamp>, every period: StatisticPeriod
    ) async throws -> [Statistic] {
        try await store.statistics(of: series, in: range, every: period)
    }
    func setRetention(_ retention: Retention, of series: [SeriesID]) async throws {
        try await store.setRetention(retention, of: series)
    }
    func remove(_ series: [SeriesID]) async throws { try await store.remove(series) }
    func compact(now: LaresThings.Timestamp) async throws -> CompactionResult { try await store.compact(now: now) }
    func size() async throws -> TelemetrySize { try await store.size() }
}
