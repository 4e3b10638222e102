import LaresForecast
import LaresTensor
import Testing

@Suite struct ReconciliationTests {
    private static let nodes = ["city", "north", "south", "a", "b", "c"]
    private func city() throws -> Hierarchy {
        try Hierarchy(Self.nodes, children: ["city": ["north", "south"], "north": ["a", "b"], "south": ["c"]])
    }
    private let forecasts: [[Double]] = [[100, 10], [70, 8], [40, 1], [30, 9], [30, -3], [45, 2]]

    @Test(arguments: Reconciliation.Method.allCases, [false, true])
    func whatIsReconciledAddsUp(_ method: Reconciliation.Method, _ isNonNegative: Bool) throws {
        var made = MadeSeries(seed: 31)
        let residuals = Self.nodes.map { _ in (0..<50).map { _ in made.noise(2) } }
        let found = try Reconciliation(method, isNonNegative: isNonNegative).reconciled(forecasts, in: city(), residuals: residuals)
        for step in 0..<2 {
            #expect(abs(found[0][step] - found[1][step] - found[2][step]) < 1e-9)
            #expect(abs(found[1][step] - found[3][step] - found[4][step]) < 1e-9)
            #expect(abs(found[2][step] - found[5][step]) < 1e-9)
            if isNonNegative { #expect(found.allSatisfy { $0[step] >= 0 }) }
        }
    }

    @Test func whatAddsUpStaysAsItIs() throws {
        let hierarchy = try city(), coherent = try hierarchy.summed([[1, 2], [3, 4], [5, 6]])
        #expect(coherent == [[9, 12], [4, 6], [5, 6], [1, 2], [3, 4], [5, 6]])
        for method in [Reconciliation.Method.bottomUp, .topDown, .ordinary, .structural] {
            let found = try Reconciliation(method).reconciled(coherent, in: hierarchy)
            for (one, other) in zip(found.joined(), coherent.joined()) { #expect(abs(one - other) < 1e-9) }
        }
    }

    @Test func bottomUpKeepsLeavesAndTopDownTheRoot() throws {
        #expect(try Reconciliation(.bottomUp).reconciled(forecasts, in: city())[4] == [30, -3])
        let down = try Reconciliation(.topDown).reconciled(forecasts, in: city())
        #expect(abs(down[0][0] - 100) < 1e-9)
        #expect(abs(down[1][0] - 100 * 70 / 110) < 1e-9)
        #expect(abs(down[3][0] - 50 * 70 / 110) < 1e-9)
        let zero = try Reconciliation(.topDown).reconciled([[12], [0], [0], [0], [0], [0]], in: city())
        #expect(zero.map { $0[0] } == [12, 6, 6, 3, 3, 6])
    }

    @Test func nodesThatErrLessMoveLess() throws {
        var made = MadeSeries(seed: 32)
        let pair = try Hierarchy(["all", "sure", "unsure"], children: ["all": ["sure", "unsure"]])
        let residuals = [1.0, 0.1, 3].map { size in (0..<200).map { _ in made.noise(size) } }
        for method in [Reconciliation.Method.variances, .minTrace] {
            let found = try Reconciliation(method).reconciled([[20], [5], [5]], in: pair, residuals: residuals)
            #expect(abs(found[1][0] - 5) < 0.2)
            #expect(found[2][0] > 12)
        }
    }

    @Test func aNodeThatNeverErredIsNoObstacle() throws {
        let pair = try Hierarchy(["all", "a", "b"], children: ["all": ["a", "b"]])
        let residuals: [[Double]] = [[0, 0, 0, 0], [1, -1, 1, -1], [.nan, 1, 1, -1]]
        for method in [Reconciliation.Method.variances, .minTrace] {
            let found = try Reconciliation(method).reconciled([[20], [5], [5]], in: pair, residuals: residuals)
            #expect(abs(found[0][0] - 20) < 0.01)
            let never = try Reconciliation(method).reconciled([[20], [5], [5]], in: pair, residuals: residuals.map { $0.map { _ in 0 } })
            #expect(never.allSatisfy { $0[0].isFinite })
        }
    }

    @Test(arguments: [
        ([String](), [String: [String]]()), (["a", "a"], [:]), (["a", "b"], ["a": ["c"]]), (["a", "b"], ["c": ["a"]]),
        (["a"], ["a": ["a"]]),
        (["a", "b", "c"], ["a": ["c"], "b": ["c"]]), (["a", "b", "c"], ["a": ["b"], "b": ["a"]]), (["a", "b"], ["a": ["b", "b"]]),
    ])
    func whatIsNoTreeIsRefused(_ nodes: [String], _ children: [String: [String]]) {
        #expect(throws: ForecastError.self) { try Hierarchy(nodes, children: children) }
    }

    @Test(arguments: [
        (["a", "b"], ["a": [String]()]), (["a", "b"], ["a": ["c"]]), (["a", "b", "c"], ["a": ["b"], "b": ["c"]]),
        (["a", "b"], ["x": ["b"]]),
    ])
    func whatAreNoSumsIsRefused(_ nodes: [String], _ sums: [String: [String]]) {
        #expect(throws: ForecastError.self) { try Hierarchy(nodes, sums: sums) }
    }

    @Test func whatDoesntFitTheHierarchyIsRefused() throws {
        let hierarchy = try city()
        #expect(throws: ForecastError.self) { try Reconciliation(.ordinary).reconciled([[1]], in: hierarchy) }
        #expect(throws: ForecastError.self) { try Reconciliation(.ordinary).reconciled([[1], [1], [1], [1], [1], [1, 2]], in: hierarchy) }
        #expect(throws: ForecastError.self) { try Reconciliation(.ordinary).reconciled([[1], [1], [1], [1], [1], [.nan]], in: hierarchy) }
        #expect(throws: ForecastError.self) { try Reconciliation(.minTrace).reconciled(forecasts, in: hierarchy) }
        #expect(throws: ForecastError.self) {
            try Reconciliation(.variances).reconciled(forecasts, in: hierarchy, residuals: Self.nodes.map { _ in [1] })
        }
        let crossing = try Hierarchy(["all", "a", "b"], sums: ["all": ["a", "b"]])
        #expect(throws: ForecastError.self) { try Reconciliation(.topDown).reconciled([[1], [1], [1]], in: crossing) }
        #expect(throws: ForecastError.self) { try hierarchy.summed([[1]]) }
        // No sums at all: nothing to reconcile.
        #expect(try Reconciliation(.ordinary).reconciled([[1], [2]], in: Hierarchy(["a", "b"], children: [:])) == [[1], [2]])
    }
}
