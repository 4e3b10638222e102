/// The rules of a grammar as one graph over bytes.
///
/// Every rule is a nondeterministic automaton whose edges read a byte of a range, nothing, or a whole other rule. Sets of its
/// positions are made deterministic while a text is read (``Positions``), so that compiling stays linear in the grammar.
struct Automaton: Sendable {
    /// What an edge reads before it arrives at its target.
    enum Label: Equatable, Sendable {
        case nothing
        case bytes(UInt8, UInt8)
        case rule(Int32)
    }

    struct Edge: Sendable {
        var label: Label
        var target: Int32
        /// The next edge from the same node, or -1.
        var next: Int32
    }

    struct Node: Sendable {
        var firstEdge: Int32 = -1
        /// The rule is complete here.
        var accepts = false
        /// How many characters of plain text (``PlainText``) can be read from here whatever they are.
        var plainDepth: UInt16 = 0
    }

    /// A rule that reads another one several times. Its nodes are numbers without storage: `base + times read so far`.
    struct Counted: Sendable {
        var body: Int32
        var minimum: Int32
        var maximum: Int32
        var base: Int32
        var bodyIsPlain: Bool
        /// What follows the last repetition takes any plain text too.
        var continuesPlain = false
    }

    /// Nodes of counted rules begin here.
    static let countedBase: Int32 = 1 << 28
    static let endless = UInt16.max

    var nodes: [Node] = []
    var edges: [Edge] = []
    /// The start node of every rule.
    var starts: [Int32] = []
    var counted: [Counted] = []
    var root: Int32 = 0
    /// How many rules have to be nested to complete from a node, at least; `unreachable` where it can't be.
    var heights: [Int32] = []
    var countedHeights: [Int32] = []
    var byteClasses = ByteClasses()

    static let unreachable: Int32 = .max / 4

    /// The counted rule a node belongs to, with how often its body was read.
    func countedRule(of node: Int32) -> (rule: Counted, index: Int, times: Int32) {
        var low = 0
        var high = counted.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if counted[middle].base <= node { low = middle } else { high = middle - 1 }
        }
        return (counted[low], low, node - counted[low].base)
    }

    /// How many rules have to be nested to complete from a node.
    func height(of node: Int32) -> Int32 {
        guard node >= Self.countedBase else { return heights[Int(node)] }
        let (rule, index, times) = countedRule(of: node)
        return times >= rule.minimum ? 0 : countedHeights[index]
    }

    /// Rough size.
    var bytes: Int { nodes.count * 12 + edges.count * 20 + starts.count * 4 + counted.count * 20 }

    /// How many characters of plain text can be read from a node whatever they are.
    func plainDepth(of node: Int32) -> UInt16 { node >= Self.countedBase ? 0 : nodes[Int(node)].plainDepth }
}

/// Bytes that no edge tells apart, so that tables of transitions are narrow.
struct ByteClasses: Sendable {
    private(set) var classes = [UInt8](repeating: 0, count: 256)
    /// One byte of each class.
    private(set) var samples: [UInt8] = [0]

    var count: Int { samples.count }

    init() {}

    /// - Parameter starts: true where a range begins or one has just ended.
    init(boundaries starts: [Bool]) {
        for byte in 1..<256 {
            if starts[byte] { samples.append(UInt8(byte)) }
            classes[byte] = UInt8(samples.count - 1)
        }
    }

    subscript(byte: UInt8) -> Int { Int(classes[Int(byte)]) }
}
