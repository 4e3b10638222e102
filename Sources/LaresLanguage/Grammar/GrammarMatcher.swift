import Synchronization

/// A grammar for the tokens of one model, with what has been found out about it; shared by all answers under the grammar.
public final class GrammarMasks: Sendable {
    let vocabulary: GrammarVocabulary
    let grammar: Grammar
    private let current: Mutex<SharedCache>

    /// Prepares a grammar for a vocabulary. Cheap: masks are made when they are first needed.
    public init(_ grammar: Grammar, _ vocabulary: GrammarVocabulary) {
        self.grammar = grammar
        self.vocabulary = vocabulary
        current = Mutex(SharedCache(MaskCache(grammar.automaton, answerDepth: grammar.limits.answerDepth, vocabulary)))
    }

    var cache: SharedCache { current.withLock { $0 } }

    /// 32-bit words of a mask.
    public var maskWords: Int { vocabulary.maskWords }

    /// Rough size of all that has been found out; nil while an answer is looking something up.
    public var bytes: Int? {
        cache.content.withLockIfAvailable { $0.bytes }.map { $0 + grammar.automaton.bytes }
    }

    /// The cache to go on with when `full` has grown too large.
    func cache(insteadOf full: SharedCache) -> SharedCache {
        current.withLock { cache in
            if cache === full { cache = SharedCache(MaskCache(grammar.automaton, answerDepth: grammar.limits.answerDepth, vocabulary)) }
            return cache
        }
    }
}

/// A ``MaskCache`` behind its lock. A full one is left behind, not emptied, because matchers hold numbers of its states.
final class SharedCache: Sendable {
    let content: Mutex<MaskCache>

    init(_ cache: sending MaskCache) { content = Mutex(cache) }
}

/// One answer on its way: which tokens may come next, and what has come.
///
///     var matcher = GrammarMatcher(grammar, vocabulary)
///     matcher.allowed(into: words)            // before sampling
///     matcher.accept(token)                   // after it
///
/// A value: a copy goes its own way, for speculation or beams.
public struct GrammarMatcher: Sendable {
    private let masks: GrammarMasks
    private var cache: SharedCache
    private var state: Int32
    /// Whether an end token was accepted.
    public private(set) var isFinished = false

    /// A matcher at the start of an answer, with masks of its own.
    public init(_ grammar: Grammar, _ vocabulary: GrammarVocabulary) { self.init(GrammarMasks(grammar, vocabulary)) }

    /// A matcher at the start of an answer.
    public init(_ masks: GrammarMasks) {
        self.masks = masks
        cache = masks.cache
        state = cache.content.withLock { $0.start }
    }

    /// Whether the answer may end here.
    public var isComplete: Bool { cache.content.withLock { $0.positions.isComplete(state) } }

    /// Whether nothing may come any more but an end token.
    public var isOver: Bool { isFinished || cache.content.withLock { $0.positions.isOver(state) } }

    /// Writes a bit for every token: 1 if it may come next. Bit `i % 32` of word `i / 32` is token `i`.
    ///
    /// - Parameter words: ``GrammarVocabulary/maskWords`` words or more; those beyond are cleared.
    /// - Returns: false, and no token is allowed, when the grammar is so ambiguous that finding out would take too long.
    /// - Precondition: `words` is large enough.
    @discardableResult
    public mutating func allowed(into words: UnsafeMutableBufferPointer<UInt32>) -> Bool {
        let count = masks.vocabulary.maskWords
        precondition(words.count >= count, "the mask has \(words.count) words and needs \(count)")
        if words.count > count { words[count...].update(repeating: 0) }
        let mask = UnsafeMutableBufferPointer(rebasing: words[..<count])
        if isFinished {
            mask.update(repeating: 0)
            return true
        }
        return cache.content.withLock { $0.allowed(state, into: mask) }
    }

    /// Takes a token; false, and nothing changes, if it may not come next.
    @discardableResult
    public mutating func accept(_ token: Int32) -> Bool {
        if isFinished { return false }
        if masks.vocabulary.endSet.contains(token) {
            isFinished = isComplete
            return isFinished
        }
        let bytes = masks.vocabulary.bytes(of: token)
        return !bytes.isEmpty && accept(bytes: bytes)
    }

    /// Takes bytes; false, and nothing changes, if they may not come next.
    @discardableResult
    public mutating func accept(bytes: some Sequence<UInt8>) -> Bool {
        if isFinished { return false }
        let (target, isFull) = cache.content.withLock { cache in (cache.step(state, bytes), cache.isFull) }
        guard target >= 0 else { return false }
        state = target
        if isFull { moveOn() }
        return true
    }

    private mutating func moveOn() {
        let next = masks.cache(insteadOf: cache)
        let old = cache.content.withLock { $0.positions }
        state = next.content.withLock { $0.positions.adopt(state, from: old) }
        cache = next
    }
}
