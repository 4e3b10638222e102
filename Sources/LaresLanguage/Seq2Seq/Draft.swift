public import LaresTensor

/// What a translator remembers while it writes, so that one more symbol costs the same however many stand before it.
///
/// A row is a sequence that is being written; the rows of one source stand side by side, equally many for each source.
public struct Draft: Sendable {
    /// Of what was read, computed once: `[sources, …]` each.
    public var sources: [Tensor]
    /// Of what was written so far: `[rows, …]` each.
    public var written: [Tensor]

    /// What a translator keeps before the first symbol.
    public init(sources: [Tensor], written: [Tensor] = []) { (self.sources, self.written) = (sources, written) }

    /// Goes on with some of the rows, of which one may come again, and of the sources; in this order.
    public mutating func keep(rows: [Int], sources kept: [Int]) {
        func chosen(_ places: [Int], of tensors: [Tensor]) -> [Tensor] {
            tensors.map { places.elementsEqual(0..<$0.shape[0]) ? $0 : $0.rows(Indices(places)) }
        }
        (sources, written) = (chosen(kept, of: sources), chosen(rows, of: written))
    }
}
