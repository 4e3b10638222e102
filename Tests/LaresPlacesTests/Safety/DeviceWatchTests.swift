import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

/// What is kept of devices' habits counts by the clocks of the place.
@Suite struct DeviceWatchTests {
    /// The hour of the day that a message at a moment counts for.
    private func hour(_ date: Date, in zone: @escaping @Sendable () -> TimeZoneRules) throws -> Int? {
        let file = NSTemporaryDirectory() + "/lares-devices-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let devices = DeviceWatch(watching: nil, file: file, clock: FixedClock(date), zone: zone)
        devices.heard([DeviceMessage(thing: try #require(ThingID("hall/meter")), topic: "z/m", bytes: 3)], at: date)
        devices.save()
        let kept = try JSON(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: file))))
        return kept["devices"]?["hall/meter"]?["hour"]?.number.flatMap { Int(exactly: $0) }
    }

    @Test(arguments: [("Asia/Shanghai", 6), ("UTC", 22), ("America/New_York", 17), ("Asia/Kolkata", 4)])
    func hoursAreThoseOfThePlace(zone: String, hour: Int) throws {
        // 2027-01-15T22:30:00Z
        let rules = try TimeZoneRules(zone)
        #expect(try self.hour(Date(timeIntervalSince1970: 1_800_052_200), in: { rules }) == hour)
    }

    /// A device whose habits are known: four days of a message a minute, heard and looked at as they come. Nothing of it is an alarm.
    private func known(_ place: WatchedHome, _ watching: Watching) async throws -> DeviceWatch {
        let rules = try TimeZoneRules("UTC"), devices = DeviceWatch(watching: watching, clock: place.clock) { rules }
        for minute in 0..<4 * 1_440 {
            devices.heard([try message("z/\(minute % 3)", 80 + minute % 7)], at: place.clock.now)
            place.clock.advance(by: 60)
            await devices.tick()
        }
        #expect(try await watching.alarms().isEmpty)
        return devices
    }

    private func message(_ topic: String, _ bytes: Int) throws -> DeviceMessage {
        DeviceMessage(thing: try #require(ThingID("hall/meter")), topic: topic, bytes: bytes)
    }

    /// Lets minutes pass in which so many messages come each.
    private func live(_ minutes: Int, _ place: WatchedHome, _ devices: DeviceWatch, _ messages: (Int) throws -> [DeviceMessage])
        async throws
    {
        for minute in 0..<minutes {
            for message in try messages(minute) { devices.heard([message], at: place.clock.now) }
            place.clock.advance(by: 60)
            await devices.tick()
        }
    }

    @Test(arguments: [("silent", Alarm.Severity.major), ("flood", .major), ("topic", .minor), ("size", .minor)])
    func whatADeviceNeverDidIsAnAlarm(oddity: String, severity: Alarm.Severity) async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let watching = try place.watching(), devices = try await known(place, watching)
        switch oddity {
        case "silent": try await live(180, place, devices) { _ in [] }
        case "flood": try await live(2, place, devices) { minute in try (0..<200).map { try message("z/\($0 % 3)", 80 + $0 % 7) } }
        case "topic": try await live(5, place, devices) { minute in [try message("other/\(minute)", 80)] }
        default: try await live(60, place, devices) { minute in [try message("z/\(minute % 3)", 9_000)] }
        }
        let alarms = try await watching.alarms()
        #expect(alarms.map(\.watch) == ["device-habits"] && alarms.map(\.cause.model) == ["device-\(oddity)"])
        #expect(alarms.first?.severity == severity && alarms.first?.state == .raised)
        #expect(alarms.first?.series.description == "hall/meter/messages_\(oddity)")
        let told = devices.json { _ in true }
        #expect(told.elements?.first?["odd"] == [.string(oddity)])
    }
}
