import Foundation
import LaresTesting
import LaresThings
import Testing

/// The conversation with a NATS server, without one.
struct NATSPullTests {
    private static let info =
        #"INFO {"server_id":"x","max_payload":1048576,"headers":true,"connect_urls":["10.0.0.2:4222","10.0.0.3:4222"]}"# + "\r\n"
    private static let made = #"{"type":"io.nats.jetstream.api.v1.consumer_create_response","config":{"durable_name":"w"}}"#

    private func session(batch: Int = 4) -> NATSPull {
        var settings = NATSPullSettings(stream: "CITY", consumer: "w")
        settings.batch = batch
        settings.user = ("lares", "secret")
        return NATSPull(settings, inbox: "abc", now: 0)
    }

    private func receive(_ session: inout NATSPull, _ text: String, now: Double = 0) throws -> (output: String, messages: [NATSMessage]) {
        let actions = try session.receive(Array(text.utf8), now: now)
        return (String(decoding: actions.output, as: UTF8.self), actions.messages)
    }

    private func message(_ number: Int, _ payload: String) -> String {
        "MSG city.north.air 1 $JS.ACK.CITY.w.1.\(number).\(number).1.0 \(payload.utf8.count)\r\n\(payload)\r\n"
    }

    private func status(_ line: String) -> String {
        let head = "NATS/1.0 \(line)\r\n\r\n"
        return "HMSG _INBOX.abc.m 1 \(head.utf8.count) \(head.utf8.count)\r\n\(head)\r\n"
    }

    private func pulling(batch: Int = 4) throws -> NATSPull {
        var session = session(batch: batch)
        _ = try receive(&session, Self.info + "PONG\r\n")
        _ = try receive(&session, "MSG _INBOX.abc.made 1 \(Self.made.utf8.count)\r\n\(Self.made)\r\n")
        return session
    }

    @Test func itGreetsHasTheConsumerMadeAndAsks() throws {
        var session = session()
        let actions = try session.receive(Array(Self.info.utf8), now: 0)
        let greeting = String(decoding: actions.output, as: UTF8.self)
        #expect(actions.servers == ["10.0.0.2:4222", "10.0.0.3:4222"])
        #expect(greeting.hasPrefix("CONNECT {") && greeting.contains(#""user":"lares","pass":"secret""#))
        #expect(greeting.hasSuffix("\r\nSUB _INBOX.abc.> 1\r\nPING\r\n"))
        let asked = try receive(&session, "PONG\r\n").output
        #expect(
            asked.hasPrefix("PUB $JS.API.CONSUMER.DURABLE.CREATE.CITY.w _INBOX.abc.made ") && asked.contains(#""ack_policy":"explicit""#))
        #expect(!session.isPulling)
        let pull = try receive(&session, "MSG _INBOX.abc.made 1 \(Self.made.utf8.count)\r\n\(Self.made)\r\n").output
        #expect(pull.hasPrefix("PUB $JS.API.CONSUMER.MSG.NEXT.CITY.w _INBOX.abc.m ") && pull.contains(#""batch":4"#) && session.isPulling)
    }

    @Test func messagesAreAcknowledgedOnlyWhenItIsSaid() throws {
        var session = try pulling()
        let (output, messages) = try receive(&session, message(1, "air no2=1") + message(2, ""))
        #expect(messages.map { String(decoding: $0.payload, as: UTF8.self) } == ["air no2=1", ""])
        // Half of what was asked for has come: more is asked for, and nothing acknowledged.
        #expect(output.hasPrefix("PUB $JS.API.CONSUMER.MSG.NEXT") && !output.contains("ACK."))
        let acknowledgements = String(decoding: session.acknowledge(messages), as: UTF8.self)
        #expect(acknowledgements == "PUB $JS.ACK.CITY.w.1.1.1.1.0 4\r\n+ACK\r\nPUB $JS.ACK.CITY.w.1.2.2.1.0 4\r\n+ACK\r\n")
    }

    @Test func noMoreIsAskedForThanCanBeStored() throws {
        var session = try pulling(batch: 4)
        var messages: [NATSMessage] = []
        var asked = 0
        for number in 1...20 {
            let (output, more) = try receive(&session, message(number, "x"))
            messages += more
            if output.contains("MSG.NEXT") { asked += 1 }
        }
        // Two batches and what was asked for before: then storing has to go on.
        #expect(messages.count == 20 && asked <= 3)
        let answers = String(decoding: session.acknowledge(messages), as: UTF8.self)
        #expect(answers.components(separatedBy: "+ACK").count == 21 && answers.contains("MSG.NEXT"))
    }

    @Test func whatCannotBeStoredIsGivenBackAtOnce() throws {
        var session = try pulling()
        let messages = try receive(&session, message(1, "air no2=1")).messages
        #expect(String(decoding: session.giveBack(messages), as: UTF8.self) == "PUB $JS.ACK.CITY.w.1.1.1.1.0 4\r\n-NAK\r\n")
    }

    @Test(arguments: [("city/#", "$MQTT.msgs.city.>"), ("city/+/air", "$MQTT.msgs.city.*.air"), ("a.b/c", "$MQTT.msgs.a//b.c")])
    func topicsAreSubjectsOfWhatTheClusterKeeps(_ topic: String, _ subject: String) {
        let settings = NATSPullSettings.ofMQTT(consumer: "w", filter: topic)
        #expect(settings.stream == "$MQTT_msgs" && settings.filter == subject)
        #expect(NATSSource.topic("$MQTT.msgs.city.d//1") == "city/d.1")
    }

    @Test(arguments: [1, 2, 5, 13])
    func partsMayEndAnywhere(_ size: Int) throws {
        var session = try pulling(batch: 100)
        let text = Array((message(1, "a\r\nb") + "PING\r\n" + status("100 Idle Heartbeat") + message(2, "c")).utf8)
        var messages: [NATSMessage] = []
        var output: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: size) {
            let actions = try session.receive(text[start..<min(start + size, text.count)], now: 0)
            messages += actions.messages
            output += actions.output
        }
        #expect(messages.map { String(decoding: $0.payload, as: UTF8.self) } == ["a\r\nb", "c"])
        #expect(String(decoding: output, as: UTF8.self) == "PONG\r\n")
    }

    @Test(
        arguments: [
            ("$JS.ACK.CITY.w.1.7.7.1795910400123456789.0", 1_795_910_400_123),
            ("$JS.ACK.hub.ACCHASH.CITY.w.1.7.7.1795910400123456789.0", 1_795_910_400_123),
            ("$JS.ACK._.ACCHASH.CITY.w.2.7.9.1795910400123456789.0.random", 1_795_910_400_123), ("$JS.ACK.CITY.w.1.7.7.-5.0", nil),
            ("$JS.ACK.CITY.w.1.7.7.99999999999999999999.0", nil), ("$JS.ACK.CITY.w.1.7.7.1795910400123456789", nil),
            ("_INBOX.a.b.c.d.e.f.7.g", nil),
        ] as [(String, Int64?)])
    func aMessageSaysWhenItWasStored(_ reply: String, _ time: Int64?) throws {
        var reader = NATSReader()
        reader.append(Array("MSG city.air 1 \(reply) 1\r\nx\r\n".utf8))
        guard case .message(let message) = try reader.next() else {
            Issue.record("it is no message")
            return
        }
        #expect(message.storedAt?.milliseconds == time)
    }

    @Test(arguments: ["404 No Messages", "408 Request Timeout", "408 Request Timeout\r\nNats-Pending-Messages: 4"])
    func aRequestThatIsOverIsMadeAgain(_ line: String) throws {
        var session = try pulling()
        #expect(try receive(&session, status(line)).output.hasPrefix("PUB $JS.API.CONSUMER.MSG.NEXT"))
    }

    @Test(arguments: ["404 No Messages", "408 Request Timeout", "409 Message Size Exceeds MaxBytes"], ["\(Int.min)", "\(Int.max)", "-1"])
    func numbersThatCannotBeEndNothing(_ line: String, _ count: String) throws {
        var session = try pulling()
        let output = try receive(&session, status("\(line)\r\nNats-Pending-Messages: \(count)")).output
        // Fewer than none are none; more than were asked for are all of them.
        #expect(output.hasPrefix("PUB $JS.API.CONSUMER.MSG.NEXT") == (count == "\(Int.max)"))
        #expect(try receive(&session, message(1, "air no2=1")).messages.count == 1)
    }

    @Test(arguments: ["409 Consumer Deleted", "409 Leadership Change", "503"])
    func whereTheConsumerIsGoneAnotherServerIsTried(_ line: String) throws {
        var session = try pulling()
        #expect { try receive(&session, status(line)) } throws: { ($0 as? NATSError)?.code == .lost }
    }

    @Test(arguments: [
        ("-ERR 'Authorization Violation'\r\n", NATSError.Code.refused), ("-ERR 'Slow Consumer'\r\n", .lost),
        ("HTTP/1.1 400 Bad\r\n", .badProtocol),
        ("MSG a 1 x\r\n", .badProtocol), ("MSG a 1 2\r\nabcd", .badProtocol), ("MSG a 1 -1\r\n", .badProtocol),
        ("HMSG a 1 5 2\r\nabcd\r\n", .badProtocol),
        ("MSG a 1 99999999999999999999\r\n", .badProtocol), ("\r\n", .badProtocol), (#"INFO {"tls_required":true}"# + "\r\n", .refused),
    ])
    func whatCannotBeIsAnError(_ text: String, _ code: NATSError.Code) throws {
        var session = session()
        #expect { try receive(&session, text) } throws: { ($0 as? NATSError)?.code == code }
    }

    @Test func aConsumerThatCannotBeMadeIsAnError() throws {
        var session = session()
        _ = try receive(&session, Self.info + "PONG\r\n")
        let answer = #"{"error":{"code":404,"err_code":10059,"description":"stream not found"}}"#
        #expect { try receive(&session, "MSG _INBOX.abc.made 1 \(answer.utf8.count)\r\n\(answer)\r\n") } throws: {
            ($0 as? NATSError)?.code == .badConsumer && ($0 as? NATSError)?.message.contains("stream not found") == true
        }
    }

    @Test func aConsumerWhoseLeaderIsGoneIsAskedAgain() throws {
        var session = try pulling()
        _ = try receive(&session, "PING\r\n", now: 14)
        #expect(try session.tick(now: 14).isEmpty)
        #expect(try String(decoding: session.tick(now: 16), as: UTF8.self).hasPrefix("PUB $JS.API.CONSUMER.MSG.NEXT"))
        _ = try receive(&session, status("100 Idle Heartbeat"), now: 28)
        #expect(try session.tick(now: 32).isEmpty)
    }

    @Test func aClusterWithoutALeaderIsAskedAgainForTheConsumer() throws {
        var session = session()
        _ = try receive(&session, Self.info + "PONG\r\n", now: 1)
        #expect(try session.tick(now: 5).isEmpty)
        #expect(try String(decoding: session.tick(now: 6), as: UTF8.self).hasPrefix("PUB $JS.API.CONSUMER.DURABLE.CREATE"))
        #expect(try session.tick(now: 8).isEmpty)
    }

    @Test func aSilentServerIsAskedAndThenLeft() throws {
        var session = session()
        #expect(try session.tick(now: 10).isEmpty)
        #expect(try String(decoding: session.tick(now: 16), as: UTF8.self) == "PING\r\n")
        #expect(try session.tick(now: 20).isEmpty)
        _ = try receive(&session, "PONG\r\n", now: 21)
        #expect(try session.tick(now: 30).isEmpty && !session.tick(now: 37).isEmpty)
        #expect { try session.tick(now: 53) } throws: { ($0 as? NATSError)?.code == .lost }
    }

    @Test func brokenBytesAreErrorsAndNothingElse() throws {
        var random = Mutations(seed: 5, pieces: Mutations.announcements)
        let text = Array((Self.info + "PONG\r\n" + message(1, "air no2=1") + status("100 Idle Heartbeat") + "PING\r\n").utf8)
        for _ in 0..<min(Mutations.inputs, 20_000) {
            var session = session()
            _ = try? session.receive(random.mutate(text), now: 0)
        }
    }

    @Test(arguments: [("city.north.air", "city/north/air"), ("a", "a"), ("a//b.c", "a.b/c")])
    func subjectsAreTopics(_ subject: String, _ topic: String) { #expect(NATSSource.topic(subject) == topic) }

    @Test func addressesAreRead() throws {
        let address = try NATSAddress(url: "nats://u:p%40@city.example:4333")
        #expect(address.description == "city.example:4333" && address.user?.name == "u" && address.user?.password == "p@")
        #expect(try NATSAddress(url: "10.0.0.1").port == 4_222)
        for wrong in ["", "http://a", "nats://", "nats://a:99999", "nats://a/b"] {
            #expect(throws: NATSError.self) { try NATSAddress(url: wrong) }
        }
    }
}
