/// What all detectors of series are told: nothing that depends on the series.
public struct DetectorSettings: Sendable, Hashable {
    /// How many values a detector learns from before it calls anything odd, 20 to 100,000; windows and rests are parts of it.
    public let learning: Int
    /// Milliseconds after which days begin anew, 1 s to 366 days.
    public let period: Int64

    /// - Throws: `ForecastError.badSetting`.
    public init(learning: Int = 600, period: Int64 = 86_400_000) throws {
        guard (20...100_000).contains(learning) else {
            throw ForecastError(.badSetting, "a detector learns from 20 to 100,000 values, not \(learning)")
        }
        guard (1_000...31_622_400_000).contains(period) else {
            throw ForecastError(.badSetting, "the period is 1,000 to 31,622,400,000 ms, not \(period)")
        }
        (self.learning, self.period) = (learning, period)
    }

    /// 600 values, days.
    public static let standard = DetectorSettings()

    private init() { (learning, period) = (600, 86_400_000) }

    func write(to state: inout StateWriter) {
        state.put(learning)
        state.put(period)
    }

    init(from state: inout StateReader) throws { try self.init(learning: state.int(0...100_000), period: state.int64()) }
}
