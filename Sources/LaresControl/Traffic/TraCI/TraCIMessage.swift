/// Commands to SUMO that go in one message and are answered by one.
public struct TraCIMessage: Sendable, Hashable {
    /// The identifiers of the commands.
    public private(set) var commands: [UInt8] = []
    private var body: [UInt8] = []

    /// No commands.
    public init() {}

    /// With the message's length before it.
    public var bytes: [UInt8] { TraCIBytes.int(body.count + 4) + body }

    /// Asks for the version of the interface and of SUMO.
    public mutating func askVersion() { add(0x00, []) }

    /// One step of the simulation.
    public mutating func step() { add(0x02, TraCIBytes.double(0)) }

    /// The end.
    public mutating func close() { add(0x7F, []) }

    /// What a signal shows: one letter for each link (r, y, g, G, s).
    public mutating func show(_ state: String, at signal: String) {
        add(0xC2, [0x20] + TraCIBytes.string(signal) + [0x0C] + TraCIBytes.string(state))
    }

    /// The vehicle classes that may not use a lane: `["all"]` closes it.
    public mutating func disallow(_ classes: [String], on lane: String) {
        let list = TraCIBytes.int(classes.count) + classes.flatMap(TraCIBytes.string)
        add(0xC3, [0x35] + TraCIBytes.string(lane) + [0x0E] + list)
    }

    /// A vehicle that appears on a lane, stands there for a while, and drives on to the lane's end.
    /// - Parameter name: What the vehicle and its way are called; one that was used before is refused.
    public mutating func add(_ blockage: LaneBlockage, as name: String) {
        typealias Bytes = TraCIBytes
        let (edge, index) = blockage.edgeAndIndex
        let place = max(0.2, blockage.position), lane = UInt8(clamping: Int(index) ?? 0)
        add(0xC6, [0x80] + Bytes.string(name) + [0x0E] + Bytes.int(1) + Bytes.string(edge))
        let ways = [name, "DEFAULT_VEHTYPE", "now", index, "\(place)", "0", "current", "max", "current", "", "", ""]
        let vehicle = ways.flatMap { [0x0C] + Bytes.string($0) } + ([0x09] + Bytes.int(0)) + ([0x09] + Bytes.int(0))
        add(0xC4, [0x85] + Bytes.string(name) + [0x0F] + Bytes.int(14) + vehicle)
        let stop: [[UInt8]] = [
            [0x0C] + Bytes.string(edge), [0x0B] + Bytes.double(place + 0.1), [0x08, lane], [0x0B] + Bytes.double(blockage.seconds),
            [0x08, 0],
            [0x0B] + Bytes.double(max(0, place - 1)), [0x0B] + Bytes.double(-1_073_741_824),
        ]
        add(0xC4, [0x12] + Bytes.string(name) + [0x0F] + Bytes.int(stop.count) + stop.joined())
    }

    /// Takes a vehicle away.
    public mutating func remove(_ vehicle: String) { add(0xC4, [0x81] + TraCIBytes.string(vehicle) + [0x08, 3]) }

    /// Values of an object after each step.
    /// - Parameter command: 0xd0…0xdf, by the object's kind.
    public mutating func subscribe(_ command: UInt8, to name: String, _ variables: [UInt8]) {
        add(command, Self.always + TraCIBytes.string(name) + [UInt8(variables.count)] + variables)
    }

    /// Values of the vehicles within `range` metres of a junction after each step.
    public mutating func subscribeToVehicles(around junction: String, range: Double, _ variables: [UInt8]) {
        let around = [0xA4] + TraCIBytes.double(range)
        add(0x89, Self.always + TraCIBytes.string(junction) + around + [UInt8(variables.count)] + variables)
    }

    /// Begin and end of a subscription that holds for the whole run.
    private static let always = TraCIBytes.double(-1_073_741_824) + TraCIBytes.double(-1_073_741_824)

    private mutating func add(_ id: UInt8, _ content: [UInt8]) {
        commands.append(id)
        let length = content.count + 2
        body += length <= 255 ? [UInt8(length)] : [0] + TraCIBytes.int(length + 4)
        body.append(id)
        body += content
    }
}

/// Values as the protocol has them.
enum TraCIBytes {
    static func int(_ value: Int) -> [UInt8] { bigEndian(UInt64(bitPattern: Int64(value)), 4) }
    static func double(_ value: Double) -> [UInt8] { bigEndian(value.bitPattern, 8) }
    static func string(_ text: String) -> [UInt8] { int(text.utf8.count) + Array(text.utf8) }

    private static func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}
