import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct OutboxTests {
    @Test func aNoticeGoesToItsRecipientsChannels() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            try test.furnish()
            #expect(try test.post("hello", to: "Ben") == 2)
            try await test.outbox.sendDue()
            #expect(test.sender.texts == ["hello", "hello"])
            #expect(try test.states() == [.sent, .sent])
            #expect(try RuleStore(test.store).notices().map(\.text) == ["hello"])
        }
    }

    @Test func aNoticeForEveryoneReachesEachChannelOnce() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path, at: OutboxUnderTest.noon + 12 * 3600)
            try test.furnish()
            #expect(try test.post("night") == 2)
            // Ben shares Anna's phone and may be disturbed.
            #expect(try test.outbox.deliveries().map(\.recipient) == ["Ben", "Ben"])
            try await test.outbox.sendDue()
            #expect(test.sender.parcels.count == 2)
        }
    }

    @Test func whoHasNoChannelIsOnlyShownTheNotice() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            #expect(try test.post("a", to: "Nobody") == 0)
            #expect(try RuleStore(test.store).notices().count == 1)
        }
    }

    @Test func quietHoursHoldBackWhatIsNotUrgent() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path, at: OutboxUnderTest.noon + 11 * 3600)
            try test.furnish()
            try test.post("washing", to: "Anna")
            try test.post("water", to: "Anna", isUrgent: true)
            try await test.outbox.sendDue()
            #expect(test.sender.texts == ["water!"])
            test.clock.advance(by: 8 * 3600 - 1)
            try await test.outbox.sendDue()
            #expect(test.sender.texts == ["water!"])
            test.clock.advance(by: 1)
            try await test.outbox.sendDue()
            #expect(test.sender.texts == ["water!", "washing"])
        }
    }

    @Test func whatWaitedForTheMorningHasAWholeDayThen() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path, at: OutboxUnderTest.noon + 11 * 3600)
            try test.furnish()
            try test.post("washing", to: "Anna")
            let delivery = try #require(try test.outbox.deliveries().first)
            #expect(delivery.expiresAt == delivery.dueAt + 86_400)
        }
    }

    @Test func failuresAreTriedAgainWithTheSameKey() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path, MemorySender([.failed("busy"), .failed("busy", retryAfter: 100), .sent]))
            try test.furnish()
            try test.post("a", to: "Anna")
            try await test.outbox.sendDue()
            #expect(test.sender.parcels.count == 1)
            test.clock.advance(by: 10)
            try await test.outbox.sendDue()
            test.clock.advance(by: 99)
            try await test.outbox.sendDue()
            #expect(test.sender.parcels.count == 2)
            test.clock.advance(by: 1)
            try await test.outbox.sendDue()
            #expect(test.sender.parcels.count == 3)
            #expect(Set(test.sender.parcels.map(\.key)).count == 1)
            let delivery = try #require(try test.outbox.deliveries().first)
            #expect((delivery.state, delivery.attempts, delivery.reason) == (.sent, 3, nil))
        }
    }

    @Test func whatIsUrgentGoesFirst() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            try test.furnish()
            for text in ["a", "b"] { try test.post(text, to: "Anna") }
            try test.post("c", to: "Anna", isUrgent: true)
            try await test.outbox.sendDue()
            #expect(test.sender.texts == ["c!", "a", "b"])
        }
    }

    @Test func ofTooManyTheOldestThatIsNotUrgentIsGivenUp() async throws {
        try await withFolder { path in
            var limits = OutboxLimits()
            limits.waiting = 2
            let test = try OutboxUnderTest(path, limits: limits)
            try test.furnish()
            try test.post("u", to: "Anna", isUrgent: true)
            for text in ["a", "b", "c"] { try test.post(text, to: "Anna") }
            #expect(try test.states() == [.queued, .failed, .failed, .queued])
            #expect(try test.outbox.deliveries()[1].reason == "more than 2 were waiting")
        }
    }

    @Test func recordsAreBounded() async throws {
        try await withFolder { path in
            var limits = OutboxLimits()
            limits.records = 3
            let test = try OutboxUnderTest(path, limits: limits)
            try test.furnish()
            for text in 0..<10 {
                try test.post("\(text)", to: "Anna")
                try await test.outbox.sendDue()
            }
            try test.post("last", to: "Anna")
            #expect(try test.states() == [.sent, .sent, .sent, .queued])
        }
    }

    @Test func textsAreBoundedAndClean() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            try test.furnish()
            try test.outbox.post(
                Notice(
                    date: test.clock.now, text: String(repeating: "水", count: 5000) + "x", title: "a\r\nBcc: b\u{1B}[0m", recipient: "Anna",
                    rule: "r"))
            let notice = try #require(try RuleStore(test.store).notices().first)
            #expect(notice.text.count == 4000)
            #expect(notice.title == "a Bcc: b[0m")
        }
    }

    @Test func aNoticeIsKeptWithItsDeliveriesOrNotAtAll() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            try test.furnish()
            let clashing = Outbox(
                test.store, site: Site(zone: .utc), sender: test.sender, clock: test.clock, chance: Outbox.Chance(key: { "same" }))
            // Ben's two deliveries can't have the same key.
            #expect(throws: (any Error).self) {
                try clashing.post(Notice(date: test.clock.now, text: "a", title: nil, recipient: "Ben", rule: "r"))
            }
            #expect(try RuleStore(test.store).notices().isEmpty)
            #expect(try test.outbox.deliveries().isEmpty)
        }
    }
}

/// What is left of an outbox whose process was killed.
@Suite(.timeLimit(.minutes(1))) struct OutboxKillTests {
    @Test func whatWasQueuedIsSentAfterARestart() async throws {
        try await withFolder { path in
            let before = try OutboxUnderTest(path)
            try before.furnish()
            try before.post("a", to: "Anna")
            let after = try OutboxUnderTest(path)
            try await running(after) { #expect(await after.sender.next()?.shown == "a") }
            #expect(before.sender.parcels.isEmpty)
        }
    }

    @Test func whatWasBeingSentIsSentOnceMoreWithTheSameKey() async throws {
        try await withFolder { path in
            let before = try OutboxUnderTest(path, MemorySender(isStuck: true))
            try before.furnish()
            try before.post("a", to: "Anna")
            try before.post("b", to: "Anna")
            let process = Task { try await before.outbox.sendDue() }
            let lost = try #require(await before.sender.next())
            #expect(try before.states() == [.sending, .queued])
            // The first process is as good as dead: nothing of it is kept any more.
            let after = try OutboxUnderTest(path)
            try await running(after) {
                let again = try #require(await after.sender.next())
                #expect((again.shown, again.key) == ("a", lost.key))
                #expect(await after.sender.next()?.shown == "b")
            }
            #expect(after.sender.texts == ["a", "b"])
            process.cancel()
            _ = await process.result
        }
    }

    @Test func whatComesWhileItRunsIsSentAtOnce() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            try test.furnish()
            try await running(test) {
                try test.post("a", to: "Anna")
                #expect(await test.sender.next()?.shown == "a")
                try test.outbox.test("phone", text: "b")
                #expect(await test.sender.next()?.shown == "b!")
            }
        }
    }

    @Test func whatIsDueLaterIsSentWhenTheClockSaysSo() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path, MemorySender([.failed("busy")]))
            try test.furnish()
            try test.post("a", to: "Anna")
            try await test.outbox.sendDue()
            let first = try #require(await test.sender.next())
            try await running(test) {
                test.clock.advance(by: 3600)
                test.outbox.wake()
                #expect(await test.sender.next()?.key == first.key)
            }
        }
    }

    /// Runs an outbox for as long as something takes.
    private func running(_ test: OutboxUnderTest, _ body: () async throws -> Void) async throws {
        let running = Task { await test.outbox.run() }
        do { try await body() } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        await running.value
    }
}

/// Addresses that rules call.
@Suite struct OutboxCallTests {
    @Test(arguments: ["hook", "http://127.0.0.1:1/hook"])
    func anyRuleMayCallWhatIsListed(address: String) async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            try test.furnish()
            try test.outbox.call(address, body: ["a": 1], for: RuleID(naming: "r"), isTrusted: false)
            try await test.outbox.sendDue()
            #expect(test.sender.texts == [#"{"a":1}"#])
            #expect(try test.outbox.deliveries().first?.target == "hook")
        }
    }

    @Test(arguments: ["http://127.0.0.1:1/other", "http://169.254.169.254/", "phone", "file:///etc/passwd", ""])
    func noOtherAddressIsCalledUnlessTheRuleIsTrusted(address: String) async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            try test.furnish()
            #expect { try test.outbox.call(address, body: nil, for: RuleID(naming: "r"), isTrusted: false) } throws: {
                ($0 as? OutboxError)?.code == .notAllowed
            }
        }
    }

    @Test func aTrustedRuleMayCallAnyAddressOfTheWeb() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            try test.outbox.call("http://127.0.0.1:1/other", body: nil, for: RuleID(naming: "r"), isTrusted: true)
            try await test.outbox.sendDue()
            #expect(test.sender.texts == ["{}"])
            #expect(try test.outbox.deliveries().first?.json["to"] == "http://127.0.0.1:1/…")
            #expect(throws: OutboxError.self) {
                try test.outbox.call("phone", body: nil, for: RuleID(naming: "r"), isTrusted: true)
            }
        }
    }

    @Test func bodiesAreBounded() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            try test.furnish()
            let body = JSON.string(String(repeating: "a", count: 70_000))
            #expect { try test.outbox.call("hook", body: body, for: RuleID(naming: "r"), isTrusted: true) } throws: {
                ($0 as? OutboxError)?.code == .badContent
            }
        }
    }

    @Test func aChannelGoesWhenNobodyHasIt() async throws {
        try await withFolder { path in
            let test = try OutboxUnderTest(path)
            try test.furnish()
            try test.post("a", to: "Ben")
            #expect { try test.outbox.remove(channel: "hook") } throws: { ($0 as? OutboxError)?.code == .inUse }
            try test.outbox.remove(recipient: "Ben")
            try test.outbox.remove(channel: "hook")
            #expect(try test.states() == [.queued, .failed])
            try await test.outbox.sendDue()
            #expect(test.sender.parcels.count == 1)
        }
    }
}
