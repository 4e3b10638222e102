import LaresTensor
import Testing

/// Matrix products against the reference decoder and a product in doubles.
struct ProductTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let type: DType
        let set: String
        var testDescription: String { "\(type.name) \(set)" }
    }

    static let cases = DType.allCases.flatMap { type in instructionSets.map { Case(type: type, set: $0) } }

    /// A row as the kernels see it: d = f16(max / 127), q = round-to-even(x · 127 / max), for 32 values at a time.
    private func quantised(_ x: [Float]) -> [Float] {
        stride(from: 0, to: x.count, by: 32).flatMap { start -> [Float] in
            let block = x[start..<(start + 32)]
            let top = block.reduce(0) { max($0, abs($1)) }
            let scale = Float(Float16(top / 127))
            return block.map { top > 0 ? ($0 * (127 / top)).rounded(.toNearestOrEven) * scale : 0 }
        }
    }

    private func product(_ weights: [Float], _ x: [Float], rows: Int) -> [Double] {
        let columns = weights.count / rows
        return (0..<(x.count / columns)).flatMap { n in
            (0..<rows).map { r in
                (0..<columns).reduce(0) { $0 + Double(weights[r * columns + $1]) * Double(x[n * columns + $1]) }
            }
        }
    }

    @Test(arguments: cases) func everyTypeAndSetMultipliesLikeTheReference(_ test: Case) throws {
        var random = RandomBits(seed: 21)
        // The last: more rows than a tile, and blocks that fill no group.
        for (rows, columns, count) in [(16, 256, 1), (37, 512, 7), (48, 768, 33), (40, 1_088, 100)]
        where Matrix.isSupported(type: test.type, rows: rows, columns: columns) {
            let pool = try #require(ComputePool(threads: 2, kernelsNamed: test.set))
            defer { pool.close() }
            let bytes = random.weights(test.type, count: rows * columns)
            let x = random.floats(count * columns)
            let matrix = makeMatrix(bytes, test.type, rows: rows, columns: columns, pool: pool)
            let a = Activations(rows: count, columns: columns, for: [matrix])
            pool.quantise(makeBuffer(x, columns: columns), count: count, into: a)
            let y = Buffer(rows: count, columns: rows)
            pool.matmul(a, [Product(matrix, into: y)])
            let isFloat = [.f32, .f16, .bf16].contains(test.type)
            let wanted = product(decoded(bytes, test.type, count: rows * columns), isFloat ? x : quantised(x), rows: rows)
            // Q4_1 and Q5_1 round the block sums of their minimums to f16, Q4_K and Q5_K their folded scales.
            let rounds = [.q4_1, .q5_1, .q4_K, .q5_K].contains(test.type)
            #expect(distance(values(y), wanted) < (rounds ? 1e-3 : 5e-6))
        }
    }

    @Test(arguments: DType.allCases) func anOutputDoesNotDependOnTheRowsBesideIt(type: DType) {
        var random = RandomBits(seed: 22)
        let (rows, columns, most) = (48, 512, 17)
        withPool { pool in
            let matrix = makeMatrix(random.weights(type, count: rows * columns), type, rows: rows, columns: columns, pool: pool)
            let x = random.floats(most * columns)
            func run(_ count: Int, from first: Int) -> [Float] {
                let a = Activations(rows: count, columns: columns, for: [matrix])
                let part = Array(x[(first * columns)..<((first + count) * columns)])
                pool.quantise(makeBuffer(part, columns: columns), count: count, into: a)
                let y = Buffer(rows: count, columns: rows)
                pool.matmul(a, [Product(matrix, into: y)])
                return values(y)
            }
            let alone = (0..<most).flatMap { run(1, from: $0) }
            for count in [2, 3, 5, 8, 17] { #expect(run(count, from: 0) == Array(alone[..<(count * rows)])) }
        }
    }

    @Test(arguments: instructionSets) func wordsMultiplyAsGoodAsFloats(set: String) throws {
        var random = RandomBits(seed: 25)
        let pool = try #require(ComputePool(threads: 2, kernelsNamed: set))
        defer { pool.close() }
        for (type, rows, columns, count) in [(DType.f32, 32, 32, 1), (.f16, 37, 512, 7), (.bf16, 144, 96, 33)] {
            let bytes = random.weights(type, count: rows * columns)
            let matrix = try bytes.withUnsafeBytes { try Matrix($0, type: type, form: .words, rows: rows, columns: columns, pool: pool) }
            let (x, bias) = (random.floats(count * columns), random.floats(rows))
            let weights = decoded(bytes, type, count: rows * columns)
            func run(_ rowsOfX: [Float]) -> [Float] {
                let a = Activations(rows: rowsOfX.count / columns, columns: columns, for: [matrix])
                pool.quantise(makeBuffer(rowsOfX, columns: columns), count: a.rows, into: a)
                let y = Buffer(rows: a.rows, columns: rows)
                pool.matmul(a, [Product(matrix, into: y, bias: bias)])
                return values(y)
            }
            let together = run(x)
            let wanted = product(weights, x, rows: rows).enumerated().map { $1 + Double(bias[$0 % rows]) }
            #expect(distance(together, wanted) < 3e-4)  // a word is off by 6e-5 of its block's largest
            for i in 0..<count {
                let alone = run(Array(x[(i * columns)..<((i + 1) * columns)]))
                #expect(alone == Array(together[(i * rows)..<((i + 1) * rows)]))
            }
            var row = [Float](repeating: 0, count: columns)
            matrix.decodeRow(rows - 1, into: &row)
            let last: [Double] = weights.suffix(columns).map { Double($0) }
            #expect(distance(row, last) < 1e-4)
        }
    }

    @Test(arguments: [DType.q4_1, .q8_0, .f16]) func biasAndAddingReachEveryRowOfAnOddMatrix(type: DType) {
        var random = RandomBits(seed: 23)
        let (rows, columns, count) = (19, 64, 5)
        withPool { pool in
            let matrix = makeMatrix(random.weights(type, count: rows * columns), type, rows: rows, columns: columns, pool: pool)
            let bias = random.floats(rows)
            let before = random.floats(count * rows)
            let a = Activations(rows: count, columns: columns, for: [matrix])
            pool.quantise(makeBuffer(random.floats(count * columns), columns: columns), count: count, into: a)
            let (plain, full) = (Buffer(rows: count, columns: rows), makeBuffer(before, columns: rows))
            pool.matmul(a, [Product(matrix, into: plain), Product(matrix, into: full, bias: bias, adding: true)])
            let wanted = values(plain).enumerated().map { before[$0] + ($1 + bias[$0 % rows]) }
            #expect(distance(values(full), wanted) < 1e-6)
        }
    }

    @Test func aMatrixTheSystemHasNoMemoryForIsAnError() throws {
        try withPool { pool in
            let (rows, columns) = (1 << 30, 1 << 23)
            let size = try #require(DType.q4_0.byteCount(ofElements: rows * columns))
            // Never read: memory for the packed form is asked for first.
            let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: 64), count: size)
            #expect { try Matrix(bytes, type: .q4_0, rows: rows, columns: columns, pool: pool) } throws: {
                ($0 as? WeightMemoryError)?.bytes == Matrix.byteCount(type: .q4_0, rows: rows, columns: columns)
            }
        }
    }

    @Test(arguments: [Activation.silu, .geluTanh, .geluErf]) func gatedFeedForwardIsTwoProductsAndANonlinearity(
        _ activation: Activation
    ) {
        var random = RandomBits(seed: 24)
        let (hidden, columns, count) = (96, 64, 35)
        withPool { pool in
            let gate = makeMatrix(random.weights(.q4_1, count: hidden * columns), .q4_1, rows: hidden, columns: columns, pool: pool)
            let up = makeMatrix(random.weights(.q8_0, count: hidden * columns), .q8_0, rows: hidden, columns: columns, pool: pool)
            // The identity reads the hidden rows back.
            let identity = (0..<(hidden * hidden)).map { Float($0 / hidden == $0 % hidden ? 1 : 0) }
            let down = makeMatrix(identity, rows: hidden, columns: hidden, pool: pool)
            let a = Activations(rows: count, columns: columns, for: [gate, up])
            pool.quantise(makeBuffer(random.floats(count * columns), columns: columns), count: count, into: a)
            let (g, u) = (Buffer(rows: count, columns: hidden), Buffer(rows: count, columns: hidden))
            pool.matmul(a, [Product(gate, into: g), Product(up, into: u)])
            let h = Activations(rows: count, columns: hidden, for: [down])
            let y = Buffer(rows: count, columns: hidden)
            pool.gatedFeedForward(a, gate: gate, up: up, activation: activation, into: h)
            pool.matmul(h, [Product(down, into: y)])
            #expect(h.count == count)
            #expect(distance(values(y), zip(values(g), values(u)).map { reference(activation, Double($0)) * Double($1) }) < 2e-6)
            let bias = random.floats(hidden)
            pool.feedForward(a, up: up, bias: bias, activation: activation, into: h)
            pool.matmul(h, [Product(down, into: y)])
            let wanted = values(u).enumerated().map { reference(activation, Double($1 + bias[$0 % hidden])) }
            #expect(distance(values(y), wanted) < 2e-6)
        }
    }
}
