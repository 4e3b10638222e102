import Foundation
import LaresControl
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct TrafficIncidentsTests {
    @Test func aVehicleThatStandsInTheWayBecomesAnAlarm() async throws {
        let place = try WatchedHome()
        defer { place.delete() }
        let watching = try place.watching()
        let incidents = TrafficIncidents(watching)
        let network = try RoadNetwork(parsing: Array(SmallCrossing.text.utf8))
        let plan = try SignalPlan(of: "c", in: network)
        let aspects = plan.phases[0]
        for second in 1...400 {
            // From the 360th second on a vehicle stands 60 m before the line.
            let readings = plan.approaches.indices.map { approach in
                let stands = approach == 0 && second >= 360
                return ApproachReading(vehicles: stands ? [SeenVehicle(distance: 60, speed: 0, waited: 0)] : [])
            }
            let junction = TrafficSecond.Junction(plan: plan, phase: 0, aspects: aspects, approaches: readings)
            await incidents.saw(TrafficSecond(at: place.clock.now, time: Double(second), junctions: [junction]))
            place.clock.advance(by: 1)
        }
        let alarm = try #require(try await watching.alarms().first)
        #expect(alarm.watch == "traffic-incidents" && alarm.cause.model == "traffic-stranded" && alarm.state == .raised)
        let told = await incidents.json()
        #expect(told.elements?.count == 1)
        #expect(told.elements?.first?["junction"]?.text == "c" && told.elements?.first?["lane"]?.text == plan.approaches[0].lane)
        #expect(told.elements?.first?["ended_at"] == .null)
    }
}
