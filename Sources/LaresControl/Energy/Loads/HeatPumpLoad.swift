/// A heat pump as a plan sees it: rooms that may be warmer or colder within a band while electricity is cheap or dear.
public struct HeatPumpLoad: FlexibleLoad {
    /// The temperatures that people want in a step, in °C.
    public typealias Band = ClosedRange<Double>

    /// Levels of warmth.
    public let levels: Int
    /// What may be done now.
    public let present: [LoadChoice]
    private let later: [LoadChoices]
    private let rooms: HeatedRooms
    private let last: Band
    private let worthOfWarmth: Double

    /// - Parameters:
    ///   - inside: The temperature of the rooms now, in °C.
    ///   - outside: The temperature outside in each step, as forecast.
    ///   - bands: What people want at the end of each step.
    ///   - gains: Heat from the sun and people in each step, in kW.
    ///   - discomfort: What a degree outside of the band for an hour costs, in money.
    ///   - worth: What a kWh of heat that is left at the end is worth, in money; nothing is paid for more than the middle of the last band.
    /// - Throws: `EnergyControlError.badSetting` when the series differ in length, or a temperature is none.
    public init(
        _ pump: HeatPump, inside: Double, outside: [Double], bands: [Band], gains: [Double]? = nil, discomfort: Double = 2,
        worth: Double = 0,
        levels: Int = 61
    ) throws {
        guard let last = bands.last, outside.count == bands.count, gains.map({ $0.count == outside.count }) ?? true,
            (-30...60).contains(inside), (outside + (gains ?? [])).allSatisfy({ abs($0) <= 100 }), (2...1_000).contains(levels)
        else {
            throw EnergyControlError(
                .badSetting,
                "\(outside.count) temperatures outside for \(bands.count) bands, \(inside) °C inside: give as many, and what can be")
        }
        let lowest = min(inside, bands.map(\.lowerBound).min() ?? inside) - 2,
            highest = max(inside, bands.map(\.upperBound).max() ?? inside) + 2
        let rooms = HeatedRooms(
            pump: pump, outside: outside, bands: bands, gains: gains ?? outside.map { _ in 0 }, discomfort: discomfort,
            lowest: lowest, scale: (highest - lowest) / Double(levels - 1))
        (self.levels, self.rooms, self.last, worthOfWarmth) = (levels, rooms, last, worth * pump.warmth)
        present = rooms.choices(0, from: inside)
        later = (1..<max(1, outside.count)).map { step in
            LoadChoices((0..<levels).map { rooms.choices(step, from: rooms.temperature(Double($0))) })
        }
    }

    /// Those of a step's temperature outside.
    public func choices(at step: Int) -> LoadChoices { later[min(step - 1, later.count - 1)] }

    /// From the temperature exactly.
    public func choices(at step: Int, between level: Double) -> [LoadChoice]? { rooms.choices(step, from: rooms.temperature(level)) }

    /// More for warmer rooms, up to the middle of the last band.
    public func worth(of level: Int) -> Double {
        worthOfWarmth * min(rooms.temperature(Double(level)), (last.lowerBound + last.upperBound) / 2)
    }
}

/// Rooms over the hours of a plan, and temperatures as levels.
private struct HeatedRooms: Sendable {
    let pump: HeatPump, outside: [Double], bands: [HeatPumpLoad.Band], gains: [Double], discomfort: Double
    /// The temperature of level 0, and degrees from one level to the next.
    let lowest: Double, scale: Double

    func temperature(_ level: Double) -> Double { lowest + level * scale }

    /// What the pump may do for an hour.
    func choices(_ step: Int, from inside: Double) -> [LoadChoice] {
        pump.energies().map { energy in
            let after = pump.temperature(after: inside, outside: outside[step], energy: energy, gains: gains[step])
            let beside = max(0, bands[step].lowerBound - after, after - bands[step].upperBound)
            return LoadChoice(energy: energy, level: (after - lowest) / scale, penalty: discomfort * beside)
        }
    }
}
