import Foundation
import LaresAccess
import LaresJSON
import Testing

/// Deeds that are done later are judged as everything is then.
@Suite struct PledgeTests {
    private let start = AccessUnderTest.start

    /// What a deed is judged to be later, by what was kept of it.
    private func judged(_ pledge: Pledge, _ access: AccessUnderTest, hazards: Set<Deed.Hazard> = []) throws -> HomeGuard.Judgement {
        let kept = try #require(Pledge(pledge.json))
        #expect(kept.json == pledge.json)
        return try access.guardian.judge(kept, now: start.addingTimeInterval(600)) { asker in
            Deed(by: asker, through: kept.path, on: Deed.door, hazards: hazards, order: ["locked": false])
        }
    }

    @Test func whatIsAsItWasIsDone() throws {
        try withAccess { access in
            let anna = try access.person("Anna", .owner).principal
            #expect(try judged(Pledge(.lighting(by: anna), .none), access).isPermitted)
            #expect(try judged(Pledge(.lighting(by: .local), .none), access).isPermitted)
            #expect(try judged(Pledge(.unlocking(by: anna), .confirmed), access, hazards: [.opens]).isPermitted)
            #expect(try access.acts().first == .deedPermitted)
        }
    }

    @Test func whoseKeyEndedHasNothingDone() throws {
        try withAccess { access in
            let (anna, phone) = try access.person("Anna", .owner), tablet = try access.key("tablet", .guest)
            let pledges = [Pledge(.lighting(by: phone), .none), Pledge(.lighting(by: tablet), .none)]
            try access.keys.revoke("tablet", now: start)
            try access.people.remove(anna.id, by: .local, now: start)
            for pledge in pledges { #expect(try judged(pledge, access) == .refused(.keyEnded)) }
            #expect(try access.acts().prefix(2) == [.deedRefused, .deedRefused])
        }
    }

    @Test func whatIsDangerousNowWasNotMeant() throws {
        try withAccess { access in
            let anna = try access.person("Anna", .owner).principal
            #expect(try judged(Pledge(.lighting(by: anna), .confirmed), access, hazards: [.opens]) == .needs(.confirmation))
            #expect(try judged(Pledge(.unlocking(by: anna), .confirmed), access, hazards: [.opens, .heats]) == .needs(.confirmation))
            #expect(try access.acts().prefix(2) == [.deedHeld, .deedHeld])
        }
    }

    @Test func aPolicyAndARoleAreAsTheyAreNow() throws {
        try withAccess { access in
            let (anna, phone) = try access.person("Anna", .owner)
            let (lamp, door) = (Pledge(.lighting(by: phone), .none), Pledge(.unlocking(by: phone), .confirmed))
            try access.people.setPIN("4071", of: anna.id, by: .local, now: start)
            #expect(try judged(door, access, hazards: [.opens]) == .needs(.pin))
            #expect(try judged(Pledge(.unlocking(by: phone), .pin("4071")), access, hazards: [.opens]).isPermitted)
            try access.people.change(anna.id, role: .child, by: .local, now: start)
            #expect(try judged(door, access, hazards: [.opens]) == .refused(.tooDangerous))
            #expect(try judged(lamp, access).isPermitted)
        }
    }

    @Test func aPINAtAPanelCountsAsLongAsItsPersonMay() throws {
        try withAccess { access in
            let (panel, ben) = (try access.key("panel", .resident), try access.person("Ben", .resident, pin: "8203").person)
            let door = Pledge(.unlocking(by: panel), .pin("8203", of: ben.id))
            #expect(!door.json.serialized.contains("8203"))
            #expect(try judged(door, access, hazards: [.opens]).isPermitted)
            try access.people.remove(ben.id, by: .local, now: start)
            #expect(try judged(door, access, hazards: [.opens]) == .needs(.confirmation))
        }
    }
}
