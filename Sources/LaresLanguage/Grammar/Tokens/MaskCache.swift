/// What has been found out about one grammar and one vocabulary: positions and masks. Not for concurrent use; ``MaskSource`` locks it.
struct MaskCache: Sendable {
    /// Above this, positions are forgotten and found anew.
    static let mostBytes = 48 << 20
    /// Above this, masks are forgotten and made anew.
    static let mostMaskBytes = 32 << 20

    /// Edges looked at for one mask, about a tenth of a second; only ambiguous hand-written grammars get near it.
    static let mostWork = 8_000_000

    private enum Mask: Sendable {
        case few([Int32])
        case words([UInt32])
    }

    let vocabulary: GrammarVocabulary
    var positions: Positions
    let start: Int32
    private var masks: [Int32: Mask] = [:]
    private var maskBytes = 0
    private var path: [Int32]
    private var workLimit = 0

    init(_ automaton: Automaton, answerDepth: Int, _ vocabulary: GrammarVocabulary) {
        self.vocabulary = vocabulary
        positions = Positions(automaton, answerDepth: answerDepth)
        start = positions.start()
        let deepest = max(vocabulary.shortTrie.deepest, vocabulary.longTrie.deepest, vocabulary.restTrie.deepest)
        path = Array(repeating: 0, count: deepest + 1)
    }

    /// Rough size.
    var bytes: Int { positions.bytes + maskBytes }

    var isFull: Bool { positions.bytes > Self.mostBytes }

    /// Where the bytes lead from a state; `dead` if they may not come.
    mutating func step(_ state: Int32, _ bytes: some Sequence<UInt8>) -> Int32 {
        var at = state
        for byte in bytes where at >= 0 { at = positions.step(at, byte) }
        return at
    }

    /// Writes which tokens may come in a state; none and false, when finding out would take too long.
    mutating func allowed(_ state: Int32, into words: UnsafeMutableBufferPointer<UInt32>) -> Bool {
        guard state >= 0 else {
            words.update(repeating: 0)
            return true
        }
        switch masks[state] {
        case .few(let tokens):
            words.update(repeating: 0)
            for token in tokens { words[Int(token) >> 5] |= 1 << UInt32(token & 31) }
        case .words(let known):
            for index in known.indices { words[index] = known[index] }
        case nil:
            guard make(state, into: words) else {
                words.update(repeating: 0)
                return false
            }
            remember(state, words)
        }
        return true
    }

    private mutating func remember(_ state: Int32, _ words: UnsafeMutableBufferPointer<UInt32>) {
        if maskBytes > Self.mostMaskBytes {
            masks.removeAll()
            maskBytes = 0
        }
        var count = 0
        for word in words where word != 0 { count += word.nonzeroBitCount }
        guard count < words.count / 2 else {
            masks[state] = .words(Array(words))
            maskBytes += words.count * 4
            return
        }
        var tokens: [Int32] = []
        tokens.reserveCapacity(count)
        for index in words.indices where words[index] != 0 {
            var word = words[index]
            while word != 0 {
                tokens.append(Int32(index * 32 + word.trailingZeroBitCount))
                word &= word - 1
            }
        }
        masks[state] = .few(tokens)
        maskBytes += count * 4 + 64
    }

    private mutating func make(_ state: Int32, into words: UnsafeMutableBufferPointer<UInt32>) -> Bool {
        workLimit = positions.work + Self.mostWork
        let depth = Int(positions.plainDepth(state))
        if depth >= GrammarVocabulary.shortPlain {
            let isLongEnough = depth >= vocabulary.longestPlain
            for index in words.indices {
                words[index] = vocabulary.shortMask[index] | (isLongEnough ? vocabulary.longMask[index] : 0)
            }
            if !isLongEnough { walk(vocabulary.longTrie, from: state, into: words) }
        } else {
            words.update(repeating: 0)
            walk(vocabulary.shortTrie, from: state, into: words)
            walk(vocabulary.longTrie, from: state, into: words)
        }
        walk(vocabulary.restTrie, from: state, into: words)
        if positions.isComplete(state) {
            for token in vocabulary.endTokens { words[Int(token) >> 5] |= 1 << UInt32(token & 31) }
        }
        return isWithinLimits
    }

    private var isWithinLimits: Bool { positions.work <= workLimit && positions.bytes <= 2 * Self.mostBytes }

    private mutating func walk(_ trie: TokenTrie, from state: Int32, into words: UnsafeMutableBufferPointer<UInt32>) {
        path[0] = state
        var index = 0
        let end = trie.nodes.count
        while index < end, isWithinLimits {
            let node = trie.nodes[index]
            let target = positions.step(path[Int(node.depth) - 1], node.byte)
            guard target >= 0 else {
                index = Int(node.end)
                continue
            }
            path[Int(node.depth)] = target
            if node.token >= 0 { allow(node.token, trie, words) }
            index += 1
        }
    }

    @inline(__always)
    private func allow(_ token: Int32, _ trie: TokenTrie, _ words: UnsafeMutableBufferPointer<UInt32>) {
        words[Int(token) >> 5] |= 1 << UInt32(token & 31)
        if trie.twins.isEmpty { return }
        for twin in trie.twins[token] ?? [] { words[Int(twin) >> 5] |= 1 << UInt32(twin & 31) }
    }
}
