import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Synchronization
import Testing

@Suite struct ZoneTests {
    /// What was published, by topic.
    private final class Broker: Sendable {
        let messages = Mutex<[(topic: String, text: String)]>([])
        func state(of zone: String) -> [String] {
            messages.withLock { $0.filter { $0.topic == "lares/zone/\(zone)/state" }.map(\.text) }
        }
    }

    private static func event(_ detections: [(String, Double, Double, String?)]) throws -> CameraEvent {
        let list = detections.map { kind, x, y, track -> String in
            let name = track.map { #","track":"\#($0)""# } ?? ""
            return #"{"class":"\#(kind)","box":[\#(x - 0.05),\#(y - 0.2),0.1,0.2],"confidence":0.9\#(name)}"#
        }
        return try CameraEvent(JSON(parsing: Array("{\"detections\":[\(list.joined(separator: ","))]}".utf8)))
    }

    private static func counting(_ zones: [String], _ clock: FixedClock, _ broker: Broker, file: String? = nil) async throws -> ZoneCounting
    {
        let counting = ZoneCounting(file: file, clock: clock) { message in
            broker.messages.withLock { $0.append((message.topic, String(decoding: message.payload, as: UTF8.self))) }
        }
        for zone in zones { try await counting.set(ZonePlan(JSON(parsing: Array(zone.utf8)))) }
        return counting
    }

    private static let square =
        #"{"id":"square","camera":"north","area":[[0.2,0.2],[0.8,0.2],[0.8,0.8],[0.2,0.8]],"classes":["person"],"interval":60,"least":2}"#
    private static let gate = #"{"id":"gate","camera":"north","line":[[0.5,0],[0.5,1]],"interval":60,"least":1}"#

    @Test func pointsAreReadAsPeopleWriteThem() throws {
        let text = "0.1,0.4  0.9,0.4\n0.9,1"
        let points = try #require(ZonePlan.points(reading: text))
        let plan = try ZonePlan(["id": "square", "camera": "north", "area": points])
        #expect(plan.corners == [.init(0.1, 0.4), .init(0.9, 0.4), .init(0.9, 1)])
        #expect(ZonePlan.points(reading: plan.pointsText) == points)
    }

    @Test(arguments: [
        "", "1,2", "1 2", "1,2 3", "1,2 3,", "1,2 ,3", "1,2 3,4,5", "1,,2 3,4", "a,b c,d", "nan,0 0,0", "inf,0 0,0", "0,0 0;1",
        String(repeating: "0,0 ", count: 33),
    ])
    func otherTextsAreNoPoints(text: String) { #expect(ZonePlan.points(reading: text) == nil) }

    @Test func eachTrackInAnAreaCountsOnceAnInterval() async throws {
        let (clock, broker) = (FixedClock(Date(timeIntervalSince1970: 1_800_000_000)), Broker())
        let zones = try await Self.counting([Self.square], clock, broker)
        await zones.take(
            try Self.event([("person", 0.5, 0.5, "a"), ("person", 0.3, 0.3, "b"), ("car", 0.5, 0.5, "c"), ("person", 0.9, 0.9, "d")]),
            from: "north")
        await zones.take(try Self.event([("person", 0.6, 0.5, "a")]), from: "north")
        await zones.take(try Self.event([("person", 0.6, 0.5, "e")]), from: "south")
        clock.advance(by: 61)
        await zones.tick()
        #expect(broker.state(of: "square") == [#"{"count":2,"most":2}"#])
    }

    @Test func fewerThanTheLeastAreToldAsNone() async throws {
        let (clock, broker) = (FixedClock(Date(timeIntervalSince1970: 1_800_000_000)), Broker())
        let zones = try await Self.counting([Self.square], clock, broker)
        await zones.take(try Self.event([("person", 0.5, 0.5, "a")]), from: "north")
        clock.advance(by: 61)
        await zones.tick()
        #expect(broker.state(of: "square") == [#"{"count":0,"most":0}"#])
    }

    @Test func aLineCountsBothWays() async throws {
        let (clock, broker) = (FixedClock(Date(timeIntervalSince1970: 1_800_000_000)), Broker())
        let zones = try await Self.counting([Self.gate], clock, broker)
        for x in [0.3, 0.45, 0.55, 0.7] {
            await zones.take(try Self.event([("person", x, 0.5, "a"), ("car", 1 - x, 0.4, "b")]), from: "north")
        }
        for x in [0.7, 0.4] { await zones.take(try Self.event([("person", x, 0.5, "a")]), from: "north") }
        clock.advance(by: 61)
        await zones.tick()
        let told = try #require(broker.state(of: "gate").first)
        let counts = try JSON(parsing: Array(told.utf8))
        #expect((counts["right"]?.number ?? 0) + (counts["left"]?.number ?? 0) == 3)
        #expect(Set([counts["right"]?.number, counts["left"]?.number]) == [1, 2])
    }

    @Test func tracksAreForgottenWithTheirInterval() async throws {
        let (clock, broker) = (FixedClock(Date(timeIntervalSince1970: 1_800_000_000)), Broker())
        let zones = try await Self.counting([Self.gate], clock, broker)
        await zones.take(try Self.event([("person", 0.3, 0.5, "a")]), from: "north")
        clock.advance(by: 61)
        // It crossed, but nobody knows that it is the same.
        await zones.take(try Self.event([("person", 0.7, 0.5, "a")]), from: "north")
        clock.advance(by: 60)
        await zones.tick()
        #expect(broker.state(of: "gate") == [#"{"right":0,"left":0}"#, #"{"right":0,"left":0}"#])
    }

    @Test func noMessageHasATrackAndNoFileADetection() async throws {
        let path = NSTemporaryDirectory() + "/lares-zones-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (clock, broker) = (FixedClock(Date(timeIntervalSince1970: 1_800_000_000)), Broker())
        let zones = try await Self.counting([Self.square, Self.gate], clock, broker, file: path)
        for place in 0..<9 { await zones.take(try Self.event([("person", 0.1 * Double(place), 0.5, "secret-\(place)")]), from: "north") }
        clock.advance(by: 61)
        await zones.tick()
        #expect(broker.messages.withLock { $0.allSatisfy { !$0.text.contains("secret") } })
        let kept = try String(contentsOfFile: path, encoding: .utf8)
        #expect(!kept.contains("secret"))
        let again = ZoneCounting(file: path) { _ in }
        #expect(await again.plans == zones.plans)
    }

    @Test func camerasSpeakByMQTTToo() async throws {
        let (clock, broker) = (FixedClock(Date(timeIntervalSince1970: 1_800_000_000)), Broker())
        let zones = try await Self.counting([Self.square], clock, broker)
        let text = #"{"detections":[{"class":"person","box":[0.4,0.4,0.1,0.1]},{"class":"person","box":[0.5,0.4,0.1,0.1]}]}"#
        await zones.take(MQTTMessage("lares/cameras/north/detections", text))
        for topic in ["lares/cameras/north", "lares/cameras/south/detections", "other/cameras/north/detections"] {
            await zones.take(MQTTMessage(topic, text))
        }
        await zones.take(MQTTMessage("lares/cameras/north/detections", "[["))
        clock.advance(by: 61)
        await zones.tick()
        #expect(broker.state(of: "square") == [#"{"count":2,"most":2}"#])
    }

    @Test(arguments: [
        "[]", #"{"id":"a"}"#, #"{"id":"a","camera":"n"}"#, #"{"id":"a","camera":"n","area":[[0,0],[1,1]]}"#,
        #"{"id":"a","camera":"n","line":[[0,0],[0,0]]}"#, #"{"id":"a","camera":"n","line":[[0,0],[0,2]]}"#,
        #"{"id":"A","camera":"n","line":[[0,0],[0,1]]}"#, #"{"id":"a","camera":"n","line":[[0,0],[0,1]],"least":0}"#,
        #"{"id":"a","camera":"n","line":[[0,0],[0,1]],"area":[[0,0],[0,1],[1,1]]}"#,
        #"{"id":"a","camera":"n","line":[[0,0],[0,1]],"faces":true}"#,
    ])
    func whatIsNoZoneIsRefused(_ text: String) {
        #expect(throws: AlarmError.self) { try ZonePlan(JSON(parsing: Array(text.utf8))) }
    }

    @Test func zonesAreReadAsTheyAreWritten() throws {
        for text in [Self.square, Self.gate] {
            let plan = try ZonePlan(JSON(parsing: Array(text.utf8)))
            #expect(try ZonePlan(plan.json) == plan)
        }
    }
}
