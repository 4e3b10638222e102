import Foundation
import LaresControl
import Testing

@Suite struct TraCITests {
    private static func string(_ text: String) -> [UInt8] { [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }
    private static func double(_ value: Double) -> [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }

    private static func part(_ body: [UInt8]) -> [UInt8] {
        body.count < 255 ? [UInt8(body.count + 1)] + body : [0, 0, 0, UInt8((body.count + 5) >> 8), UInt8((body.count + 5) & 255)] + body
    }

    private static func done(_ command: UInt8, _ result: UInt8 = 0, _ text: String = "") -> [UInt8] {
        part([command, result] + string(text))
    }

    /// Two vehicles around a junction, and a loop.
    private static var step: [UInt8] {
        let vehicle = { (name: String, position: Double) in
            string(name) + [0x51, 0, 0x0C] + string("nc_1") + [0x56, 0, 0x0B] + double(position)
        }
        let around = part([0x99] + string("c") + [0xA4, 2, 0, 0, 0, 2] + vehicle("first", 12.5) + vehicle("second", 3))
        let loop = part([0xE0] + string("loop") + [2, 0x10, 0, 0x09, 0, 0, 0, 3, 0x13, 0xFF, 0x0C] + string("no such value"))
        return done(0xC2) + done(0x02) + [0, 0, 0, 2] + around + loop
    }

    @Test func aStepTellsWhatWasSubscribedTo() throws {
        let reply = try TraCIReply(parsing: Self.step, to: [0xC2, 0x02])
        #expect(reply.refusals.isEmpty && reply.subscriptions.count == 2)
        let vehicles = reply.subscriptions[0].objects
        #expect(vehicles.map(\.name) == ["first", "second"])
        #expect(vehicles[0][0x51] == .string("nc_1") && vehicles[1][0x56]?.number == 3)
        #expect(reply.subscriptions[1].objects[0].values.map(\.id) == [0x10])
    }

    @Test func aRefusalHasSUMOsWords() throws {
        let reply = try TraCIReply(parsing: Self.done(0xC2, 0xFF, "no such signal"), to: [0xC2])
        #expect(reply.refusals == ["no such signal"])
    }

    @Test(arguments: [[], [7], [0, 0, 0, 9], done(0x02), done(0x02) + [0x7F, 0xFF, 0xFF, 0xFF], done(0x03), done(0xC2) + done(0xC2)])
    func whatIsNoReplyIsAnError(bytes: [UInt8]) {
        #expect(throws: TrafficError.self) { try TraCIReply(parsing: bytes, to: [0x02]) }
    }

    @Test func damagedRepliesNeverTrap() {
        var mutations = TrafficMutations(seed: 11)
        var read = 0
        for _ in 0..<TrafficMutations.inputs {
            if (try? TraCIReply(parsing: mutations.mutate(Self.step), to: [0xC2, 0x02])) != nil { read += 1 }
        }
        #expect(read < TrafficMutations.inputs)
    }

    @Test func nestingHasAnEnd() {
        let nested = (0..<40).reduce([0x09, 0, 0, 0, 1] as [UInt8]) { inner, _ in [0x0F, 0, 0, 0, 1] + inner }
        let loop = Self.part([0xE0] + Self.string("l") + [1, 0x10, 0] + nested)
        #expect(throws: TrafficError.self) { try TraCIReply(parsing: Self.done(0x02) + [0, 0, 0, 1] + loop, to: [0x02]) }
    }

    @Test func commandsAreWrittenAsTheProtocolHasThem() {
        var message = TraCIMessage()
        message.show("Gr", at: "c")
        message.step()
        let show: [UInt8] = [0x0F, 0xC2, 0x20, 0, 0, 0, 1, 0x63, 0x0C, 0, 0, 0, 2, 0x47, 0x72]
        #expect(message.bytes == [0, 0, 0, 29] + show + [0x0A, 0x02, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(message.commands == [0xC2, 0x02])
    }

    @Test func aVehicleThatBreaksDownIsAWayAVehicleAndAStop() throws {
        var message = TraCIMessage()
        message.add(LaneBlockage(lane: "nc_2", position: 12.5, time: 0, seconds: 60), as: "b")
        message.remove("b")
        #expect(message.commands == [0xC6, 0xC4, 0xC4, 0xC4])
        var way: [UInt8] = [0x80] + Self.string("b")
        way += [0x0E, 0, 0, 0, 1] + Self.string("nc")
        var stop: [UInt8] = [0x12] + Self.string("b")
        stop += [0x0F, 0, 0, 0, 7, 0x0C] + Self.string("nc")
        stop += [0x0B] + Self.double(12.6)
        stop += [0x08, 2, 0x0B] + Self.double(60)
        stop += [0x08, 0, 0x0B] + Self.double(11.5)
        stop += [0x0B] + Self.double(-1_073_741_824)
        let bytes = message.bytes, text = String(decoding: bytes, as: UTF8.self)
        #expect(Array(bytes[4...].prefix(way.count + 2)) == [UInt8(way.count + 2), 0xC6] + way)
        #expect(Array(bytes.suffix(stop.count + 2 + 10).prefix(stop.count + 2)) == [UInt8(stop.count + 2), 0xC4] + stop)
        #expect(text.contains("12.5") && text.contains("DEFAULT_VEHTYPE"))
        #expect(bytes.suffix(10) == [0x0A, 0xC4, 0x81, 0, 0, 0, 1, 0x62, 0x08, 3])
    }

    @Test func longCommandsHaveALongLength() {
        var message = TraCIMessage()
        message.show(String(repeating: "r", count: 300), at: "c")
        #expect(Array(message.bytes[4..<9]) == [0, 0, 0, 0x01, 0x3D])
    }
}
