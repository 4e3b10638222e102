import Foundation
import LaresControl
import LaresJSON
import LaresPlaces
import LaresThings
import Synchronization
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

    /// What must not be was to be shown: somebody is to know at once, though red for all was shown.
    @Test func whatAMonitorObjectsToIsACriticalAlarm() async throws {
        final class Street: Sendable { let told = Mutex<[TrafficOccurrence]>([]) }
        let place = try WatchedHome(), street = Street()
        defer { place.delete() }
        let watching = try place.watching(), incidents = TrafficIncidents(watching) { street.told.withLock(\.self) }
        let plan = try SmallCrossing.rules().plan
        func see(_ time: Double) async {
            let junction = TrafficSecond.Junction(plan: plan, phase: 0, aspects: plan.phases[0], approaches: [])
            await incidents.saw(TrafficSecond(at: place.clock.now, time: time, junctions: [junction]))
            place.clock.advance(by: 1)
        }
        await see(1)
        #expect(try await watching.alarms().isEmpty)
        let event = TrafficEvent(time: 2, signal: "c", kind: .violation("links 0 and 1 go at once and cross"))
        street.told.withLock { $0 = [TrafficOccurrence(event, at: place.clock.now)] }
        for second in 2...5 { await see(Double(second)) }
        let alarms = try await watching.alarms()
        #expect(alarms.count == 1 && alarms[0].severity == .critical && alarms[0].cause.model == "traffic-violation")
        #expect(alarms[0].watch == "traffic-incidents" && alarms[0].series.description == "signal_c/violation")
        let timeline = try await watching.incident(alarms[0].incident)?.timeline.map(\.what) ?? []
        #expect(timeline.contains { $0.contains("links 0 and 1 go at once and cross") }, "\(timeline)")
    }
}
