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
}
