import LaresTensor
import Testing

/// The plain reference decoder, and packed rows read back.
struct DecodeTests {
    @Test func sizesAreThoseOfTheFormats() {
        #expect(DType.q4_K.byteCount(ofElements: 512) == 288)
        #expect(DType.q4_0.byteCount(ofElements: 33) == nil)
        #expect(DType.q8_0.byteCount(ofElements: -32) == nil)
        #expect(DType.f32.byteCount(ofElements: Int.max) == nil)
        #expect(DType.f32.byteCount(ofElements: 0) == 0)
    }

    @Test func halvesDecodeToTheirValues() {
        let cases: [(UInt16, Float)] = [(0x3c00, 1), (0xc000, -2), (0x0001, 0x1p-24), (0x7bff, 65504), (0x0400, 0x1p-14), (0x8000, -0.0)]
        for (bits, value) in cases { #expect(Float(halfBits: bits) == value) }
        #expect(Float(halfBits: 0x7c00) == .infinity)
        #expect(Float(halfBits: 0x7e01).isNaN)
    }

    @Test func nibblesAreLowFirstThenHigh() {
        // d = 1, quants 0x21: low nibble 1 (elements 0…15), high nibble 2 (16…31).
        let block: [UInt8] = [0x00, 0x3c] + [UInt8](repeating: 0x21, count: 16)
        #expect(decoded(block, .q4_0, count: 32) == [Float](repeating: -7, count: 16) + [Float](repeating: -6, count: 16))
    }

    @Test func theFifthBitComesFromItsOwnPlane() {
        // d = 1, m = 0.5, fifth bit set for element 0 and element 31 only, nibbles 3 and 4.
        let block: [UInt8] = [0x00, 0x3c, 0x00, 0x38, 0x01, 0, 0, 0x80] + [UInt8](repeating: 0x43, count: 16)
        let values = decoded(block, .q5_1, count: 32)
        #expect(values[0] == 19.5 && values[1] == 3.5 && values[16] == 4.5 && values[31] == 20.5)
    }

    @Test func sixBitQuantsTakeTheirHighPairAndSubScale() {
        var block = [UInt8](repeating: 0, count: 210)
        block[209] = 0x3c  // d = 1
        for i in 0..<16 { block[192 + i] = UInt8(i + 1) }
        block[0] = 0x05  // element 0: low nibble 5; element 64: high nibble 0
        block[128] = 0b0000_0011  // element 0: high pair 3
        let values = decoded(block, .q6_K, count: 256)
        #expect(values[0] == Float(5 + 48 - 32))
        #expect(values[16] == -64 && values[64] == -32 * 5 && values[255] == -32 * 16)
    }

    @Test func fourBitSubBlocksUnpackScalesPastTheFourth() {
        var block = [UInt8](repeating: 0, count: 144)
        block[1] = 0x3c  // d = 1
        block[3] = 0x3c  // dmin = 1
        block[4 + 8] = 0x21  // sub-block 4: low bits of scale 1, of minimum 2
        block[4 + 0] = 0x40  // high pair 1 of scale 4
        block[16 + 64] = 0x03  // element 128, the first of sub-block 4
        let values = decoded(block, .q4_K, count: 256)
        #expect(values[128] == 17 * 3 - 2)
        #expect(values[129] == -2)
    }

    @Test(arguments: DType.allCases) func packedRowsReadBackAsTheReferenceDecodesThem(type: DType) {
        var random = RandomBits(seed: 11)
        let (rows, columns) = (21, 512)
        let bytes = random.weights(type, count: rows * columns)
        let reference = decoded(bytes, type, count: rows * columns)
        withPool { pool in
            let matrix = makeMatrix(bytes, type, rows: rows, columns: columns, pool: pool)
            var row = [Float](repeating: 0, count: columns)
            for i in [0, 1, 15, 16, 20] {
                matrix.decodeRow(i, into: &row)
                let wanted = Array(reference[(i * columns)..<((i + 1) * columns)])
                // Only the folded scales of these two types round.
                if type == .q4_K || type == .q5_K { #expect(distance(row, wanted) < 1e-3) } else { #expect(distance(row, wanted) < 1e-6) }
            }
        }
    }

    @Test(arguments: DType.allCases) func packedWeightsTakeAboutTheFilesBytes(type: DType) {
        var random = RandomBits(seed: 12)
        let bytes = random.weights(type, count: 64 * 512)
        withPool { pool in
            let matrix = makeMatrix(bytes, type, rows: 64, columns: 512, pool: pool)
            #expect(Double(matrix.byteCount) / Double(bytes.count) < 1.34)
        }
    }

    @Test func shapesThatCannotBePackedAreRefused() {
        #expect(Matrix.isSupported(type: .q4_1, rows: 1, columns: 32))
        #expect(!Matrix.isSupported(type: .q4_1, rows: 1, columns: 48))
        #expect(!Matrix.isSupported(type: .q4_K, rows: 1, columns: 128))
        #expect(!Matrix.isSupported(type: .f32, rows: 0, columns: 32))
        #expect(!Matrix.isSupported(type: .f32, rows: Int.max, columns: 1 << 20))
    }
}
