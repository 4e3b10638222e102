import LaresTensor
import Testing

/// Paged causal attention against the formula, and against itself cut differently.
struct AttentionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var shape: AttentionShape
        var length: Int
        var normed = false
        var pairing: RotaryTable.Pairing?
        var testDescription: String {
            "\(shape.heads)/\(shape.kvHeads)x\(shape.headDimension) length \(length) window \(shape.window ?? 0)"
        }
    }

    static let cases = [
        Case(shape: AttentionShape(heads: 9, kvHeads: 3, headDimension: 64, scale: 0.125), length: 70, pairing: .interleaved),
        Case(
            shape: AttentionShape(heads: 4, kvHeads: 1, headDimension: 256, scale: 0.0625, window: 40), length: 300, normed: true,
            pairing: .halves),
        Case(shape: AttentionShape(heads: 2, kvHeads: 2, headDimension: 16, scale: 0.3, window: 16), length: 33, pairing: .halves),
        Case(shape: AttentionShape(heads: 14, kvHeads: 2, headDimension: 80, scale: 0.1), length: 530),
    ]

    /// One sequence with its own pages, out of order, and the buffers of its rows.
    private struct Sequence {
        let test: Case
        let q: [Float]
        let k: [Float]
        let v: [Float]
        let queryNorm: [Float]?
        let keyNorm: [Float]?

        init(_ test: Case, seed: UInt64) {
            var random = RandomBits(seed: seed)
            let shape = test.shape
            self.test = test
            q = random.floats(test.length * shape.heads * shape.headDimension)
            k = random.floats(test.length * shape.kvHeads * shape.headDimension)
            v = random.floats(test.length * shape.kvHeads * shape.headDimension)
            queryNorm = test.normed ? random.floats(shape.headDimension) : nil
            keyNorm = test.normed ? random.floats(shape.headDimension) : nil
        }
    }

    /// A cache whose unwritten places are NaN: reading one shows.
    private struct Arena: ~Copyable {
        let pages: KVPages
        private let keys: UnsafeMutablePointer<UInt16>
        private let values: UnsafeMutablePointer<UInt16>

        init(pageCount: Int, shape: AttentionShape) {
            let count = pageCount * KVPages.elements(kvHeads: shape.kvHeads, headDimension: shape.headDimension)
            keys = .allocate(capacity: count)
            values = .allocate(capacity: count)
            keys.initialize(repeating: 0x7e00, count: count)
            values.initialize(repeating: 0x7e00, count: count)
            pages = KVPages(keys: keys, values: values, pageCount: pageCount)
        }

        deinit {
            keys.deallocate()
            values.deallocate()
        }
    }

    /// Runs a sequence in steps of `chunk` rows; the outputs read back through an identity matrix.
    private func run(_ s: Sequence, chunk: Int, pool: ComputePool) -> [Float] {
        let shape = s.test.shape
        let (width, kvWidth) = (shape.heads * shape.headDimension, shape.kvHeads * shape.headDimension)
        let identity = makeMatrix(
            (0..<(width * width)).map { Float($0 / width == $0 % width ? 1 : 0) }, rows: width, columns: width, pool: pool)
        let count = (s.test.length + 15) / 16
        let arena = Arena(pageCount: count + 3, shape: shape)
        let pages = (0..<count).reversed().map { UInt32($0 + 2) }
        let rotary = s.test.pairing.map {
            RotaryTable(frequencies: RotaryTable.frequencies(dimensions: shape.headDimension, base: 10000), pairing: $0, capacity: chunk)
        }
        let scratch = AttentionScratch()
        var outputs: [Float] = []
        for first in stride(from: 0, to: s.test.length, by: chunk) {
            let n = min(chunk, s.test.length - first)
            rotary?.prepare((0..<n).map { Int32(first + $0) }, on: pool)
            let a = Activations(rows: n, columns: width, for: [identity])
            pool.attention(
                queries: makeBuffer(Array(s.q[(first * width)..<((first + n) * width)]), columns: width),
                keys: makeBuffer(Array(s.k[(first * kvWidth)..<((first + n) * kvWidth)]), columns: kvWidth),
                values: makeBuffer(Array(s.v[(first * kvWidth)..<((first + n) * kvWidth)]), columns: kvWidth),
                spans: [SequenceSpan(firstRow: 0, count: n, position: first, pages: pages)], cache: arena.pages, shape: shape,
                rotary: rotary,
                queryNorm: s.queryNorm, keyNorm: s.keyNorm, epsilon: 1e-6, scratch: scratch, into: a)
            let y = Buffer(rows: n, columns: width)
            pool.matmul(a, [Product(identity, into: y)])
            outputs += values(y)
        }
        return outputs
    }

    /// Heads of row `row`, normalised, turned and rounded as the cache stores them.
    private func heads(_ x: [Float], _ row: Int, count: Int, _ s: Sequence, norm: [Float]?, turned: Bool) -> [[Double]] {
        let d = s.test.shape.headDimension
        return (0..<count).map { head in
            let start = (row * count + head) * d
            var h = x[start..<(start + d)].map(Double.init)
            if let norm { h = rmsNormed(Array(x[start..<(start + d)]), weight: norm, epsilon: 1e-6) }
            if turned, let pairing = s.test.pairing { h = rotated(h, position: row, pairing) }
            return h.map { Double(Float16($0)) }
        }
    }

    private func rotated(_ h: [Double], position: Int, _ pairing: RotaryTable.Pairing) -> [Double] {
        var result = h
        for i in 0..<(h.count / 2) {
            let angle = Double(position) * power(10000, -2 * Double(i) / Double(h.count))
            let (a, b) = pairing == .interleaved ? (2 * i, 2 * i + 1) : (i, i + h.count / 2)
            result[a] = h[a] * cosine(angle) - h[b] * sine(angle)
            result[b] = h[a] * sine(angle) + h[b] * cosine(angle)
        }
        return result
    }

    private func formula(_ s: Sequence) -> [Double] {
        let shape = s.test.shape
        let group = shape.heads / shape.kvHeads
        let keys = (0..<s.test.length).map { heads(s.k, $0, count: shape.kvHeads, s, norm: s.keyNorm, turned: true) }
        let vals = (0..<s.test.length).map { heads(s.v, $0, count: shape.kvHeads, s, norm: nil, turned: false) }
        return (0..<s.test.length).flatMap { row -> [Double] in
            let from = shape.window.map { max(0, row - $0 + 1) } ?? 0
            return heads(s.q, row, count: shape.heads, s, norm: s.queryNorm, turned: true).enumerated().flatMap { head, query in
                attended(
                    query, keys: (from...row).map { keys[$0][head / group] }, values: (from...row).map { vals[$0][head / group] },
                    scale: Double(shape.scale))
            }
        }
    }

    @Test(arguments: cases) func attentionFollowsItsFormula(_ test: Case) throws {
        let sequence = Sequence(test, seed: 41)
        let wanted = formula(sequence)
        for set in instructionSets {
            let pool = try #require(ComputePool(threads: 2, kernelsNamed: set))
            defer { pool.close() }
            // A value near the middle of two halves may round either way.
            #expect(distance(run(sequence, chunk: test.length, pool: pool), wanted) < 2e-3)
        }
    }

    @Test(arguments: cases) func aPromptInPiecesGivesTheSameBits(_ test: Case) {
        let sequence = Sequence(test, seed: 42)
        withPool { pool in
            let whole = run(sequence, chunk: test.length, pool: pool)
            #expect(run(sequence, chunk: 1, pool: pool) == whole)
            #expect(run(sequence, chunk: 37, pool: pool) == whole)
        }
        withPool(threads: 1) { pool in #expect(run(sequence, chunk: 64, pool: pool) == withPool { run(sequence, chunk: 64, pool: $0) }) }
    }

    @Test(arguments: [16, 32, 80]) func encodersSeeBothWaysWithinTheirSpan(d: Int) {
        var random = RandomBits(seed: 43)
        let (heads, lengths) = (4, [5, 70, 1, 300, 600])
        let (width, total) = (heads * d, lengths.reduce(0, +))
        let (q, k, v) = (random.floats(total * width), random.floats(total * width), random.floats(total * width))
        var spans: [Range<Int>] = []
        for length in lengths { spans.append((spans.last?.upperBound ?? 0)..<((spans.last?.upperBound ?? 0) + length)) }
        func head(_ x: [Float], _ row: Int, _ h: Int) -> [Double] {
            x[(row * width + h * d)..<(row * width + (h + 1) * d)].map(Double.init)
        }
        let wanted = spans.flatMap { span in
            span.flatMap { row in
                (0..<heads).flatMap { h in
                    attended(head(q, row, h), keys: span.map { head(k, $0, h) }, values: span.map { head(v, $0, h) }, scale: 0.2)
                }
            }
        }
        withPool { pool in
            let identity = makeMatrix(
                (0..<(width * width)).map { Float($0 / width == $0 % width ? 1 : 0) }, rows: width, columns: width, pool: pool)
            let a = Activations(rows: total, columns: width, for: [identity])
            pool.encoderAttention(
                queries: makeBuffer(q, columns: width), keys: makeBuffer(k, columns: width), values: makeBuffer(v, columns: width),
                spans: spans,
                heads: heads, headDimension: d, scale: 0.2, scratch: AttentionScratch(), into: a)
            let y = Buffer(rows: total, columns: width)
            pool.matmul(a, [Product(identity, into: y)])
            // Scores of words are off by some 1e-4 of the largest.
            #expect(distance(values(y), wanted) < 5e-4)
        }
    }

    @Test func sequencesOfABatchDoNotMix() {
        let test = Case(shape: AttentionShape(heads: 4, kvHeads: 2, headDimension: 32, scale: 0.2), length: 40)
        let (one, two) = (Sequence(test, seed: 44), Sequence(test, seed: 45))
        withPool { pool in
            let (width, kvWidth) = (128, 64)
            let identity = makeMatrix(
                (0..<(width * width)).map { Float($0 / width == $0 % width ? 1 : 0) }, rows: width, columns: width, pool: pool)
            let arena = Arena(pageCount: 6, shape: test.shape)
            let a = Activations(rows: 80, columns: width, for: [identity])
            pool.attention(
                queries: makeBuffer(one.q + two.q, columns: width), keys: makeBuffer(one.k + two.k, columns: kvWidth),
                values: makeBuffer(one.v + two.v, columns: kvWidth),
                spans: [
                    SequenceSpan(firstRow: 0, count: 40, position: 0, pages: [5, 0, 3]),
                    SequenceSpan(firstRow: 40, count: 40, position: 0, pages: [1, 4, 2]),
                ], cache: arena.pages, shape: test.shape, rotary: nil, queryNorm: nil, keyNorm: nil, epsilon: 0,
                scratch: AttentionScratch(), into: a)
            let y = Buffer(rows: 80, columns: width)
            pool.matmul(a, [Product(identity, into: y)])
            #expect(values(y) == run(one, chunk: 40, pool: pool) + run(two, chunk: 40, pool: pool))
        }
    }
}
