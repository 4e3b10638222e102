import Foundation
import GRDB
import LaresAccess
import LaresJSON
import LaresStore
import Synchronization
import Testing

@Suite struct ConfirmationTests {
    private let start = AccessUnderTest.start
    private let usual: Set<Deed.Hazard> = [.opens]

    private func code(_ body: () throws -> Void) -> AccessError.Code? {
        do { try body() } catch { return (error as? AccessError)?.code }
        return nil
    }

    @Test func anAgentsDeedIsDoneWhenAPersonSaysYes() throws {
        try withAccess { access in
            let owner = try access.person("Anna", .owner).principal, bot = try access.key("bot", .agent)
            let deed = Deed.unlocking(by: bot, .api, cause: "conversation:7f3a")
            #expect(try access.guardian.judge(deed, .confirmed, now: start) == .needs(.confirmation))
            let question = try access.guardian.ask(deed, now: start)
            #expect(question.ends == start + 60 && !question.needsPIN && question.id.utf8.count == 32)
            #expect(try access.guardian.pending(for: owner, through: .console, now: start) == [question])
            #expect(code { _ = try access.guardian.begin(question.id, on: Deed.door, hazards: usual, now: start) } == .noSuchConfirmation)
            _ = try access.guardian.approve(question.id, by: owner, through: .console, now: start + 1)
            let permit = try access.guardian.begin(question.id, on: Deed.door, hazards: usual, now: start + 2)
            #expect(permit.deed == deed && permit.warrantor == owner.name)
            let again = code { _ = try access.guardian.begin(question.id, on: Deed.door, hazards: usual, now: start + 2) }
            #expect(again == .noSuchConfirmation)
            #expect(try access.guardian.state(of: question.id, now: start + 2) == .begun)
        }
    }

    @Test func theLogTellsWhoWantedWhatThroughWhatAndWhoSaidYes() throws {
        try withAccess { access in
            let owner = try access.person("Anna", .owner).principal, bot = try access.key("bot", .agent)
            let question = try access.guardian.ask(.unlocking(by: bot, .model, cause: "conversation:7f3a"), now: start)
            _ = try access.guardian.approve(question.id, by: owner, through: .console, now: start)
            _ = try access.guardian.begin(question.id, on: Deed.door, hazards: usual, now: start)
            let lines = try access.audit.entries().filter { $0.subject == #"front/door {"locked":false}"# }
            #expect(lines.map(\.act) == [.deedPermitted, .confirmationApproved, .confirmationAsked])
            #expect(lines.map(\.actor) == ["bot", "Anna's phone", "bot"])
            let expected: JSON = [
                "path": "model", "hazards": ["opens"], "area": "hall", "key": .string(bot.keyID ?? ""), "cause": "conversation:7f3a",
                "asker": "bot", "confirmation": .string(question.id),
            ]
            #expect(lines.map(\.detail) == [expected, expected, expected])
        }
    }

    @Test(arguments: [Role.agent, .viewer, .guest, .child])
    func whoCouldNotDoItThemselvesMayNotAnswer(role: Role) throws {
        try withAccess { access in
            let bot = try access.key("bot", .agent), other = try access.key("other", role)
            let question = try access.guardian.ask(.unlocking(by: bot, .api), now: start)
            for caller in [bot, other] {
                #expect(code { _ = try access.guardian.approve(question.id, by: caller, through: .console, now: start) } == .notAllowed)
                #expect(try access.guardian.pending(for: caller, through: .console, now: start).isEmpty)
            }
            #expect(code { try access.guardian.decline(question.id, by: other, through: .console, now: start) } == .notAllowed)
            // Whoever asked may take it back.
            try access.guardian.decline(question.id, by: bot, through: .api, now: start)
            #expect(try access.guardian.state(of: question.id, now: start) == .declined)
        }
    }

    @Test(arguments: [Deed.Path.model, .rule, .schedule, .voice])
    func anAnswerIsGivenByHand(path: Deed.Path) throws {
        try withAccess { access in
            let owner = try access.person("Anna", .owner).principal
            // A model that talks with Anna asks in her name, and may not answer in it.
            let question = try access.guardian.ask(.unlocking(by: owner, .model), now: start)
            #expect(code { _ = try access.guardian.approve(question.id, by: owner, through: path, now: start) } == .notAllowed)
            #expect(try access.guardian.approve(question.id, by: owner, through: .api, now: start).id == question.id)
        }
    }

    @Test func whoHasAPINAnswersWithIt() throws {
        try withAccess { access in
            let owner = try access.person("Anna", .owner, pin: "4071").principal, bot = try access.key("bot", .agent)
            let question = try access.guardian.ask(.unlocking(by: bot, .api), now: start)
            func approve(_ assurance: Assurance) throws {
                _ = try access.guardian.approve(question.id, by: owner, through: .console, assurance, now: start)
            }
            for assurance in [Assurance.none, .confirmed, .standing(by: "Anna")] { #expect(code { try approve(assurance) } == .needsPIN) }
            #expect(code { try approve(.pin("9031")) } == .wrongPIN)
            try approve(.pin("4071"))
            #expect(try access.guardian.begin(question.id, on: Deed.door, hazards: usual, now: start).warrantor == "Anna")
            #expect(try access.audit.entries().first { $0.act == .confirmationApproved }?.detail?["answerer"] == "Anna")
        }
    }

    @Test func whatNeededAPINOfWhoAskedNeedsOneOfWhoAnswers() throws {
        try withAccess { access in
            var policy = HomePolicy()
            policy.set(.pin, to: .opens, of: .resident)
            policy.set(.confirm, to: .opens, of: .owner)
            try access.guardian.policies.set(policy, by: .local)
            let ben = try access.person("Ben", .resident).principal, anna = try access.person("Anna", .owner).principal
            let question = try access.guardian.ask(.unlocking(by: ben), now: start)
            #expect(question.needsPIN)
            #expect(code { _ = try access.guardian.approve(question.id, by: anna, through: .console, now: start) } == .needsPIN)
        }
    }

    @Test(arguments: [60.0, 3600, -10])
    func whatNobodyAnsweredInTimeIsNeverDone(wait: TimeInterval) throws {
        try withAccess { access in
            let owner = try access.person("Anna", .owner).principal, bot = try access.key("bot", .agent)
            let question = try access.guardian.ask(.unlocking(by: bot, .api), now: start)
            let later = start + wait
            #expect(code { _ = try access.guardian.approve(question.id, by: owner, through: .api, now: later) } == .noSuchConfirmation)
            #expect(code { _ = try access.guardian.approve(question.id, by: owner, through: .api, now: start) } == .noSuchConfirmation)
            #expect(try access.guardian.state(of: question.id, now: later) == .expired)
            #expect(try access.acts().first == .confirmationExpired)
        }
    }

    @Test func aYesThatWasNotFollowedExpiresAlsoAcrossARestart() throws {
        try withAccess { access in
            let owner = try access.person("Anna", .owner).principal, bot = try access.key("bot", .agent)
            let question = try access.guardian.ask(.unlocking(by: bot, .api), now: start)
            // What waits survives.
            _ = try access.reopened().guardian.approve(question.id, by: owner, through: .api, now: start + 59)
            let after = try access.reopened().guardian
            #expect(code { _ = try after.begin(question.id, on: Deed.door, hazards: usual, now: start + 69) } == .noSuchConfirmation)
            #expect(try after.state(of: question.id, now: start + 69) == .expired)
        }
    }

    @Test func whatIsConfirmedIsWhatIsDone() throws {
        try withAccess { access in
            let owner = try access.person("Anna", .owner).principal, bot = try access.key("bot", .agent)
            let question = try access.guardian.ask(.unlocking(by: bot, .api), now: start)
            _ = try access.guardian.approve(question.id, by: owner, through: .api, now: start)
            func begin(_ target: Deed.Target, _ hazards: Set<Deed.Hazard>) throws -> Permit {
                try access.guardian.begin(question.id, on: target, hazards: hazards, now: start)
            }
            let others = [
                Deed.Target(thing: "garage/door", category: "lock", area: "hall"), Deed.Target(thing: "front/door", category: "lock"),
                Deed.Target(thing: "front/door", category: "cover", area: "hall"),
            ]
            for other in others { #expect(code { _ = try begin(other, usual) } == .deedChanged) }
            for hazards in [[], [.opens, .disarms], [.unknown]] as [Set<Deed.Hazard>] {
                #expect(code { _ = try begin(Deed.door, hazards) } == .deedChanged)
            }
            #expect(try begin(Deed.door, usual).deed.order == ["locked": false])
        }
    }

    @Test func whatChangedSinceTheYesIsJudgedAgain() throws {
        try withAccess { access in
            let owner = try access.person("Anna", .owner).principal, bot = try access.key("bot", .agent)
            func approved() throws -> String {
                let id = try access.guardian.ask(.unlocking(by: bot, .api), now: start).id
                return try access.guardian.approve(id, by: owner, through: .api, now: start).id
            }
            func begin(_ id: String) throws { _ = try access.guardian.begin(id, on: Deed.door, hazards: usual, now: start) }
            var policy = HomePolicy()
            for (answer, expected) in [(HomePolicy.Answer.refuse, AccessError.Code.refused), (.pin, .needsPIN)] {
                let id = try approved()
                policy.set(answer, to: .opens, of: .agent)
                try access.guardian.policies.set(policy, by: .local)
                #expect(code { try begin(id) } == expected)
                try access.guardian.policies.set(HomePolicy(), by: .local)
                try begin(id)
            }
            let id = try approved()
            try access.keys.revoke("bot", now: start)
            #expect(code { try begin(id) } == .refused)
        }
    }

    @Test func theSameQuestionIsAskedOnceAndNobodyAsksForEver() throws {
        try withAccess { access in
            let bot = try access.key("bot", .agent), other = try access.key("other", .agent)
            func ask(_ i: Int, _ by: Principal) throws -> String {
                let deed = Deed(by: by, through: .api, on: Deed.door, hazards: usual, order: ["position": .int(i)])
                return try access.guardian.ask(deed, now: start).id
            }
            let first = try (0..<8).map { try ask($0, bot) }
            #expect(Set(first).count == 8)
            #expect(try ask(3, bot) == first[3])
            #expect(code { _ = try ask(8, bot) } == .tooManyPending)
            #expect(try !first.contains(ask(3, other)))
            #expect(try access.acts().count { $0 == .confirmationAsked } == 9)
        }
    }

    @Test func whatEndedIsForgottenAfterADay() throws {
        try withAccess { access in
            let bot = try access.key("bot", .agent)
            let question = try access.guardian.ask(.unlocking(by: bot, .api), now: start)
            try access.guardian.decline(question.id, by: bot, through: .api, now: start)
            for (later, state) in [(86_399.0, LaresAccess.Confirmation.State.declined), (86_401, nil)] {
                _ = try access.guardian.ask(.unlocking(by: bot, .api), now: start + later)
                #expect(try access.guardian.state(of: question.id, now: start + later) == state)
            }
        }
    }

    @Test func allTogetherAskSixtyFour() throws {
        try withAccess { access in
            for i in 0..<64 {
                let bot = Principal(name: "bot\(i / 8)", roles: [.agent])
                _ = try access.guardian.ask(
                    Deed(by: bot, through: .api, on: Deed.door, hazards: usual, order: ["position": .int(i)]), now: start)
            }
            let late = Principal(name: "late", roles: [.agent])
            #expect(code { _ = try access.guardian.ask(.unlocking(by: late, .api), now: start) } == .tooManyPending)
            #expect(code { _ = try access.guardian.ask(.unlocking(by: late, .api), now: start + 60) } == nil)
        }
    }

    @Test func whatNeedsNobodyOrIsRefusedIsNotAsked() throws {
        try withAccess { access in
            let bot = try access.key("bot", .agent), child = try access.key("child", .child)
            #expect(code { _ = try access.guardian.ask(.lighting(by: bot, .api), now: start) } == .nothingToConfirm)
            #expect(code { _ = try access.guardian.ask(.unlocking(by: child), now: start) } == .refused)
            let long = Deed(
                by: bot, through: .api, on: Deed.door, hazards: usual, order: ["text": .string(String(repeating: "a", count: 5000))])
            #expect(code { _ = try access.guardian.ask(long, now: start) } == .refused)
            var deep = JSON.int(1)
            for _ in 0..<62 { deep = .array([deep]) }
            let nested = Deed(by: bot, through: .api, on: Deed.door, hazards: usual, order: .array([.array([deep])]))
            #expect(code { _ = try access.guardian.ask(nested, now: start) } == .refused)
        }
    }

    /// Real threads, and stores of their own as other processes have.
    @Test(arguments: 0..<10)
    func ofManyAnswersAtOnceOneCounts(round: Int) throws {
        try withAccess { access in
            let owner = try access.person("Anna", .owner).principal, bot = try access.key("bot", .agent)
            let others = try (0..<4).map { _ in try access.reopened().guardian }
            let question = try access.guardian.ask(.unlocking(by: bot, .api), now: start)
            let counts = Mutex((yes: 0, no: 0, begun: 0))
            DispatchQueue.concurrentPerform(iterations: 16) { i in
                let guardian = others[i % 4]
                if i % 2 == 0, (try? guardian.approve(question.id, by: owner, through: .api, now: start)) != nil {
                    counts.withLock { $0.yes += 1 }
                } else if i % 2 == 1, (try? guardian.decline(question.id, by: owner, through: .api, now: start)) != nil {
                    counts.withLock { $0.no += 1 }
                }
                if (try? guardian.begin(question.id, on: Deed.door, hazards: usual, now: start)) != nil {
                    counts.withLock { $0.begun += 1 }
                }
            }
            let (yes, no, begun) = counts.withLock { $0 }
            #expect(yes + no == 1 && begun == yes)
            let acts = try access.acts()
            #expect(acts.count { $0 == .confirmationApproved } == yes && acts.count { $0 == .confirmationDeclined } == no)
            #expect(acts.count { $0 == .deedPermitted } == begun)
        }
    }

    @Test func aYesThatCantBeLoggedIsNone() throws {
        try withAccess { access in
            let owner = try access.person("Anna", .owner).principal, bot = try access.key("bot", .agent)
            let question = try access.guardian.ask(.unlocking(by: bot, .api), now: start)
            let log = try DatabaseQueue(path: access.home.file("audit.db"))
            try log.write { try $0.execute(sql: "CREATE TRIGGER full BEFORE INSERT ON acts BEGIN SELECT RAISE(ABORT, 'full'); END") }
            #expect(throws: DatabaseError.self) { try access.guardian.approve(question.id, by: owner, through: .api, now: start) }
            #expect(try access.guardian.state(of: question.id, now: start) == .pending)
            try log.write { try $0.execute(sql: "DROP TRIGGER full") }
            _ = try access.guardian.approve(question.id, by: owner, through: .api, now: start)
        }
    }
}
