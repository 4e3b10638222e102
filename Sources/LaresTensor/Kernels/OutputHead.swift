import CLaresKernels

/// What of a row of logits must be exact.
public enum LogitNeed: Sendable, Hashable {
    /// Every logit.
    case all
    /// The `count` highest, and those at most `within` below the last of them. The others may be estimates, all of them lower.
    case highest(Int, within: Float)
    /// Those whose bit is 1: bit `i % 32` of word `i / 32` is logit `i`. The others may be anything, even what stood there before.
    case only([UInt32])
}

/// The output head of a language model: a matrix of a row for every token, often most of the bytes a token costs.
///
/// Where it is stored in 8 bits, the upper halves alone give an estimate whose error is known: what is left out is one of 16 even steps, so the
/// error of a logit is close to normal, with a standard deviation that follows from the scales and the norm of the activations. The rows
/// that seem highest are computed first; rows whose estimate is more than ``deviations`` standard deviations below what was found there
/// can't be chosen, and their lower halves need not be read. (CSV-Decode, arXiv 2511.21702, has the idea with a provable bound; that one
/// keeps most rows of a real head.)
public final class OutputHead: Sendable {
    /// The weights.
    public let matrix: Matrix
    /// Standard deviation of the estimate for activations of norm 1, the largest of each panel's rows; empty when there is no estimate.
    private let errors: [Float]

    /// How many standard deviations an estimate may be off. Over 10,000 tokens of two models no choice was another (HeadTests).
    static let deviations: Float = 6
    /// Heads smaller than this are read faster than thought about.
    private static let fewestPanels = 256
    /// More rows than this, and computing the estimates takes longer than reading all bytes.
    fileprivate static let mostRows = 2
    /// Two passes are worth it while at most one panel of so many is read again.
    fileprivate static let worthwhile = 4

    /// A head over weights that were repacked.
    public init(_ matrix: Matrix) {
        self.matrix = matrix
        let canEstimate = matrix.type == .q8_0 && matrix.panels >= Self.fewestPanels && Self.hasEvenHalves(matrix)
        errors = canEstimate ? (0..<matrix.panels).map { lares_upper_error(matrix.panel($0), matrix.columns) } : []
    }

    /// Whether the lower halves are spread as the error supposes. Those of a head that had fewer bits before are not.
    private static func hasEvenHalves(_ matrix: Matrix) -> Bool {
        let sample = stride(from: 0, to: matrix.panels, by: max(1, matrix.panels / 64))
        let means = sample.map { lares_lower_mean(matrix.panel($0), matrix.columns) }
        return (7...8).contains(means.reduce(0, +) / Float(means.count))
    }

    /// Whether there are estimates to begin with.
    public var canEstimate: Bool { !errors.isEmpty }

    /// Bytes that an estimate of all logits reads.
    public var estimateBytes: Int {
        canEstimate ? matrix.byteCount / lares_block_bytes(LARES_Q8) * lares_block_bytes(LARES_Q4) : matrix.byteCount
    }

    /// The panels that hold a logit some row allows; nil when a row needs others, or when they are so many that all are read faster.
    fileprivate func panels(allowedBy needs: [LogitNeed]) -> [UInt32]? {
        var words = [UInt32](repeating: 0, count: (matrix.panels + 1) / 2)
        for need in needs {
            guard case .only(let allowed) = need else { return nil }
            for index in 0..<min(words.count, allowed.count) { words[index] |= allowed[index] }
        }
        let halves: [UInt32] = [0x0000_ffff, 0xffff_0000]
        let panels = (0..<matrix.panels).filter { words[$0 / 2] & halves[$0 % 2] != 0 }.map(UInt32.init)
        return panels.count <= matrix.panels / 2 ? panels : nil
    }

    /// The panels whose rows may have a logit of `floor` or more.
    fileprivate func panels(above floor: Float, tops: UnsafeBufferPointer<Float>, norm: Float) -> [UInt32] {
        let reach = norm * Self.deviations
        return errors.withUnsafeBufferPointer { errors in
            tops.indices.compactMap { tops[$0] + reach * errors[$0] >= floor ? UInt32($0) : nil }
        }
    }
}

extension ComputePool {
    /// `output[row] = head · a[row]`, where each row's logits are exact as far as its need goes.
    public func logits(_ a: Activations, _ head: OutputHead, needs: [LogitNeed], into output: Buffer) {
        precondition(needs.count == a.count && a.count <= output.rows, "\(needs.count) needs, \(a.count) rows, room for \(output.rows)")
        let whole = Product(head.matrix, into: output)
        if let allowed = head.panels(allowedBy: needs) { return read(allowed, a, whole) }
        let panels = head.matrix.panels
        let highest = needs.compactMap(\.highest)
        guard head.canEstimate, needs.count <= OutputHead.mostRows, highest.count == needs.count,
            highest.allSatisfy({ $0.count < panels / OutputHead.worthwhile })
        else {
            return matmul(a, [whole])
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: a.count * panels) { memory in
            estimate(a, whole, tops: memory)
            let tops = (0..<a.count).map { UnsafeBufferPointer(rebasing: memory[($0 * panels)..<(($0 + 1) * panels)]) }
            let likely = union(zip(highest, tops).map { Highest($0.count, of: $1).places })
            read(likely, a, whole)
            let rest = union(
                zip(highest, tops).enumerated().map { row, pair in
                    let found = Highest(pair.0.count, of: output[row], in: likely)
                    return head.panels(above: found.last - pair.0.within, tops: pair.1, norm: a.norm(row))
                })
            if rest.count > panels / OutputHead.worthwhile { matmul(a, [whole]) } else { read(rest, a, whole) }
        }
        extendLifetime((a, head, output))
    }

    private func estimate(_ a: Activations, _ whole: Product, tops: UnsafeMutableBufferPointer<Float>) {
        var all = lares_panel_tops(product: job(whole, a), rows: a.count, tops: tops.baseAddress)
        all.product.kernel = kernel(LARES_Q8_UPPER)
        run(whole.matrix.panels, lares_product_top, &all)
    }

    private func read(_ panels: [UInt32], _ a: Activations, _ whole: Product) {
        panels.withUnsafeBufferPointer { list in
            var some = lares_some_panels(product: job(whole, a), rows: a.count, panels: list.baseAddress)
            run(list.count, lares_product_some, &some)
        }
    }

    private func union(_ lists: [[UInt32]]) -> [UInt32] { lists.count == 1 ? lists[0] : Set(lists.joined()).sorted() }
}

extension LogitNeed {
    fileprivate var highest: (count: Int, within: Float)? {
        if case .highest(let count, let within) = self { (max(1, count), within) } else { nil }
    }
}

/// The highest values of a row and where they are.
private struct Highest {
    private let count: Int
    private var values: [Float] = []
    private(set) var places: [UInt32] = []

    /// The lowest of them.
    private(set) var last = -Float.infinity

    /// The `count` highest of all values.
    init(_ count: Int, of row: UnsafeBufferPointer<Float>) {
        self.count = count
        for index in row.indices where row[index] > last || values.count < count { insert(row[index], at: UInt32(index)) }
    }

    /// The `count` highest outputs of some panels.
    init(_ count: Int, of row: UnsafeMutableBufferPointer<Float>, in panels: [UInt32]) {
        self.count = count
        for panel in panels {
            let first = Int(panel) * panelRows
            for index in first..<min(row.count, first + panelRows) where row[index] > last || values.count < count {
                insert(row[index], at: UInt32(index))
            }
        }
    }

    private mutating func insert(_ value: Float, at place: UInt32) {
        let order = values.lastIndex { $0 >= value }.map { $0 + 1 } ?? 0
        values.insert(value, at: order)
        places.insert(place, at: order)
        if values.count > count {
            values.removeLast()
            places.removeLast()
        }
        if values.count == count { last = values[count - 1] }
    }
}
