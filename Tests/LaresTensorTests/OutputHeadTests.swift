import LaresTensor
import Testing

/// The head that is read in two steps against the same head read whole.
struct OutputHeadTests {
    private let rows = 8_192
    private let columns = 256

    /// The head's logits for `count` random rows, whole and by `need`.
    private func logits(
        _ need: LogitNeed, type: DType = .q8_0, rows: Int? = nil, count: Int = 1, seed: UInt64 = 31, set: String? = nil
    ) throws -> (whole: [Float], read: [Float]) {
        let rows = rows ?? self.rows
        let pool = try #require(set.map { ComputePool(threads: 2, kernelsNamed: $0) } ?? ComputePool(threads: 2))
        defer { pool.close() }
        var random = RandomBits(seed: seed)
        let head = OutputHead(makeMatrix(random.weights(type, count: rows * columns), type, rows: rows, columns: columns, pool: pool))
        let a = Activations(rows: count, columns: columns, for: [head.matrix])
        pool.quantise(makeBuffer(random.floats(count * columns), columns: columns), count: count, into: a)
        let (whole, read) = (Buffer(rows: count, columns: rows), Buffer(rows: count, columns: rows))
        pool.logits(a, head, needs: Array(repeating: .all, count: count), into: whole)
        pool.logits(a, head, needs: Array(repeating: need, count: count), into: read)
        return (values(whole), values(read))
    }

    @Test(arguments: instructionSets) func theHighestAreExactAndTheOthersLower(set: String) throws {
        for (seed, count) in [(1, 1), (2, 3), (3, 40)] {
            let (whole, read) = try logits(.highest(count, within: 0), seed: UInt64(seed), set: set)
            let order = whole.indices.sorted { whole[$0] > whole[$1] }
            let last = whole[order[count - 1]]
            #expect(order[..<count].allSatisfy { read[$0] == whole[$0] })
            #expect(order[count...].allSatisfy { read[$0] <= last })
        }
    }

    @Test func whatIsNearTheHighestIsExact() throws {
        let (whole, read) = try logits(.highest(1, within: 2))
        let top = try #require(whole.max())
        #expect(whole.indices.allSatisfy { whole[$0] < top - 2 ? read[$0] < top - 2 : read[$0] == whole[$0] })
    }

    @Test func fewRowsAreReadWhole() throws {
        let (whole, read) = try logits(.highest(1, within: 0))
        let estimates = zip(whole, read).count { $0 != $1 }
        #expect(estimates > rows / 2)
        // Not even then are they far off.
        #expect(zip(whole, read).map { abs($0 - $1) }.max()! < 0.2 * whole.max()!)
    }

    @Test func severalRowsGetWhatEachNeeds() throws {
        let (whole, read) = try logits(.highest(1, within: 0), count: 2)
        #expect(whole != read)
        for row in 0..<2 {
            let range = (row * rows)..<((row + 1) * rows)
            let top = range.max { whole[$0] < whole[$1] }!
            #expect(read[top] == whole[top] && range.allSatisfy { read[$0] <= read[top] })
        }
    }

    @Test func manyRowsAreReadWhole() throws {
        let (whole, read) = try logits(.highest(1, within: 0), count: 3)
        #expect(whole == read)
    }

    @Test(arguments: [DType.q8_0, .q4_K, .f32], instructionSets) func onlyAllowedLogitsAreRead(type: DType, set: String) throws {
        // Token 0, the last one, and one of a panel's upper half: bits at both ends of words.
        let allowed = [0, 31, 32, 5_040, rows - 1]
        let words = (0..<(rows / 32)).map { word in
            allowed.filter { $0 / 32 == word }.reduce(UInt32(0)) { $0 | 1 << UInt32($1 % 32) }
        }
        let (whole, read) = try logits(.only(words), type: type, count: 2, set: set)
        for row in 0..<2 { #expect(allowed.allSatisfy { read[row * rows + $0] == whole[row * rows + $0] }) }
        #expect(read.count { $0 == 0 } == 2 * (rows - 16 * 5))
        // Words that are missing allow nothing.
        #expect(try logits(.only([1]), type: type, set: set).read.count { $0 != 0 } == 16)
    }

    @Test func whereMostIsAllowedAllIsRead() throws {
        let (whole, read) = try logits(.only(Array(repeating: .max, count: rows / 32)))
        #expect(whole == read)
    }

    @Test(arguments: [DType.q4_0, .q6_K, .f16]) func otherTypesAreReadWhole(type: DType) throws {
        let (whole, read) = try logits(.highest(1, within: 0), type: type)
        #expect(whole == read)
    }

    @Test func aSmallHeadAndOneThatIsAllNeededAreReadWhole() throws {
        let cases: [(LogitNeed, Int)] = [
            (.highest(1, within: 0), 512), (.highest(100_000, within: 0), 8_192), (.highest(1, within: 1e9), 8_192),
        ]
        for (need, rows) in cases {
            let (whole, read) = try logits(need, rows: rows)
            #expect(whole == read)
        }
    }
}
