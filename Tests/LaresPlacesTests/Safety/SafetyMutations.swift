import Foundation
import LaresJSON
import LaresPlaces
import LaresTesting
import LaresThings
import Testing

/// What people and cameras send, damaged: it is read, or refused with an error.
@Suite struct SafetyMutations {
    @Test(.timeLimit(.minutes(2))) func damagedZonesAndEventsNeverTrap() async throws {
        var mutations = Mutations(seed: 47)
        let zone = Array(
            #"{"id":"square","camera":"north","area":[[0,0],[1,0],[1,1],[0,1]],"classes":["person"],"interval":60,"least":2}"#.utf8)
        let line = Array(#"{"id":"gate","camera":"north","line":[[0.5,0],[0.5,1]],"interval":60,"least":1}"#.utf8)
        let event = Array(
            #"{"detections":[{"class":"person","box":[0.4,0.4,0.1,0.1],"track":7,"confidence":0.9},{"class":"car","box":[0.1,0.2,0.3,0.4]}]}"#
                .utf8)
        let zones = ZoneCounting(clock: FixedClock(Date(timeIntervalSince1970: 1_800_000_000))) { _ in }
        for text in [zone, line] { try await zones.set(ZonePlan(JSON(parsing: text))) }
        var (read, counted) = (0, 0)
        for number in 0..<Mutations.inputs / 2 {
            if let json = try? JSON(parsing: mutations.mutate(number.isMultiple(of: 2) ? zone : line)), let plan = try? ZonePlan(json) {
                #expect(try ZonePlan(plan.json) == plan)
                read += 1
            }
            guard let json = try? JSON(parsing: mutations.mutate(event)), let damaged = try? CameraEvent(json) else { continue }
            await zones.take(damaged, from: "north")
            counted += 1
        }
        #expect(read > 100 && counted > 100)
    }

    @Test func damagedPointsAreReadTheSameTwiceOrNotAtAll() throws {
        var mutations = Mutations(seed: 48), read = 0
        for _ in 0..<Mutations.inputs / 2 {
            let text = String(decoding: mutations.mutate(Array("0.1,0.4 0.9,0.4 0.9,1 0.1,1".utf8)), as: UTF8.self)
            guard let points = ZonePlan.points(reading: text) else { continue }
            #expect((2...32).contains(points.elements?.count ?? 0))
            guard let plan = try? ZonePlan(["id": "a", "camera": "b", "area": points]) else { continue }
            #expect(ZonePlan.points(reading: plan.pointsText) == points)
            read += 1
        }
        #expect(read > 100)
    }
}
