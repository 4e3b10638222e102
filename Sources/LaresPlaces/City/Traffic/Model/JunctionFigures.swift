/// What the last minutes of a junction come to.
package struct JunctionFigures: Sendable {
    /// Seconds that are looked back.
    package static let window = 300
    private var standing: [Float] = []
    private var passed: [Float] = []
    private var place = 0
    private var sums: (standing: Float, passed: Float) = (0, 0)
    private(set) var countsPassing = false

    /// Nothing was seen yet.
    package init() {}

    /// A second: vehicles that stood, and those that loops at stop lines counted; nil: there are none.
    package mutating func add(standing now: Float, passed count: Float?) {
        countsPassing = countsPassing || count != nil
        let count = count.map { $0.isFinite && $0 >= 0 ? min($0, 100) : 0 } ?? 0
        let now = now.isFinite && now >= 0 ? now : 0
        if standing.count < Self.window {
            standing.append(now)
            passed.append(count)
        } else {
            (standing[place], passed[place]) = (now, count)
            place = (place + 1) % Self.window
        }
        sums = (standing.reduce(0, +), passed.reduce(0, +))
    }

    /// Vehicles that stand, in the mean.
    package var queue: Double? { standing.isEmpty ? nil : Double(sums.standing) / Double(standing.count) }

    /// Seconds that vehicles stood, for each that passed; nil: nobody did.
    package var delay: Double? { sums.passed >= 1 ? Double(sums.standing / sums.passed) : nil }

    /// Vehicles an hour that passed; nil: nobody counts them.
    package var throughput: Double? {
        countsPassing && !standing.isEmpty ? Double(sums.passed) / Double(standing.count) * 3_600 : nil
    }
}
