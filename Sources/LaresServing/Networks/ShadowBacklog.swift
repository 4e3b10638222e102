package import LaresNeural

/// The requests that shadows still have to compute. They hold their inputs, and nobody waits for them: beyond a bound they are left.
package struct ShadowBacklog: Sendable {
    private static let most = 64
    private static let mostBytes = 64 << 20
    private var count = 0
    private var bytes = 0

    /// Nothing so far.
    package init() {}

    /// Whether one more is taken, with inputs of so many bytes; alone it may be of any size.
    package mutating func take(_ size: Int) -> Bool {
        guard count == 0 || (count < Self.most && size <= Self.mostBytes - bytes) else { return false }
        count += 1
        bytes += size
        return true
    }

    /// One that was taken is over.
    package mutating func end(_ size: Int) {
        count -= 1
        bytes -= size
    }
}

extension NetworkValue {
    /// What its elements take in memory.
    package var byteCount: Int {
        switch self {
        case .floats(let values, _): values.count * MemoryLayout<Float>.stride
        case .integers(let values, _): values.count * MemoryLayout<Int64>.stride
        case .strings(let values, _): values.reduce(0) { $0 + MemoryLayout<String>.stride + $1.utf8.count }
        }
    }
}
