import Foundation
import LaresPlaces
import LaresThings
import Testing

@Suite struct OccupancyTests {
    @Test func whereNothingSensesPeopleAnyMoreNobodyIsSaidToBe() throws {
        var theatre = SenseTheatre()
        let motion = try theatre.add("room/motion", "motion")
        theatre.report(try theatre.add("room/lamp", nil, category: "light", isWritable: true), false, by: Cause(.rule, name: "r"))
        theatre.report(motion, true)
        let room = try #require(AreaID("room"))
        #expect(theatre.engine.occupancy(of: room)?.isOccupied == true)
        theatre.remove(motion.thing)
        try theatre.pass(10)
        #expect(theatre.engine.occupancy(of: room) == nil && theatre.findings.contains(.peopleGone(room)))
    }

    @Test func aTelephoneAtHomeSaysNothingOfARoom() throws {
        var theatre = SenseTheatre()
        theatre.report(try theatre.add("room/anna", "presence", category: "device_tracker", property: "home"), true)
        try theatre.pass(10)
        #expect(theatre.engine.occupancy(of: try #require(AreaID("room"))) == nil)
        theatre.report(try theatre.add("room/radar", "presence"), true)
        try theatre.pass(10)
        #expect(theatre.engine.occupancy(of: try #require(AreaID("room")))?.isOccupied == true)
    }

    @Test func motionCountsForTenMinutesUntilMoreIsKnown() throws {
        try OccupancyStory().check(
            """
            motion     0-1-0---------------
            occupied   --1-----------0-----
            """)
    }

    @Test func aSensorOfPresenceHoldsAndLetsGoAtOnce() throws {
        try OccupancyStory().check(
            """
            presence   0-1------------------------------0------
            occupied   --1-------------------------------0-----
            """)
    }

    @Test func aSensorOfPresenceThatSeesNobodyShortensWhatMotionSays() throws {
        try OccupancyStory().check(
            """
            motion     0-1-0---------
            presence   0-1-0---------
            occupied   --1----0------
            """)
    }

    @Test func whoIsSeenBehindAClosedDoorStaysUntilItOpens() throws {
        try OccupancyStory().check(
            """
            door       0-1-0----------------------------1-0------
            motion     0-1--010----------------------------------
            occupied   --1--------------------------------0------
            """)
    }

    @Test func whoStillMovesLongAfterTheDoorWasClosedIsInside() throws {
        try OccupancyStory().check(
            """
            door       0-1-0----------------------------1-0------
            motion     0--1----0---------------------------------
            occupied   ---1-------------------------------0------
            """)
    }

    @Test func whoLeavesAndClosesTheDoorIsGone() throws {
        try OccupancyStory().check(
            """
            door       0---10------------
            motion     0-10--------------
            occupied   --1----------0----
            """)
    }

    @Test func aDoorThatNeverMovedSaysNothing() throws {
        try OccupancyStory().check(
            """
            door       0-------------------
            motion     0-1-0---------------
            occupied   --1-----------0-----
            """)
    }

    @Test func aHandAtTheSwitchIsWeakerEvidence() throws {
        try OccupancyStory().check(
            """
            lamp       --x-----------
            motion     0-------------
            occupied   --1------0----
            """)
    }

    @Test func whatASensorWithAFaultSaysDoesNotCount() throws {
        var theatre = SenseTheatre()
        let sensor = try theatre.add("room/motion", "motion")
        theatre.report(sensor, true)
        try theatre.pass(9 * 3600, step: 60)
        #expect(theatre.raised == [.trueTooLong] && theatre.engine.occupancy(of: room)?.isOccupied == false)
    }

    @Test func whatCanNotBeReachedDoesNotCount() throws {
        var theatre = SenseTheatre()
        let sensor = try theatre.add("room/presence", "presence")
        theatre.report(sensor, true)
        #expect(theatre.engine.occupancy(of: room)?.isOccupied == true)
        theatre.take(.offline, of: sensor.thing)
        try theatre.pass(65)
        #expect(theatre.engine.occupancy(of: room)?.isOccupied == false)
        theatre.take(.online, of: sensor.thing)
        try theatre.pass(5)
        #expect(theatre.engine.occupancy(of: room)?.isOccupied == true)
    }

    @Test func itSaysWhichSensorsWereTheEvidence() throws {
        var theatre = SenseTheatre()
        let (motion, window) = (try theatre.add("room/motion", "motion"), try theatre.add("room/window", "window"))
        for sensor in [motion, window] { theatre.report(sensor, false) }
        theatre.report(window, true)
        theatre.report(motion, true)
        let found = try #require(theatre.engine.occupancy(of: room))
        #expect(found.evidence.map(\.address) == [motion, window] && found.evidence.map(\.kind) == [.motion, .passage])
        #expect(abs(found.probability - (1 - 0.05 * 0.35)) < 1e-9)
    }

    @Test func aRoomWhosePeopleSitStillIsGivenMoreTime() throws {
        var theatre = SenseTheatre()
        let sensor = try theatre.add("room/motion", "motion")
        for _ in 0..<60 {
            theatre.report(sensor, true)
            try theatre.pass(30)
            theatre.report(sensor, false)
            try theatre.pass(700)
        }
        for value in [true, false] { theatre.report(sensor, .boolean(value)) }
        try theatre.pass(650)
        #expect(theatre.engine.occupancy(of: room)?.isOccupied == true)
        try theatre.pass(100)
        #expect(theatre.engine.occupancy(of: room)?.isOccupied == false)
    }

    @Test func aRoomThatOnlyHasALampSaysNothingOfPeople() throws {
        var theatre = SenseTheatre()
        let lamp = try theatre.add("room/lamp", nil, category: "light", isWritable: true)
        for value in [false, true, false] { theatre.report(lamp, .boolean(value)) }
        try theatre.pass(60)
        #expect(theatre.engine.occupancy(of: room) == nil)
    }

    private let room = AreaID("room")!
}
