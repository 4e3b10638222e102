/// How many points came from where, in each ten seconds of the last hour; how many waited, and how often senders were told to wait. A plain value without
/// a clock.
public struct IngestRates: Sendable {
    /// Who sends, and by what.
    public struct Origin: Hashable, Sendable {
        /// The tenant's name; empty: this Lares itself.
        public let tenant: String
        /// Where its points come from: "http:telegraf", "nats:CITY"; empty for those that are too many to be told apart.
        public let source: String

        package init(tenant: String, source: String) { (self.tenant, self.source) = (tenant, source) }
    }

    /// What came from one origin.
    public struct Line: Hashable, Sendable {
        /// From where.
        public let origin: Origin
        /// Points in each slot, the earliest first; the last slot isn't over yet.
        public let points: [Int]
    }

    /// Seconds of a slot.
    public static let seconds = 10
    /// Slots that are kept.
    public static let slots = 360
    /// Origins that are told apart.
    private static let most = 256

    private var counts: [Origin: [UInt32]] = [:]
    private var waited = [Int](repeating: 0, count: slots)
    private var told = [Int](repeating: 0, count: slots)
    private var last = Int64.min

    /// Nothing came.
    public init() {}

    /// Points were stored.
    package mutating func add(_ points: Int, from origin: Origin, at now: Double) {
        let place = advance(to: now)
        guard points > 0 else { return }
        if counts[origin] == nil, counts.count >= Self.most { counts = counts.filter { $0.value.contains { $0 > 0 } } }
        let known = counts[origin] != nil || counts.count < Self.most ? origin : Origin(tenant: origin.tenant, source: "")
        counts[known, default: [UInt32](repeating: 0, count: Self.slots)][place] &+= UInt32(clamping: points)
    }

    /// So many points wait.
    package mutating func note(waiting: Int, at now: Double) {
        let place = advance(to: now)
        waited[place] = max(waited[place], waiting)
    }

    /// A sender was told to come again.
    package mutating func noteRefusal(at now: Double) { told[advance(to: now)] += 1 }

    /// What came from each origin until now, by name; those from which nothing came for an hour are left out.
    public func lines(until now: Double) -> [Line] {
        var rates = self
        let next = rates.advance(to: now) + 1
        return rates.counts.map { Line(origin: $0, points: Self.turned($1.map { Int($0) }, next)) }.filter { $0.points.contains { $0 > 0 } }
            .sorted { ($0.origin.tenant, $0.origin.source) < ($1.origin.tenant, $1.origin.source) }
    }

    /// The most points that waited in each slot, and how often senders were told to wait.
    public func pressure(until now: Double) -> (waited: [Int], told: [Int]) {
        var rates = self
        let next = rates.advance(to: now) + 1
        return (Self.turned(rates.waited, next), Self.turned(rates.told, next))
    }

    private static func turned(_ ring: [Int], _ first: Int) -> [Int] { Array(ring[first...] + ring[..<first]) }

    /// Empties the slots that passed; gives the place of this one.
    private mutating func advance(to now: Double) -> Int {
        let slot = Int64(now.rounded(.down)).floored(by: Int64(Self.seconds)).quotient
        let place = { (slot: Int64) in Int(slot.floored(by: Int64(Self.slots)).rest) }
        // A clock that is set back begins anew.
        let passed = last == .min || slot < last ? Int64(Self.slots) : min(Int64(Self.slots), slot - last)
        guard passed > 0 else { return place(slot) }
        let gone = (0..<passed).map { place(slot - $0) }
        for key in Array(counts.keys) { for place in gone { counts[key]?[place] = 0 } }
        for place in gone { (waited[place], told[place]) = (0, 0) }
        last = slot
        return place(slot)
    }
}
