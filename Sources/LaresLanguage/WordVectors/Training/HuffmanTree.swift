import LaresTensor

/// The binary tree of the hierarchical softmax (Morin & Bengio 2005; by frequency: Mikolov et al. 2013): frequent words have short paths.
struct HuffmanTree {
    /// Inner nodes from the root, of each word.
    let paths: WordVectorKernel.Lists
    /// Beside each node: whether the path turns to the second child.
    let branches: [Bool]

    /// - Parameter counts: Of the words, the highest first; at least two.
    init(counts: [Int]) {
        let (parents, seconds) = HuffmanTree.grown(counts)
        var paths = WordVectorKernel.Lists(), branches: [Bool] = []
        for word in counts.indices {
            var nodes: [UInt32] = [], turns: [Bool] = []
            var node = word
            while node < parents.count {
                nodes.append(UInt32(parents[node] - counts.count))
                turns.append(seconds[node])
                node = parents[node]
            }
            paths.append(nodes.reversed())
            branches += turns.reversed()
        }
        self.paths = paths
        self.branches = branches
    }

    /// The parent of each node but the root, and whether it is the second child. Leaves come first, then inner nodes as they are made.
    private static func grown(_ counts: [Int]) -> (parents: [Int], seconds: [Bool]) {
        var weights = counts
        var parents = [Int](repeating: 0, count: 2 * counts.count - 2)
        var seconds = [Bool](repeating: false, count: parents.count)
        var leaf = counts.count - 1, inner = counts.count
        func lightest() -> Int {
            if leaf >= 0, inner >= weights.count || weights[leaf] < weights[inner] {
                leaf -= 1
                return leaf + 1
            }
            inner += 1
            return inner - 1
        }
        while weights.count < 2 * counts.count - 1 {
            let first = lightest(), second = lightest()
            (parents[first], parents[second], seconds[second]) = (weights.count, weights.count, true)
            weights.append(weights[first] + weights[second])
        }
        return (parents, seconds)
    }
}
