package import LaresNeural

/// One input of a network as a form asks for it: one sample, which the network gets as a batch of one.
package struct TryInput: Sendable {
    /// What a person fills in.
    enum Kind: Sendable {
        /// One of the texts that the network knows.
        case choice([String])
        /// Yes or no.
        case flag
        /// Any text.
        case text
        /// A number for each element.
        case numbers(Int)
        /// Many elements in one box; nil: as many as the person likes.
        case list(Int?)
        /// Several open sizes: a form can't tell what the person means.
        case none
    }

    let signature: TensorSignature
    let hint: TensorHint
    /// What each element is called; empty where nobody knows.
    let labels: [String]
    /// The name of its field.
    package let id: String
    let kind: Kind

    private static let mostNumbers = 16
    private static let mostChoices = 300

    /// - Parameters:
    ///   - signature: What the network takes.
    ///   - hint: What its plan knows of it.
    ///   - labels: The columns that it is made of.
    ///   - place: Which input it is.
    package init(_ signature: TensorSignature, _ hint: TensorHint = TensorHint(), labels: [String] = [], place: Int) {
        (self.signature, self.hint, id) = (signature, hint, "i\(place)")
        let sizes = Self.sizes(signature)
        let count = sizes.contains(nil) ? nil : Self.product(sizes)
        self.labels = labels.count == count ? labels : []
        kind = Self.kind(signature.datatype, hint, count, open: sizes.count { $0 == nil })
    }

    private static func kind(_ type: SignatureType, _ hint: TensorHint, _ count: Int?, open: Int) -> Kind {
        guard open < 2, count ?? 1 <= 1 << 20 else { return .none }
        switch (type, count) {
        case (.bytes, 1?): return hint.names.isEmpty || hint.names.count > mostChoices ? .text : .choice(hint.names)
        case (.bool, 1?): return .flag
        case (.bytes, _), (.bool, _): return .list(count)
        case (_, let count?) where count <= mostNumbers: return .numbers(count)
        default: return .list(count)
        }
    }

    /// The sizes of one sample: an open first one is the batch.
    private static func sizes(_ signature: TensorSignature) -> [Int?] {
        signature.shape.enumerated().map { $0 == 0 ? $1 ?? 1 : $1 }
    }

    private static func product(_ sizes: [Int?]) -> Int? {
        var product = 1
        for size in sizes {
            let (next, overflow) = product.multipliedReportingOverflow(by: size ?? 1)
            guard !overflow else { return nil }
            product = next
        }
        return product
    }

    /// The sizes of a value with so many elements; nil when they don't fill the open one.
    func shape(of count: Int) -> [Int]? {
        let sizes = Self.sizes(signature)
        guard let known = Self.product(sizes), known > 0 else { return nil }
        guard sizes.contains(nil) else { return count == known ? sizes.map { $0 ?? 1 } : nil }
        guard count > 0, count.isMultiple(of: known) else { return nil }
        return sizes.map { $0 ?? count / known }
    }

    /// How many elements stand side by side where they are shown as rows: the last size, or the side of a square.
    var rowLength: Int {
        let sizes = Self.sizes(signature)
        guard sizes.count < 3, let count = Self.product(sizes) else { return (sizes.last ?? nil) ?? 1 }
        let side = Int(Double(count).squareRoot().rounded())
        return side * side == count ? side : count
    }

    /// "8 8 16" for a small picture: its width, its height, and how much a stroke of the pen is.
    var grid: String? {
        guard case .list(let count?) = kind, signature.datatype != .bytes, signature.datatype != .bool else { return nil }
        let width = rowLength
        guard (4...64).contains(width), count.isMultiple(of: width), (4...64).contains(count / width) else { return nil }
        let usual = zip(hint.means, hint.deviations).map { $0 + 1.5 * $1 }.max() ?? (signature.datatype == .uint8 ? 255 : 1)
        return "\(width) \(count / width) \(usual.isFinite && usual > 2 ? Int(min(usual, 1e6).rounded()) : 1)"
    }

    /// The whole numbers its elements may be; nil for floats and texts.
    var bounds: ClosedRange<Int64>? {
        guard let integers = signature.datatype.integers else { return nil }
        guard let range = hint.range else { return integers }
        return integers.clamped(to: Int64(range.lowerBound)...Int64(range.upperBound))
    }

    /// The field of an element.
    func field(_ element: Int) -> String {
        if case .numbers(let count) = kind, count > 1 { return "\(id)-\(element)" }
        return id
    }
}
