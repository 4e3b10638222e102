import CLaresKernels

/// Weights of a linear map, repacked once for the kernels: `rows` outputs by `columns` inputs.
///
/// Layouts are described in Sources/CLaresKernels/README.md. The packed form takes about as many bytes as the file's.
public final class Matrix: Sendable {
    /// Outputs.
    public let rows: Int
    /// Inputs, a multiple of 32.
    public let columns: Int
    /// The stored type it was made from.
    public let type: DType
    let layout: lares_layout
    let panelRows: Int
    let panelBytes: Int
    private let memory: WeightMemory
    // A part of `memory`, written in init only.
    private nonisolated(unsafe) let storage: UnsafeMutablePointer<UInt8>

    /// How weights are kept.
    public enum Form: Sendable {
        /// As the file has them.
        case stored
        /// Floats as words of 14 bits with one scale for 32 columns: multiplied four times as fast, off by 2⁻¹⁴ of the largest of the 32.
        case words
    }

    /// Whether a matrix of this shape can be made: ask before handing over what a file says.
    public static func isSupported(type: DType, rows: Int, columns: Int) -> Bool {
        // The bounds keep every later product of sizes far from overflow.
        rows > 0 && rows < 1 << 31 && columns > 0 && columns < 1 << 24 && columns % max(32, type.elementsPerBlock) == 0
    }

    /// Repacks `rows` contiguous rows of `columns` elements; the bytes aren't needed afterwards.
    ///
    /// Takes the turn of batch work for a few milliseconds at a time. Throws `WeightMemoryError`.
    /// - Precondition: `isSupported`, `bytes` has the size the type and shape give, and only floats become words.
    public init(_ bytes: UnsafeRawBufferPointer, type: DType, form: Form = .stored, rows: Int, columns: Int, pool: ComputePool) throws {
        precondition(form == .stored || !type.isQuantised, "\(type.name) as words")
        precondition(Matrix.isSupported(type: type, rows: rows, columns: columns), "\(type.name) matrix of \(rows) by \(columns)")
        precondition(
            type.byteCount(ofElements: rows * columns) == bytes.count, "\(bytes.count) bytes for \(rows) by \(columns) of \(type.name)")
        self.rows = rows
        self.columns = columns
        self.type = type
        layout = form == .words ? LARES_W14 : type.layout
        panelRows = Matrix.panelRows(layout)
        panelBytes = Matrix.panelBytes(layout, columns: columns)
        (memory, storage) = try pool.weights.reserve(Matrix.panels(layout, rows: rows) * panelBytes)
        let step = max(1, Matrix.bytesPerTurn / panelBytes)
        for first in stride(from: 0, to: panels, by: step) {
            pool.withTurn(.batch) { pack(bytes, first..<min(panels, first + step), pool) }
        }
    }

    /// What is packed before answers that wait get their turn: a few milliseconds.
    private static let bytesPerTurn = 8 << 20

    private func pack(_ bytes: UnsafeRawBufferPointer, _ panels: Range<Int>, _ pool: ComputePool) {
        let (source, rowBytes) = (bytes.baseAddress!, bytes.count / rows)
        pool.forEach(panels.count) { index in
            let panel = panels.lowerBound + index
            let count = min(panelRows, rows - panel * panelRows)
            lares_pack_panel(
                layout, type.rawValue, source + panel * panelRows * rowBytes, rowBytes, count, columns, storage + panel * panelBytes)
        }
    }

    /// Bytes that the packed weights of a supported shape take.
    public static func byteCount(type: DType, rows: Int, columns: Int) -> Int {
        panels(type.layout, rows: rows) * panelBytes(type.layout, columns: columns)
    }

    private static func panelBytes(_ layout: lares_layout, columns: Int) -> Int { lares_block_bytes(layout) * (columns / 32) }

    private static func panelRows(_ layout: lares_layout) -> Int { lares_panel_rows(layout) }
    private static func panels(_ layout: lares_layout, rows: Int) -> Int { (rows + panelRows(layout) - 1) / panelRows(layout) }

    /// Bytes the packed weights take.
    public var byteCount: Int { panels * panelBytes }

    /// Writes row `i` as `columns` floats: an embedding look-up. K types of 4 and 5 bits differ from the file by the rounding of their
    /// folded scales (2⁻¹¹ of a weight at most).
    public func decodeRow(_ i: Int, into output: UnsafeMutablePointer<Float>) {
        precondition(i >= 0 && i < rows, "row \(i) of \(rows)")
        lares_unpack_row(layout, panel(i / panelRows), columns, i % panelRows, output)
    }

    var panels: Int { Matrix.panels(layout, rows: rows) }
    func panel(_ i: Int) -> UnsafePointer<UInt8> { UnsafePointer(storage + i * panelBytes) }
    /// What its input rows are made of.
    var input: InputForm { layout == LARES_W14 ? .words : layout.rawValue < LARES_F32.rawValue ? .bytes : .floats }
    /// Q4_1 and Q5_1 weigh their minimum with the f16-rounded block sum that Q8_1 stores; the rest with the exact one.
    var roundsSums: Bool { type == .q4_1 || type == .q5_1 }
}

let panelRows = Int(LARES_PANEL)
let blockColumns = Int(LARES_BLOCK)

extension DType {
    var layout: lares_layout {
        switch self {
        case .f32: LARES_F32
        case .f16: LARES_F16
        case .bf16: LARES_BF16
        case .q4_0: LARES_Q4
        case .q4_1, .q4_K: LARES_Q4M
        case .q5_0: LARES_Q5
        case .q5_1, .q5_K: LARES_Q5M
        case .q8_0: LARES_Q8
        case .q2_K: LARES_Q2S
        case .q3_K: LARES_Q3S
        case .q6_K: LARES_Q6S
        }
    }
}
