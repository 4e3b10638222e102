/// What the run found, and its table.
struct Findings {
    var schemas = 0, passing = 0, passingAsGiven = 0, rejecting = 0
    var valid = 0, rejected = 0, rejectedAsGiven = 0
    var invalid = 0, accepted = 0
    var tokens = 0, disagreements = 0
    var refusals: [String: Int] = [:]
    var compileTimes: [Double] = [], maskTimes: [Double] = []

    func report() {
        let refused = refusals.values.reduce(0, +)
        print("schemas                           \(schemas)")
        print("  passing                         \(passing) (\(passingAsGiven) with members in the order given)")
        print("  refused when compiled           \(refused)")
        print("  rejecting a valid instance      \(rejecting)")
        print("valid instances                   \(valid): \(rejected) rejected (\(rejectedAsGiven) in the order given)")
        print("invalid instances                 \(invalid): \(accepted) accepted")
        print("tokens on which mask and reading disagree  \(disagreements) of \(tokens)")
        print("\nmicroseconds   count       mean      p50      p90      p99    p99.9       max")
        print(Self.line("mask", maskTimes))
        print(Self.line("compile", compileTimes))
        print(
            "\nrefused for: "
                + refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }

    private static func line(_ name: String, _ values: [Double]) -> String {
        guard !values.isEmpty else { return name }
        let sorted = values.sorted()
        func at(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
        let mean = values.reduce(0, +) / Double(values.count)
        let columns = [mean, at(0.5), at(0.9), at(0.99), at(0.999), at(1)].map(shown)
        return name.padding(12) + "\(values.count)".padding(left: 8)
            + columns.enumerated().map { $1.padding(left: $0 == 0 ? 11 : $0 == 5 ? 10 : 9) }.joined()
    }

    private static func shown(_ value: Double) -> String { value < 100 ? "\((value * 10).rounded() / 10)" : "\(Int(value))" }
}

extension String {
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    fileprivate func padding(left width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
