import Synchronization

/// Memory of tensors that are gone, kept for those to come: a step of training makes the same tensors again and again.
///
/// Sizes are rounded up to four steps an octave. Never more than twice of what tensors had at one time is held: before it gets more from the
/// system, what has lain longest goes back to it. (A fixed limit of 512 MB made a small transformer clear pages for an eighth of its time;
/// refusing what comes back when the limit is reached left it full of sizes that nobody asked for any more, and each later step of another
/// model took all its memory from the system.)
final class TensorMemory: Sendable {
    static let shared = TensorMemory()

    private let kept = Mutex(KeptBlocks())

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
        let (address, gone) = kept.withLock { $0.take(block.bytes, of: block.index) }
        TensorMemory.deallocate(gone)
        if let address, let pointer = UnsafeMutableRawPointer(bitPattern: address) { return pointer }
        return .allocate(byteCount: block.bytes, alignment: 64)
    }

    func give(_ pointer: UnsafeMutableRawPointer, _ bytes: Int) {
        let block = TensorMemory.block(for: bytes)
        kept.withLock { $0.give(UInt(bitPattern: pointer), block.bytes, of: block.index) }
    }

    /// Gives everything that is kept back to the system.
    func empty() { TensorMemory.deallocate(kept.withLock { $0.empty() }) }

    private static func deallocate(_ addresses: [UInt]) {
        for address in addresses { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    }
}

/// Which blocks are kept, and which go back to the system when.
private struct KeptBlocks {
    private struct Block {
        let address: UInt, bytes: Int
        /// Requests before it came back.
        let since: Int
    }

    /// By class; in each, what came back last is at the end and is taken first.
    private var blocks = [[Block]](repeating: [], count: 256)
    private var bytes = 0
    var use = TensorMemoryUse()

    /// A block that is kept, or nil, and what the system gets back so that it may give one.
    mutating func take(_ size: Int, of index: Int) -> (address: UInt?, gone: [UInt]) {
        use.took(size)
        if let block = blocks[index].popLast() {
            bytes -= block.bytes
            return (block.address, [])
        }
        use.fromSystem += 1
        var gone: [UInt] = []
        while use.bytes + bytes > 2 * use.peakBytes, let block = takeLongestIdle() { gone.append(block.address) }
        return (nil, gone)
    }

    /// What tensors have and what is kept are as much together as before.
    mutating func give(_ address: UInt, _ size: Int, of index: Int) {
        use.bytes -= size
        blocks[index].append(Block(address: address, bytes: size, since: use.requests))
        bytes += size
    }

    mutating func empty() -> [UInt] {
        defer {
            blocks = KeptBlocks().blocks
            bytes = 0
            use.peakBytes = use.bytes
        }
        return blocks.joined().map(\.address)
    }

    private mutating func takeLongestIdle() -> Block? {
        let index = blocks.indices.min { (blocks[$0].first?.since ?? .max) < (blocks[$1].first?.since ?? .max) }
        guard let index, !blocks[index].isEmpty else { return nil }
        let block = blocks[index].removeFirst()
        bytes -= block.bytes
        return block
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
