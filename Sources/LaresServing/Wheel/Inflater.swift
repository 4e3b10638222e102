import CZlib

/// Unpacks a deflate stream (RFC 1951) piece by piece with the system's zlib.
package final class Inflater {
    /// What is around the stream.
    package enum Wrapping: Sendable {
        /// Nothing, as in zip archives.
        case none
        /// A head and a check sum: those of zlib (RFC 1950, "deflate" in HTTP) or of gzip (RFC 1952).
        case zlibOrGzip

        fileprivate var windowBits: Int32 {
            switch self {
            case .none: -MAX_WBITS
            case .zlibOrGzip: MAX_WBITS + 32
            }
        }
    }

    // zlib keeps the address of its stream and checks it on every call, so the stream must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var output = [UInt8](repeating: 0, count: 1 << 18)
    /// Whether the stream's end was seen.
    package private(set) var isFinished = false

    package init(_ wrapping: Wrapping = .none) throws {
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, wrapping.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw PullError(.badArchive, "zlib can't be started: too little memory")
        }
    }

    // zlib's window is this object's own and never leaves it.
    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Unpacks `input` and gives what comes out to `body`, in pieces of at most 256 KiB.
    package func inflate(_ input: [UInt8], _ body: ([UInt8]) throws -> Void) throws {
        var consumed = 0
        var isOutputFull = true
        while isOutputFull || consumed < input.count {
            guard !isFinished else { throw PullError(.badArchive, "a packed file goes on after its end: the archive is damaged") }
            let (used, made) = try step(input[consumed...])
            consumed += used
            isOutputFull = made == output.count
            if made > 0 { try body(Array(output[..<made])) }
            if isFinished, consumed == input.count { return }
            guard used > 0 || made > 0 || consumed == input.count else {
                throw PullError(.badArchive, "a packed file makes no progress: the archive is damaged")
            }
        }
    }

    private func step(_ input: ArraySlice<UInt8>) throws -> (used: Int, made: Int) {
        let status: Int32 = input.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                // zlib only reads from next_in; its type lacks the const for historical reasons.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.pointee.avail_in = uInt(source.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = uInt(target.count)
                return CZlib.inflate(stream, Z_NO_FLUSH)
            }
        }
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
            throw PullError(.badArchive, "a packed file is damaged (zlib says \(status))")
        }
        isFinished = status == Z_STREAM_END
        return (input.count - Int(stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out))
    }
}
