/// What a battery says of itself.
public struct BatteryReading: Hashable, Sendable {
    /// The share of what it can hold that is stored.
    public let share: Double
    /// What it can hold, in kWh; nil when it doesn't say.
    public let capacity: Double?

    /// A reading.
    public init(share: Double, capacity: Double? = nil) { (self.share, self.capacity) = (share, capacity) }
}

/// Why a battery isn't believed.
public enum BatteryFault: String, Codable, Hashable, Sendable, CaseIterable {
    /// It says nothing.
    case silent
    /// What it says is infinite or no number.
    case notFinite
    /// It says that it is emptier than empty or fuller than full.
    case outOfRange
    /// It says something that it can't have come to within an hour.
    case jumped
    /// It says something that can be, but didn't a moment ago: a few such readings are waited for.
    case recovering
}

/// Whether a battery is believed: pure, told of each reading and of what was ordered.
public struct BatteryWatch: Hashable, Sendable {
    /// Sane readings in a row after which a battery is believed again.
    public static let recovery = 3
    /// How far from 0 and 1 a share may be by rounding, and how far from what power allows.
    static let slack = 0.01

    private let design: BatteryDesign
    private var last: Double?
    private var sane = BatteryWatch.recovery

    /// A battery that is believed until it says something odd.
    public init(_ design: BatteryDesign) { self.design = design }

    /// The battery as it is, or why its reading can't be.
    public mutating func take(_ reading: BatteryReading?) -> Result<Battery, BatteryFault> {
        if let fault = fault(reading) {
            sane = 0
            // Where it really is isn't known: the next reading is compared with this one, if it is one at all.
            last = reading.flatMap { (0.0...1.0).contains($0.share) ? $0.share : nil }
            return .failure(fault)
        }
        let share = min(max(reading?.share ?? 0, 0), 1), capacity = reading?.capacity ?? design.capacity
        last = share
        sane = min(sane + 1, BatteryWatch.recovery)
        guard sane >= BatteryWatch.recovery else { return .failure(.recovering) }
        return .success(Battery(design, stored: share * capacity, capacity: capacity))
    }

    private func fault(_ reading: BatteryReading?) -> BatteryFault? {
        guard let reading else { return .silent }
        guard reading.share.isFinite, reading.capacity?.isFinite ?? true else { return .notFinite }
        guard (-BatteryWatch.slack...1 + BatteryWatch.slack).contains(reading.share),
            (design.capacity * 0.1...design.capacity * 1.1).contains(reading.capacity ?? design.capacity)
        else { return .outOfRange }
        guard let last else { return nil }
        // Out, it loses more than what arrives at the wires.
        let worst = design.efficiency.values.min() ?? 1, reach = design.power / worst / (reading.capacity ?? design.capacity)
        return abs(reading.share - last) > reach + design.standingLoss + BatteryWatch.slack ? .jumped : nil
    }
}

extension BatteryFault: Error {}
