import CLaresKernels

/// Heads of an attention layer and how their scores are made.
public struct AttentionShape: Sendable, Hashable {
    /// Query heads.
    public let heads: Int
    /// Key and value heads; each serves `heads / kvHeads` query heads.
    public let kvHeads: Int
    /// Values a head.
    public let headDimension: Int
    /// Factor on every score.
    public let scale: Float
    /// A query at position p sees keys p − window + 1 … p; nil: all up to p.
    public let window: Int?

    /// Heads of an attention layer; `isSupported` tells whether the kernels take the shape.
    public init(heads: Int, kvHeads: Int, headDimension: Int, scale: Float, window: Int? = nil) {
        self.heads = heads
        self.kvHeads = kvHeads
        self.headDimension = headDimension
        self.scale = scale
        self.window = window
    }

    /// Whether the kernels take this shape: head dimension a multiple of 16 up to 256, at most 48 query heads to a key head.
    public var isSupported: Bool {
        heads > 0 && kvHeads > 0 && heads % kvHeads == 0 && heads / kvHeads <= Int(LARES_ROWS) && headDimension > 0
            && headDimension % panelRows == 0 && headDimension <= Int(LARES_HEAD) && (window ?? 1) > 0
    }

    var group: Int { heads / kvHeads }
    var width: Int { heads * headDimension }
    var kvWidth: Int { kvHeads * headDimension }
}

/// One layer's arena of key and value pages, in half precision, owned by the caller.
///
/// A page holds 16 positions of every key/value head: keys as `[head][dimension][16]`, values as `[head][16][dimension]`.
public struct KVPages {
    /// Positions a page.
    public static let tokens = 16
    /// Keys: pages of [head][dimension][16].
    public let keys: UnsafeMutablePointer<UInt16>
    /// Values: pages of [head][16][dimension].
    public let values: UnsafeMutablePointer<UInt16>
    let pageCount: Int

    /// An arena of `pageCount` pages in each of the two blocks of memory.
    public init(keys: UnsafeMutablePointer<UInt16>, values: UnsafeMutablePointer<UInt16>, pageCount: Int) {
        self.keys = keys
        self.values = values
        self.pageCount = pageCount
    }

    /// Elements of one page in `keys`, and as many in `values`.
    public static func elements(kvHeads: Int, headDimension: Int) -> Int { kvHeads * headDimension * tokens }
}

/// Consecutive rows of a batch that belong to one sequence.
public struct SequenceSpan: Sendable, Hashable {
    /// First row of the batch.
    public let firstRow: Int
    /// Rows.
    public let count: Int
    /// Position of the first row in its sequence.
    public let position: Int
    /// `pages[i]` holds positions 16i ..< 16i + 16.
    public let pages: [UInt32]

    /// Rows `firstRow ..< firstRow + count` are positions `position …` of a sequence whose pages are `pages`.
    public init(firstRow: Int, count: Int, position: Int, pages: [UInt32]) {
        self.firstRow = firstRow
        self.count = count
        self.position = position
        self.pages = pages
    }
}

/// Memory that attention reuses between layers. Not Sendable: it belongs to one engine.
public final class AttentionScratch {
    var tasks: [AttentionTask] = []
    private(set) var places: [CachePlace] = []
    private var floats = Buffer(rows: 1, columns: 1)

    /// Empty; it grows with use.
    public init() {}

    /// Where each row of the batch is kept.
    func place(_ spans: [SequenceSpan]) {
        places.removeAll(keepingCapacity: true)
        for span in spans {
            for position in span.position..<(span.position + span.count) {
                places.append(CachePlace(page: span.pages[position / KVPages.tokens], slot: position % KVPages.tokens))
            }
        }
    }

    func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
        if floats.columns < count { floats = Buffer(rows: 1, columns: count + count / 2) }
        return floats.base
    }
}

/// Where the key and the value of one row are kept.
struct CachePlace {
    let page: UInt32
    let slot: Int
}

/// Some queries of one key/value head against a range of keys.
struct AttentionTask {
    var span: Int
    var first: Int  // query within the span
    var count: Int
    var head: Int  // key/value head
    var from: Int  // keys
    var to: Int
    var part: Int  // where an unfinished result goes in the scratch memory; −1: finished
}
