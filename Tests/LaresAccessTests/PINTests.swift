import Foundation
import GRDB
import LaresAccess
import LaresStore
import Testing

@Suite struct PINTests {
    private let start = AccessUnderTest.start

    @Test(arguments: [
        "", "123", "1234567890123", "12a4", "１２３４", "0000", "9999", "1234", "4321", "7890", "0123", "3210", "1212", "123123", "1122",
        "112233", "2580", "0852", "12341234", " 4071", "4071\n", "-407", "٤٠٧١",
    ])
    func aBadPINIsRefused(pin: String) throws {
        try withAccess { access in
            let anna = try access.person("Anna", .owner).person
            let error = #expect(throws: AccessError.self) { try access.people.setPIN(pin, of: anna.id, by: .local) }
            #expect(error?.code == .badPIN)
        }
    }

    @Test(arguments: ["4071", "9031", "407193", "138840264917"])
    func aPINOpensForItsPerson(pin: String) throws {
        try withAccess { access in
            let phone = try access.person("Anna", .owner, pin: pin).principal
            let deed = Deed.unlocking(by: phone)
            #expect(try access.guardian.judge(deed, now: start) == .needs(.pin))
            #expect(try access.guardian.judge(deed, .confirmed, now: start) == .needs(.pin))
            #expect(try access.guardian.judge(deed, .pin(pin), now: start).isPermitted)
        }
    }

    @Test(arguments: ["", "4072", "40711", "407", String(repeating: "4071", count: 10_000), "４０７１", "4071\u{0}"])
    func anotherPINDoesNot(pin: String) throws {
        try withAccess { access in
            let phone = try access.person("Anna", .owner, pin: "4071").principal
            let error = #expect(throws: AccessError.self) {
                try access.guardian.judge(.unlocking(by: phone), .pin(pin), now: start)
            }
            #expect(error?.code == .wrongPIN)
        }
    }

    @Test func aWrongPINNeverSaysWhose() throws {
        try withAccess { access in
            let anna = try access.person("Anna", .owner, pin: "4071").person
            let ben = try access.person("Ben", .resident).person
            let panel = try access.key("panel", .resident)
            let errors = try [anna.id, ben.id, "nobody", "", String(repeating: "x", count: 100)].map { who in
                try #require(throws: AccessError.self) {
                    try access.guardian.judge(.unlocking(by: panel), .pin("9031", of: who), now: start)
                }
            }
            #expect(Set(errors).count == 1)
            #expect(try access.audit.entries().filter { $0.act == .pinWrong }.allSatisfy { $0.subject.isEmpty })
        }
    }

    @Test func somebodyElsesPINIsWrongWithAKeyOfOnesOwn() throws {
        try withAccess { access in
            let anna = try access.person("Anna", .owner, pin: "4071").person
            let phone = try access.person("Ben", .resident, pin: "9031").principal
            for _ in 0..<5 {
                #expect(throws: AccessError.self) {
                    try access.guardian.judge(.unlocking(by: phone), .pin("4071", of: anna.id), now: start)
                }
            }
            // It locks out who tried, not Anna.
            let own = #expect(throws: AccessError.self) { try access.guardian.judge(.unlocking(by: phone), .pin("9031"), now: start) }
            #expect(own?.code == .tooManyTries)
            let panel = try access.key("panel", .resident)
            #expect(try access.guardian.judge(.unlocking(by: panel), .pin("4071", of: anna.id), now: start).isPermitted)
        }
    }

    @Test func afterFiveWrongTriesNobodyLooksForAWhileNotEvenAfterARestart() throws {
        try withAccess { access in
            let phone = try access.person("Anna", .owner, pin: "4071").principal
            func attempt(_ pin: String, _ now: Date) throws -> Bool {
                try access.reopened().guardian.judge(.unlocking(by: phone), .pin(pin), now: now).isPermitted
            }
            for _ in 0..<5 { #expect(throws: AccessError.self) { try attempt("9031", start) } }
            let locked = #expect(throws: AccessError.self) { try attempt("4071", start + 29) }
            #expect(locked?.code == .tooManyTries && locked?.retryAfter == 1)
            #expect(throws: AccessError.self) { try attempt("9031", start + 30) }
            let longer = #expect(throws: AccessError.self) { try attempt("4071", start + 31) }
            #expect(longer?.retryAfter == 59)
            #expect(try attempt("4071", start + 90))
            // And then the next five are free again.
            for _ in 0..<5 { #expect(throws: AccessError.self) { try attempt("9031", start + 91) } }
            let acts = try access.acts()
            #expect(acts.count { $0 == .pinWrong } == 11 && acts.count { $0 == .pinLocked } == 2)
        }
    }

    @Test func onePINTriedOnManyPeopleIsSlowToo() throws {
        try withAccess { access in
            let people = try (0..<22).map { try access.person("person \($0)", .owner, pin: "407\($0 % 10)").person }
            let panel = try access.key("panel", .resident)
            func attempt(_ pin: String, _ i: Int, _ now: Date) throws -> Bool {
                try access.reopened().guardian.judge(.unlocking(by: panel), .pin(pin, of: people[i].id), now: now).isPermitted
            }
            for i in 0..<20 { #expect(throws: AccessError.self) { try attempt("9031", i, start) } }
            let error = #expect(throws: AccessError.self) { try attempt("4070", 20, start + 1) }
            #expect(error?.code == .tooManyTries && [599, 600].contains(error?.retryAfter))
            #expect(try attempt("4070", 20, start + 600))
            // A right one takes no place in the bucket.
            #expect(try attempt("4071", 21, start + 600))
        }
    }

    @Test func anotherPINEndsTheWait() throws {
        try withAccess { access in
            let (anna, phone) = try access.person("Anna", .owner, pin: "4071")
            for _ in 0..<5 { #expect(throws: AccessError.self) { try access.guardian.judge(.unlocking(by: phone), .pin("1"), now: start) } }
            try access.people.setPIN("9031", of: anna.id, by: .local)
            #expect(try access.guardian.judge(.unlocking(by: phone), .pin("9031"), now: start).isPermitted)
        }
    }

    @Test func manyTriesAtOnceAreNoMoreThanFive() throws {
        try withAccess { access in
            let phone = try access.person("Anna", .owner, pin: "4071").principal
            let others = try (0..<4).map { _ in try access.reopened() }
            DispatchQueue.concurrentPerform(iterations: 24) { i in
                _ = try? others[i % 4].guardian.judge(.unlocking(by: phone), .pin("9\(100 + i)"), now: start)
            }
            #expect(try access.acts().count { $0 == .pinWrong } == 5)
        }
    }

    @Test func noPINIsOnTheDiskOrInTheLog() throws {
        try withAccess { access in
            let phone = try access.person("Anna", .owner, pin: "407193").principal
            #expect(try access.guardian.judge(.unlocking(by: phone), .pin("407193"), now: start).isPermitted)
            #expect(throws: AccessError.self) { try access.guardian.judge(.unlocking(by: phone), .pin("815276"), now: start) }
            for file in try FileManager.default.contentsOfDirectory(atPath: access.home.path) {
                let bytes = try Data(contentsOf: URL(filePath: access.home.file(file)))
                for pin in ["407193", "815276"] { #expect(bytes.range(of: Data(pin.utf8)) == nil, "\(file)") }
            }
        }
    }

    @Test func twoWithOnePINKeepDifferentHashes() throws {
        try withAccess { access in
            for name in ["Anna", "Ben"] { _ = try access.person(name, .owner, pin: "4071") }
            let kept = try DatabaseQueue(path: access.home.file("access.db")).read {
                try String.fetchAll($0, sql: "SELECT pin FROM people")
            }
            #expect(Set(kept).count == 2 && kept.allSatisfy { $0.hasPrefix("scrypt$1$5$") })
        }
    }

    @Test(arguments: ["", "scrypt", "scrypt$40$5$AAAA$AAAA", "scrypt$1$5$$AAAA", "plain$1$5$AAAA$4071", "scrypt$-1$0$AAAA$AAAA"])
    func whatIsDamagedOpensNothing(kept: String) throws {
        try withAccess { access in
            let phone = try access.person("Anna", .owner, pin: "4071").principal
            let database = try DatabaseQueue(path: access.home.file("access.db"))
            try database.write { try $0.execute(sql: "UPDATE people SET pin = ?", arguments: [kept]) }
            let error = #expect(throws: AccessError.self) { try access.guardian.judge(.unlocking(by: phone), .pin("4071"), now: start) }
            #expect(error?.code == .wrongPIN)
        }
    }

    /// What a look at a PIN costs on this machine is printed; it must be neither free nor a way to stall the server.
    @Test func aPINIsSlowToTry() throws {
        try withHome { home in
            let keys = try KeyStore(home: home)
            let people = People(keys, audit: try AuditLog(home: home))
            let anna = try people.add(name: "Anna", role: .owner, by: .local)
            let time = try ContinuousClock().measure { try people.setPIN("4071", of: anna.id, by: .local) }
            print("PINTests: setting a PIN takes \(time)")
            #expect(time > .milliseconds(20) && time < .seconds(10))
        }
    }
}

@Suite struct PINTriesTests {
    private let start = AccessUnderTest.start

    /// How long `count` wrong tries take for somebody who tries again at the first moment that they may.
    private func time(for count: Int, people: Int) -> TimeInterval {
        var tries = Array(repeating: PINTries(), count: people), bucket = PINTries(), now = start, done = 0
        while done < count {
            var least = TimeInterval.infinity
            for i in tries.indices {
                (tries[i].level, tries[i].lastOfAll) = (bucket.level, bucket.lastOfAll)
                if let wait = tries[i].take(at: now) { least = min(least, wait) } else { done += 1; least = 0 }
                (bucket.level, bucket.lastOfAll) = (tries[i].level, tries[i].lastOfAll)
            }
            now += least
        }
        return now.timeIntervalSince(start)
    }

    @Test(arguments: [(1, 9_900.0), (5, 1_900.0), (40, 1_600.0)])
    func tryingAllPINsOfFourDigitsTakesMonths(people: Int, hours: Double) {
        let taken = time(for: 10_000, people: people) / 3600
        print("PINTriesTests: 10,000 wrong tries on \(people) people take \(Int(taken)) hours")
        #expect(taken > hours)
    }

    @Test func theFirstTriesAreFreeAndTheWaitsGrowToAnHour() {
        var tries = PINTries(), now = start, waits: [TimeInterval] = []
        for _ in 0..<14 {
            while let wait = tries.take(at: now) {
                waits.append(wait)
                now += wait
            }
        }
        #expect(waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
    }

    @Test func aRightPINGivesTheTriesBack() {
        var tries = PINTries()
        for _ in 0..<100 {
            for _ in 0..<4 { #expect(tries.take(at: start) == nil) }
            #expect(tries.take(at: start) == nil)
            tries.forgive()
            tries.level = 0
        }
    }

    @Test func aClockThatIsPutBackLocksNobodyOutForYears() {
        var tries = PINTries()
        for _ in 0..<14 { _ = tries.take(at: start); tries.level = 0; tries.last -= 7200 }
        #expect(tries.take(at: start) == nil)
        let back = start - 10 * 365 * 86_400
        #expect(tries.take(at: back) == 3600)
        #expect(tries.take(at: back + 3600) == nil)
    }
}
