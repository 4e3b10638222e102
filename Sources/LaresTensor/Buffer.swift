import CLaresKernels
import Glibc

/// Rows of floats, allocated once and reused between steps: row = token, 64-byte aligned start, no gap between rows.
///
/// Not Sendable: a buffer belongs to the engine that steps with it.
public final class Buffer {
    /// Rows it can hold.
    public let rows: Int
    /// Floats a row.
    public let columns: Int
    /// The first float of row 0.
    public let base: UnsafeMutablePointer<Float>

    /// A zero-filled buffer.
    public init(rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0, "a buffer of \(rows) by \(columns)")
        self.rows = rows
        self.columns = columns
        base = alignedZeros(Float.self, count: rows * columns)
    }

    deinit { base.deallocate() }

    /// Bytes of all rows.
    public var byteCount: Int { rows * columns * MemoryLayout<Float>.stride }

    /// All rows, one after another.
    package var all: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: rows * columns) }

    /// One row.
    public subscript(row: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
        return UnsafeMutableBufferPointer(start: base + row * columns, count: columns)
    }
}

/// Zeroed, 64-byte aligned memory for a trivial type; `deallocate()` it.
///
/// Whole pages of large memory are handed back to the system, which gives them out again as zeros when they are first written: room for
/// 512 rows costs nothing while single rows are computed.
func alignedZeros<T: BitwiseCopyable>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
    let bytes = max(1, count) * MemoryLayout<T>.stride
    let isLarge = bytes >= 1 << 20
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? pageSize : 64)
    let whole = isLarge && madvise(raw, bytes / pageSize * pageSize, MADV_DONTNEED) == 0 ? bytes / pageSize * pageSize : 0
    (raw + whole).initializeMemory(as: UInt8.self, repeating: 0, count: bytes - whole)
    return raw.assumingMemoryBound(to: T.self)
}

/// Gives memory that was freed back to the system: reading a model leaves megabytes behind that would stay this process's.
public func returnFreedMemory() { lares_return_freed_memory() }

private let pageSize = sysconf(Int32(_SC_PAGESIZE))
