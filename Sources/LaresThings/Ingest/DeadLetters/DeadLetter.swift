/// Lines that couldn't be taken, as they came, with what is needed to try them again.
public struct DeadLetter: Hashable, Sendable {
    /// Its number; 0 until it is kept.
    public internal(set) var id: Int64 = 0
    /// When it came.
    public var time: Timestamp
    /// Whose it is; empty: this Lares' own.
    public var tenant: String
    /// Where it came from: "http:telegraf", "nats:CITY".
    public var source: String
    /// How it is written.
    public var format: PointFormat
    /// What whole numbers of time count.
    public var precision: TimePrecision
    /// The line that names the columns of a table.
    public var heading: [UInt8]?
    /// Why it wasn't taken; the first line's reason where there are several.
    public var fault: PointFault
    /// How many lines it has.
    public var lines: Int
    /// How often it was tried.
    public var tries: Int
    /// The lines.
    public var bytes: [UInt8]

    /// A letter that isn't kept yet.
    public init(
        time: Timestamp, tenant: String, source: String, format: PointFormat, precision: TimePrecision, heading: [UInt8]?,
        fault: PointFault,
        lines: Int, tries: Int, bytes: [UInt8]
    ) {
        (self.time, self.tenant, self.source, self.format, self.precision) = (time, tenant, source, format, precision)
        (self.heading, self.fault, self.lines, self.tries, self.bytes) = (heading, fault, lines, tries, bytes)
    }

    /// Bytes of one letter, but for a single line that is longer.
    static let size = 1 << 16

    /// What it takes of the room for letters.
    var cost: Int { bytes.count + (heading?.count ?? 0) + 200 }

    /// Whether it can be tried again: of a line that is too long only the beginning was kept.
    public var isWhole: Bool { fault.code != .lineTooLong }

    /// Whether a line for the same reason fits in, that came in the same second: thousands of messages need no letter each.
    func takes(_ fault: PointFault, _ size: Int, _ received: Timestamp) -> Bool {
        fault.code == self.fault.code && bytes.count + size < Self.size && abs(received.milliseconds - time.milliseconds) < 1_000
    }

    /// Adds a line.
    mutating func add(_ line: ArraySlice<UInt8>) {
        if lines > 0 { bytes.append(0x0A) }
        bytes.append(contentsOf: line)
        lines += 1
    }
}
