/// Tokens as a tree of bytes, flat, in depth-first order.
struct TokenTrie: Sendable {
    struct Node: Sendable {
        /// The token that ends here, or -1. More tokens with the same bytes follow by ``TokenTrie/twins``.
        var token: Int32
        /// The index of the first node after this one's descendants.
        var end: Int32
        var depth: UInt16
        var byte: UInt8
    }

    private(set) var nodes: [Node] = []
    private(set) var twins: [Int32: [Int32]] = [:]
    private(set) var deepest = 0

    /// - Parameter tokens: ids and bytes; the bytes are not empty and at most 65,535.
    init(_ tokens: [(id: Int32, bytes: [UInt8])]) {
        let sorted = tokens.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        var path: [Int] = []
        var last: [UInt8] = []
        for (id, bytes) in sorted {
            let shared = zip(last, bytes).prefix { $0 == $1 }.count
            close(&path, to: shared)
            if shared == bytes.count, shared == last.count, let node = path.last {
                twins[nodes[node].token, default: []].append(id)
                continue
            }
            for depth in shared..<bytes.count {
                nodes.append(Node(token: -1, end: 0, depth: UInt16(depth + 1), byte: bytes[depth]))
                path.append(nodes.count - 1)
            }
            if let node = path.last { nodes[node].token = id }
            deepest = max(deepest, bytes.count)
            last = bytes
        }
        close(&path, to: 0)
    }

    private mutating func close(_ path: inout [Int], to depth: Int) {
        while path.count > depth { nodes[path.removeLast()].end = Int32(nodes.count) }
    }
}
