import Synchronization

/// Memory of tensors that are gone, kept for those to come: a step of training makes the same tensors again and again.
///
/// Sizes are rounded up to four steps an octave. Never more than twice of what tensors had at one time is held; what exceeds it goes back
/// to the system. (A fixed limit of 512 MB made a small transformer clear pages for an eighth of its time.)
final class TensorMemory: Sendable {
    static let shared = TensorMemory()

    private struct Kept {
        var blocks = [[UInt]](repeating: [], count: 256)
        var bytes = 0
        var use = TensorMemoryUse()
    }
    private let kept = Mutex(Kept())

    /// What was asked for so far.
    var use: TensorMemoryUse { kept.withLock { $0.use } }

    /// Bytes that a block for so many has, and the class it belongs to.
    static func block(for bytes: Int) -> (bytes: Int, index: Int) {
        let bytes = max(bytes, 64)
        let octave = Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount
        let step = max(64, 1 << (octave - 2))
        let rounded = (bytes + step - 1) / step * step
        return (rounded, octave * 4 + (rounded - 1) >> (octave - 2) & 3)
    }

    func take(_ bytes: Int) -> UnsafeMutableRawPointer {
        let block = TensorMemory.block(for: bytes)
        let address: UInt? = kept.withLock { kept in
            kept.use.took(block.bytes)
            guard let address = kept.blocks[block.index].popLast() else {
                kept.use.fromSystem += 1
                return nil
            }
            kept.bytes -= block.bytes
            return address
        }
        if let address, let pointer = UnsafeMutableRawPointer(bitPattern: address) { return pointer }
        return .allocate(byteCount: block.bytes, alignment: 64)
    }

    func give(_ pointer: UnsafeMutableRawPointer, _ bytes: Int) {
        let block = TensorMemory.block(for: bytes)
        let isKept = kept.withLock { kept in
            kept.use.bytes -= block.bytes
            guard kept.use.bytes + kept.bytes + block.bytes <= 2 * kept.use.peakBytes else { return false }
            kept.blocks[block.index].append(UInt(bitPattern: pointer))
            kept.bytes += block.bytes
            return true
        }
        if !isKept { pointer.deallocate() }
    }

    /// Gives everything that is kept back to the system.
    func empty() {
        let blocks = kept.withLock { kept in
            let blocks = kept.blocks
            kept.blocks = Kept().blocks
            kept.bytes = 0
            kept.use.peakBytes = kept.use.bytes
            return blocks
        }
        for address in blocks.joined() { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    }
}

/// How the memory of tensors was used since the program began; `returnTensorMemory` starts the peak anew.
public struct TensorMemoryUse: Sendable, Hashable {
    /// Blocks that tensors and products asked for.
    public internal(set) var requests = 0
    /// Of these, blocks that nothing kept could serve, so that the system had to.
    public internal(set) var fromSystem = 0
    /// Bytes that tensors have now.
    public internal(set) var bytes = 0
    /// The most they had at one time.
    public internal(set) var peakBytes = 0

    /// The use up to now.
    public static var current: TensorMemoryUse { TensorMemory.shared.use }

    fileprivate mutating func took(_ size: Int) {
        requests += 1
        bytes += size
        peakBytes = max(peakBytes, bytes)
    }
}

/// Gives the memory of tensors that are gone back to the system; after a training run, say.
public func returnTensorMemory() {
    TensorMemory.shared.empty()
    returnFreedMemory()
}

/// The floats of a tensor and of its views.
final class TensorStorage: Sendable {
    let count: Int
    // Written by whoever makes the tensor, before anyone else sees it; afterwards only by the single owner of a unique reference.
    nonisolated(unsafe) let base: UnsafeMutablePointer<Float>

    init(count: Int) {
        self.count = count
        base = TensorMemory.shared.take(count * MemoryLayout<Float>.stride).assumingMemoryBound(to: Float.self)
    }

    deinit { TensorMemory.shared.give(base, count * MemoryLayout<Float>.stride) }
}
