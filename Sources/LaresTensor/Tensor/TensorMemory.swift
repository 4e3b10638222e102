import Synchronization

/// Memory of tensors that are gone, kept for those to come: a step of training makes the same tensors again and again.
///
/// Sizes are rounded up to four steps an octave. What exceeds the limit goes back to the system.
final class TensorMemory: Sendable {
    static let shared = TensorMemory()

    private struct Kept {
        var blocks = [[UInt]](repeating: [], count: 256)
        var bytes = 0
    }
    private let kept = Mutex(Kept())
    private let most = 1 << 29

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
            guard let address = kept.blocks[block.index].popLast() else { return nil }
            kept.bytes -= block.bytes
            return address
        }
        if let address, let pointer = UnsafeMutableRawPointer(bitPattern: address) { return pointer }
        return .allocate(byteCount: block.bytes, alignment: 64)
    }

    func give(_ pointer: UnsafeMutableRawPointer, _ bytes: Int) {
        let block = TensorMemory.block(for: bytes)
        let isKept = kept.withLock { kept in
            guard kept.bytes + block.bytes <= most else { return false }
            kept.blocks[block.index].append(UInt(bitPattern: pointer))
            kept.bytes += block.bytes
            return true
        }
        if !isKept { pointer.deallocate() }
    }

    /// Gives everything that is kept back to the system.
    func empty() {
        let blocks = kept.withLock { kept in
            defer { kept = Kept() }
            return kept.blocks
        }
        for address in blocks.joined() { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
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
