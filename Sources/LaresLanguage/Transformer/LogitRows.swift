import LaresTensor

/// The logits of a step, one row for each wanted position, in the order of the entries. The memory is reused from step to step.
public struct LogitRows {
    /// Most rows the output head computes at once.
    static let chunk = 32

    /// V, the length of a row.
    public private(set) var columns = 0
    private var buffers: [Buffer] = []
    private var used = 0
    private var places: [(buffer: Int, row: Int)] = []

    /// No rows yet.
    public init() {}

    /// Number of rows of the last step.
    public var count: Int { places.count }

    /// Row `index`; valid until the next step that writes here. Samplers may change it.
    public subscript(index: Int) -> UnsafeMutableBufferPointer<Float> {
        buffers[places[index].buffer][places[index].row]
    }

    mutating func removeAll(columns: Int) {
        if columns != self.columns { buffers = [] }
        self.columns = columns
        used = 0
        places.removeAll(keepingCapacity: true)
    }

    /// A buffer whose first rows become the next `rows` rows.
    mutating func next(_ rows: Int) -> Buffer {
        precondition(rows <= Self.chunk)
        var size = 1
        while size < rows { size *= 2 }
        if used == buffers.count {
            buffers.append(Buffer(rows: size, columns: columns))
        } else if buffers[used].rows < rows {
            buffers[used] = Buffer(rows: size, columns: columns)
        }
        places += (0..<rows).map { (used, $0) }
        used += 1
        return buffers[used - 1]
    }
}
