import Foundation
import LaresThings
import Testing

/// What only the store on servers promises.
@Suite(.enabled(if: ClickHouseServer.isThere, "clickhouse-server isn't installed, so the store on ClickHouse is NOT tested"))
struct ClickHouseTelemetryTests {
    private func address() throws -> ClickHouseAddress { try #require(try ClickHouseServer.shared?.database()) }

    private var hasty: ClickHouseSettings {
        var settings = ClickHouseSettings()
        settings.patience.total = .milliseconds(300)
        return settings
    }

    @Test func everythingIsThereWhenItIsOpenedAgain() async throws {
        let address = try address()
        let store = try await ClickHouseTelemetry(address)
        let series = try await store.declare(.power), gone = try await store.declare(.state, "gone")
        try await store.append(series, [(at(1), 1), (at(2), 2)])
        try await store.setRetention(Retention(rawDays: 5, fiveMinuteDays: 6, hourDays: 7), of: [series])
        try await store.remove([gone])
        let kept = try await store.series(of: nil)
        try await store.close()
        #expect(await code { try await store.append(series, [(at(3), 1)]) } == .closed)
        #expect(await code { _ = try await store.size() } == .closed)
        let again = try await ClickHouseTelemetry(address)
        #expect(try await again.series(of: nil) == kept && kept.count == 1)
        #expect(try await again.all(series).map(\.value) == [.number(1), .number(2)])
        #expect(try await again.declare(.state, "gone") > gone)
        try await again.close()
    }

    @Test func twoProcessesShareSeriesAndReadings() async throws {
        let address = try address()
        let one = try await ClickHouseTelemetry(address), other = try await ClickHouseTelemetry(address)
        let mine = try await one.declare(.measurement), first = try await other.declare(.measurement, "theirs")
        let same = try await other.declare(.measurement)
        #expect(same != first)
        try await one.append(mine, [(at(1), 1), (at(2), 1)])
        try await other.append(same, [(at(2), 2), (at(3), 3)])
        for (store, id) in [(one, mine), (other, same)] {
            #expect(try await store.all(id).map(\.value) == [1, 2, 3].map { .number($0) })
            #expect(try await store.statistics(of: id, in: at(1)..<at(4), every: .day).map(\.mean) == [1, 2, 3])
        }
        #expect(try await one.series(of: nil).map(\.key.property).sorted() == ["theirs", "value"])
        try await one.close()
        try await other.close()
    }

    @Test func whatAnotherProcessStoresIsToldOnce() async throws {
        let address = try address()
        let store = try await ClickHouseTelemetry(address), worker = try await ClickHouseTelemetry(address)
        let mine = try await store.declare(.measurement), silent = try await store.declare(.measurement, "silent")
        let start = Timestamp(.now).milliseconds - 60_000
        func times(_ steps: [Int64], _ value: Double) -> [(Timestamp, Double)] {
            steps.map { (Timestamp(milliseconds: start + $0), value) }
        }
        try await store.append(mine, times([1, 2], 1))
        try await store.append(silent, [(at(1), 1)])
        let tapped = TappedTelemetry(store)
        try await tapped.tap { _ in
            true
        } tell: { _ in
        }
        #expect(try await tapped.news(atMost: 10).told.isEmpty, "what is there already is somebody's to learn from")
        let same = try await worker.declare(.measurement), quiet = try await worker.declare(.measurement, "silent")
        try await worker.append(same, times([0, 3, 4], 2))
        try await tapped.append([Reading(mine, at: Timestamp(milliseconds: start + 5), .number(3))])
        try await worker.append(same, times([6, 7], 4) + times([4], 9))
        let news = try await tapped.news(atMost: 1)
        #expect(news.told.map(\.time.milliseconds) == [start + 6] && news.isMore)
        #expect(try await tapped.news(atMost: 10).told.map(\.number) == [4])
        // One that was silent for long, and one that nobody knew.
        try await worker.append(quiet, [(at(1, 1), 5), (at(3), 6)])
        let new = try await worker.declare(.measurement, "new")
        try await worker.append(new, times([1], 7))
        #expect(try await tapped.news(atMost: 10).told.map(\.number) == [5, 6])
        try await tapped.discover()
        #expect(try await tapped.news(atMost: 10).told.map(\.series.property) == ["new"])
        #expect(try await tapped.news(atMost: 10).told.isEmpty)
        try await tapped.close()
        try await worker.close()
    }

    @Test func bothNameTheSameLineWhenTheyDeclareAtTheSameTime() async throws {
        let address = try address()
        let stores = [try await ClickHouseTelemetry(address), try await ClickHouseTelemetry(address)]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, store) in stores.enumerated() {
                group.addTask {
                    for number in 0..<20 {
                        let id = try await store.declare(.measurement, "\(number)")
                        try await store.append(id, [(at(1 + Int64(place)), Double(number))])
                    }
                }
            }
            try await group.waitForAll()
        }
        let series = try await stores[0].series(of: nil)
        #expect(series.count == 20 && Set(series.map(\.id)).count == 20)
        for one in series {
            let value = ReadingValue.number(Double(one.key.property) ?? -1)
            #expect(try await stores[0].all(one.id).map(\.value) == [value, value])
        }
        for store in stores { try await store.close() }
    }

    @Test func anotherServerIsAskedWhenOneIsGone() async throws {
        var address = try address()
        address.hosts.insert(.init(name: "127.0.0.1", port: try FreePort.any()), at: 0)
        let store = try await ClickHouseTelemetry(address)
        let series = try await store.declare(.measurement)
        try await store.append(series, [(at(1), 1)])
        #expect(try await store.all(series).count == 1)
        try await store.close()
        address.hosts.removeLast()
        let alone = address
        let error = await #expect(throws: TelemetryError.self) { _ = try await ClickHouseTelemetry(alone, settings: hasty) }
        #expect(error?.code == .unreachable)
    }

    @Test func aServerThatHangsIsLeftAndNotAskedAgainSoon() async throws {
        var address = try address()
        let deaf = try DeafServer()
        defer { deaf.close() }
        address.hosts.insert(.init(name: "127.0.0.1", port: deaf.port), at: 0)
        var settings = ClickHouseSettings()
        settings.patience.first = .milliseconds(300)
        let start = ContinuousClock.now
        let store = try await ClickHouseTelemetry(address, settings: settings)
        let series = try await store.declare(.measurement)
        for hour: Int64 in 0..<10 { try await store.append(series, [(at(1, hour), Double(hour))]) }
        #expect(try await store.all(series).count == 10)
        // A minute is what an answer may take where there is nobody else to ask.
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(deaf.callers == 1, "whoever hangs once isn't asked again while others answer")
        try await store.close()
    }

    @Test(.disabled(if: ClickHouseServer.isNamed, "the server is not the tests' own"))
    func aWrongPasswordIsSaidAndNotRepeated() async throws {
        var address = try address()
        (address.user, address.password) = ("other", "p:w&d")
        try await ClickHouseTelemetry(address).close()
        address.password = "secret"
        let wrong = address
        let error = await #expect(throws: TelemetryError.self) { _ = try await ClickHouseTelemetry(wrong) }
        #expect(error?.code == .failed && error?.message.contains("password") == true && error?.message.contains("secret") == false)
    }

    @Test func oneBatchMayHaveMoreMonthsThanAServerTakes() async throws {
        let store = try await ClickHouseTelemetry(try address())
        let series = try await store.declare(.measurement)
        try await store.append((0..<200).map { Reading(series, at: Timestamp(milliseconds: $0 * 2_592_000_000), .number(Double($0))) })
        #expect(try await store.all(series).map(\.value) == (0..<200).map { .number(Double($0)) })
        #expect(try await store.latest(of: [series])[series]?.value == .number(199))
        try await store.close()
    }

    @Test func expiredReadingsLeaveTheDisk() async throws {
        let store = try await ClickHouseTelemetry(try address())
        let big = try await store.declare(.measurement), text = try await store.declare(.state, "text")
        for day: Int64 in 1...4 {
            try await store.append((0..<20_000).map { Reading(big, at: at(day, 0, 0, $0), .number(.pi * Double($0))) })
            try await store.append([Reading(text, at: at(day), .state("on"))])
        }
        #expect(try await store.compact(now: at(5)).deleted == 0)
        let before = try await store.size()
        #expect(before.months.keys.sorted() == ["2026-11"] && before.bytes > 100_000)
        try await store.setRetention(Retention(rawDays: 2, fiveMinuteDays: 2, hourDays: nil), of: [big, text])
        #expect(try await store.compact(now: at(5, 1)).deleted == 40_000 + 2)
        #expect(try await store.all(big).count == 40_000)
        #expect(try await store.statistics(of: big, in: at(1)..<at(5), every: .day).map(\.count) == [20_000, 20_000, 20_000, 20_000])
        #expect(try await store.compact(now: at(10)).deleted >= 40_002)
        #expect(try await store.size().bytes < before.bytes / 2)
        #expect(try await store.latest(of: [big, text]).isEmpty)
        #expect(try await store.statistics(of: big, in: at(1)..<at(5), every: .hour).reduce(0) { $0 + $1.count } == 80_000)
        try await store.remove([big])
        _ = try await store.compact(now: at(11))
        #expect(try await store.size().series == 1)
        try await store.close()
    }
}

/// Which server is asked.
struct ServerLineTests {
    private let now = ContinuousClock.now

    @Test func theNextIsAskedAndTheSlowLast() {
        var line = ServerLine(count: 3)
        #expect(line.current == 0 && line.hasOther(than: [0], at: now) && !line.hasOther(than: [0, 1, 2], at: now))
        line.note(slow: 0, until: now + .seconds(60))
        line.moveOn(from: 0, at: now)
        // Somebody else found the same.
        line.moveOn(from: 0, at: now)
        #expect(line.current == 1)
        line.moveOn(from: 1, at: now)
        line.moveOn(from: 2, at: now + .seconds(1))
        #expect(line.current == 1, "the first was slow")
        #expect(!line.hasOther(than: [1, 2], at: now + .seconds(1)) && line.hasOther(than: [1, 2], at: now + .seconds(61)))
        line.moveOn(from: 1, at: now + .seconds(61))
        line.moveOn(from: 2, at: now + .seconds(61))
        #expect(line.current == 0)
    }

    @Test func whereAllAreSlowTheNextIsAsked() {
        var line = ServerLine(count: 2)
        for place in 0..<2 {
            line.note(slow: place, until: now + .seconds(60))
            line.moveOn(from: place, at: now)
        }
        #expect(line.current == 0)
        var alone = ServerLine(count: 1)
        alone.moveOn(from: 0, at: now)
        #expect(alone.current == 0 && !alone.hasOther(than: [0], at: now))
    }
}

/// Where servers are, and what they answer.
struct ClickHouseAddressTests {
    @Test func addressesAreRead() throws {
        let one = try ClickHouseAddress(url: "clickhouse://db.example")
        #expect(one.hosts == [.init(name: "db.example", port: 8123)] && one.database == "lares" && one.user == nil && !one.isSecure)
        let all = try ClickHouseAddress(url: "clickhouses://us%40er:p%2Fw@a:1,[::1]:2,[fe80::1]/city?cluster=c_1&quorum=2")
        #expect(all.hosts.map(\.description) == ["a:1", "[::1]:2", "[fe80::1]:8443"])
        #expect(all.user == "us@er" && all.password == "p/w" && all.database == "city")
        #expect(all.cluster == "c_1" && all.quorum == 2 && all.isSecure && !all.description.contains("p/w"))
    }

    @Test(arguments: [
        "", "http://a", "clickhouse://", "clickhouse://a:0", "clickhouse://a:65536", "clickhouse://a:b", "clickhouse://a,/x",
        "clickhouse://a/x;y", "clickhouse://a/x?quorum=1", "clickhouse://a?cluster=a'b", "clickhouse://a?speed=1", "clickhouse://a b",
        "clickhouse://[::1", "clickhouse://a/\(String(repeating: "x", count: 65))",
    ])
    func badOnesAreRefused(url: String) async {
        #expect(await code { _ = try ClickHouseAddress(url: url) } == .badAddress)
    }

    private static let faults: [(String, Int, TelemetryError.Code, Bool)] = [
        ("Code: 252, e.displayText() = DB::Exception: Too many parts (300). Merges are slower, e.what() = x", 500, .overloaded, true),
        ("Code: 241. DB::Exception: Memory limit (total) exceeded", 500, .overloaded, true),
        ("Code: 243, e.displayText() = DB::Exception: Cannot reserve 1.00 MiB, not enough space", 500, .noSpace, false),
        (
            "Code: 75, e.displayText() = DB::ErrnoException: Cannot write, errno: 28, strerror: No space left on device", 500, .noSpace,
            false
        ),
        ("Code: 279, e.displayText() = DB::NetException: All connection tries failed", 500, .unreachable, true),
        ("Code: 242, e.displayText() = DB::Exception: Table is in readonly mode", 500, .unreachable, true),
        ("Code: 60, e.displayText() = DB::Exception: Table test.x doesn't exist.", 404, .failed, false),
        ("Bad gateway", 502, .unreachable, true), ("Not found", 404, .failed, false), ("", 500, .failed, false),
    ]

    @Test(arguments: faults) func faultsAreSaidAsWhatTheyAre(body: String, status: Int, code: TelemetryError.Code, isPassing: Bool) throws {
        let fault = ClickHouseFault(body: body, status: status)
        let error = fault.error(at: try ClickHouseAddress(url: "clickhouse://me:secret@db.example"))
        #expect(error.code == code && fault.isPassing == isPassing)
        #expect(error.message.contains("db.example:8123") && !error.message.contains("secret"))
    }
}
