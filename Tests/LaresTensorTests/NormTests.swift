import LaresTensor
import Testing

/// Operators on rows, read back through an identity matrix where they only feed products.
struct NormTests {
    private let columns = 96

    private func identity(_ pool: ComputePool) -> Matrix {
        makeMatrix(
            (0..<(columns * columns)).map { Float($0 / columns == $0 % columns ? 1 : 0) }, rows: columns, columns: columns, pool: pool)
    }

    private func read(_ a: Activations, _ identity: Matrix, _ pool: ComputePool) -> [Float] {
        let y = Buffer(rows: a.count, columns: columns)
        pool.matmul(a, [Product(identity, into: y)])
        return values(y)
    }

    private func rows(_ x: [Float]) -> [[Float]] { stride(from: 0, to: x.count, by: columns).map { Array(x[$0..<($0 + columns)]) } }

    @Test(arguments: instructionSets) func rmsNormFollowsItsFormula(set: String) throws {
        let pool = try #require(ComputePool(threads: 2, kernelsNamed: set))
        defer { pool.close() }
        var random = RandomBits(seed: 31)
        let (x, weight) = (random.floats(200 * columns), random.floats(columns))
        let matrix = identity(pool)
        let a = Activations(rows: 200, columns: columns, for: [matrix])
        pool.rmsNorm(makeBuffer(x, columns: columns), count: 200, weight: weight, epsilon: 1e-5, into: a)
        let wanted = rows(x).flatMap { rmsNormed($0, weight: weight, epsilon: 1e-5) }
        #expect(distance(read(a, matrix, pool), wanted) < 2e-6)
        let chosen = [7, 0, 199, 7]
        pool.rmsNorm(makeBuffer(x, columns: columns), rows: chosen, weight: weight, epsilon: 1e-5, into: a)
        #expect(distance(read(a, matrix, pool), chosen.flatMap { rmsNormed(rows(x)[$0], weight: weight, epsilon: 1e-5) }) < 2e-6)
    }

    @Test(arguments: instructionSets) func layerNormAddsNormalisesAndKeepsTheRow(set: String) throws {
        let pool = try #require(ComputePool(threads: 2, kernelsNamed: set))
        defer { pool.close() }
        var random = RandomBits(seed: 32)
        let (x, y) = (random.floats(5 * columns), random.floats(5 * columns))
        let (weight, bias) = (random.floats(columns), random.floats(columns))
        let matrix = identity(pool)
        let a = Activations(rows: 5, columns: columns, for: [matrix])
        let buffer = makeBuffer(x, columns: columns)
        pool.layerNorm(buffer, adding: makeBuffer(y, columns: columns), count: 5, weight: weight, bias: bias, epsilon: 1e-12, into: a)
        let wanted = rows(zip(x, y).map { $0 + $1 }).flatMap { layerNormed($0, weight: weight, bias: bias, epsilon: 1e-12) }
        #expect(distance(values(buffer), wanted) < 3e-6)
        #expect(read(a, matrix, pool) == values(buffer))
    }

    @Test func addNormedAddsTheNormalisedRow() {
        withPool { pool in
            var random = RandomBits(seed: 33)
            let (x, y, weight) = (random.floats(3 * columns), random.floats(3 * columns), random.floats(columns))
            let buffer = makeBuffer(x, columns: columns)
            pool.addNormed(makeBuffer(y, columns: columns), weight: weight, epsilon: 1e-6, to: buffer, count: 3)
            let wanted = zip(x, rows(y).flatMap { rmsNormed($0, weight: weight, epsilon: 1e-6) }).map { Double($0) + $1 }
            #expect(distance(values(buffer), wanted) < 2e-6)
            pool.add(makeBuffer(y, columns: columns), to: buffer, count: 3)
            #expect(distance(values(buffer), zip(wanted, y).map { $0 + Double($1) }) < 2e-6)
        }
    }

    @Test func softmaxSumsToOneAtAnyLength() {
        var random = RandomBits(seed: 34)
        for count in [1, 2, 15, 16, 17, 1000] {
            let x = random.floats(count).map { $0 * 20 }
            let top = Double(x.max() ?? 0)
            let total = x.reduce(0.0) { $0 + exponential(Double($1) - top) }
            #expect(abs(Double(x.withUnsafeBufferPointer(logSumExp)) - (top + logarithm(total))) < 1e-5)
            var y = x
            y.withUnsafeMutableBufferPointer { softmax($0) }
            #expect(distance(y, x.map { exponential(Double($0) - top) / total }) < 2e-6)
        }
        var nothing = [Float](repeating: -.infinity, count: 3)
        nothing.withUnsafeMutableBufferPointer { softmax($0) }
        #expect(nothing == [0, 0, 0])
    }

    @Test func argmaxTakesTheFirstLargestAndNeverNaN() {
        func best(_ x: [Float]) -> Int { x.withUnsafeBufferPointer(argmax) }
        #expect(best([1, 3, 3, 2]) == 1)
        #expect(best([.nan, 1, .nan]) == 1)
        #expect(best([]) == 0)
        let long = (0..<300).map { Float($0 == 297 ? 9 : 1) }
        #expect(best(long) == 297)
    }
}
