import LaresTensor

/// Keys and values of the open sequences of one model, in pages of 16 positions, with the workspace of its steps.
///
/// Not Sendable: it belongs to the one engine that steps it. A sequence is opened with its whole prompt, so that pages already computed for
/// the same beginning are shared; they are immutable, so sharing never changes a result.
public final class KVCache {
    /// Positions of a page.
    public static let pageTokens = PageTable.pageTokens

    struct Sequence {
        var tokens: [Token]
        var pages: [UInt32]
        var published: Int
        let adapter: Adapter?
    }

    private(set) var table: PageTable
    private(set) var sequences: [SequenceID: Sequence] = [:]
    let layers: [KVPages]
    let workspace: Workspace
    private let memory: UnsafeMutableRawPointer
    private let elements: Int
    private var lastNumber: UInt64 = 0

    init(pages: Int, decoder: Decoder) {
        precondition(pages > 0, "a cache needs a page")
        table = PageTable(pageCount: pages)
        let shape = decoder.configuration
        elements = KVPages.elements(kvHeads: shape.keyValueHeads, headDimension: shape.headSize)
        let arena = elements * pages
        // Large and untouched: the system gives the memory when a page is first written.
        memory = .allocate(byteCount: arena * 2 * shape.layers * MemoryLayout<UInt16>.stride, alignment: 64)
        let base = memory.assumingMemoryBound(to: UInt16.self)
        layers = (0..<shape.layers).map { layer in
            KVPages(keys: base + 2 * layer * arena, values: base + (2 * layer + 1) * arena, pageCount: pages)
        }
        workspace = Workspace(decoder)
    }

    deinit {
        memory.deallocate()
    }

    /// Pages that can still be had, cached ones included.
    public var freePages: Int { table.freePages }
    /// All pages.
    public var totalPages: Int { table.totalPages }
    /// Bytes that steps work in.
    package var workspaceBytes: Int { workspace.byteCount }
    /// Where the time of its steps went; sampling and waiting are its engine's to add.
    public var times: StepTimes { workspace.watch.times }
    /// How many sequences are open.
    public var openSequences: Int { sequences.count }

    /// Opens a sequence, computed with an adapter of the cache's model or without. `cachedTokens` first tokens of the prompt are already
    /// there; step the others. At least one is left to step.
    public func open(prompt: [Token], adapter: Adapter? = nil) -> (sequence: SequenceID, cachedTokens: Int) {
        lastNumber += 1
        let pages = table.match(prompt, limit: max(0, prompt.count - 1) / Self.pageTokens, root: adapter?.root ?? PageTable.noRoot)
        let cached = pages.count * Self.pageTokens
        let id = SequenceID(number: lastNumber)
        sequences[id] = Sequence(tokens: Array(prompt[..<cached]), pages: pages, published: pages.count, adapter: adapter)
        return (id, cached)
    }

    /// Number of positions a sequence holds; 0 when it is not open.
    public func length(of id: SequenceID) -> Int { sequences[id]?.tokens.count ?? 0 }

    /// Makes room for `tokens` more positions; false, and nothing changed, when there are too few pages or the sequence is not open.
    public func reserve(_ id: SequenceID, tokens: Int) -> Bool {
        guard let sequence = sequences[id], tokens >= 0 else { return false }
        let missing = Self.pages(for: sequence.tokens.count + tokens) - sequence.pages.count
        guard missing > 0 else { return true }
        guard missing <= table.freePages else { return false }
        for _ in 0..<missing {
            if let page = table.allocate() { sequences[id]?.pages.append(page) }
        }
        return true
    }

    /// Ends a sequence. With `keep`, its full pages stay for later prompts with the same beginning until room is needed.
    public func close(_ id: SequenceID, keep: Bool) {
        guard let sequence = sequences.removeValue(forKey: id) else { return }
        table.release(sequence.pages, keep: keep)
    }

    /// Positions that fit the pages a sequence has.
    public func room(in id: SequenceID) -> Int { sequences[id].map { $0.pages.count * Self.pageTokens - $0.tokens.count } ?? 0 }

    /// Takes back the last positions of a sequence, as if they had never been stepped; its pages stay its own.
    public func truncate(_ id: SequenceID, to count: Int) {
        guard let sequence = sequences[id], count >= 0, count < sequence.tokens.count else { return }
        sequences[id]?.tokens.removeLast(sequence.tokens.count - count)
        let full = count / Self.pageTokens
        guard sequence.published > full else { return }
        for page in sequence.pages[full..<sequence.published].reversed() { table.unpublish(page) }
        sequences[id]?.published = full
    }

    /// Pages that `tokens` positions take.
    public static func pages(for tokens: Int) -> Int { (tokens + pageTokens - 1) / pageTokens }

    /// Bytes of keys and values of a page, all layers together.
    var pageBytes: Int { 2 * layers.count * elements * MemoryLayout<UInt16>.stride }

    /// The keys and values of a page, layer by layer.
    func parts(of page: UInt32) -> [UnsafeMutableRawBufferPointer] {
        layers.flatMap { layer in
            [layer.keys, layer.values].map { base in
                UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(start: base + Int(page) * elements, count: elements))
            }
        }
    }

    /// Takes unused pages for saved ones; see ``PageTable/adopt(_:)``.
    func adopt(_ pages: [SavedPage]) -> [UInt32?] { table.adopt(pages) }

    /// Appends tokens whose keys and values have been written, and publishes the pages they filled.
    func commit(_ id: SequenceID, _ tokens: [Token]) {
        sequences[id]?.tokens += tokens
        guard let sequence = sequences[id] else { return }
        var published = sequence.published
        while (published + 1) * Self.pageTokens <= sequence.tokens.count {
            let start = published * Self.pageTokens
            let before = published > 0 ? sequence.pages[published - 1] : nil
            table.publish(
                sequence.pages[published], after: before, tokens: sequence.tokens[start..<(start + Self.pageTokens)],
                root: sequence.adapter?.root ?? PageTable.noRoot)
            published += 1
        }
        sequences[id]?.published = published
    }
}
