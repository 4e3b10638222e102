/// Stretches to compare others with: few, and far from each other.
struct KeptStretches: Sendable, Hashable {
    private var stretches: [SIMD8<Float>] = []
    /// When each was last the nearest.
    private var used: [Int] = []

    static let most = 128
    /// What is farther than this from all is kept.
    static let apart: Float = 0.03
    /// How much the form counts beside the values.
    static let form: Float = 0.3

    /// Compares a stretch with all, and keeps it if it is far.
    ///
    /// - Parameters:
    ///   - width: The width of all values seen, more than 0: the unit of distances.
    ///   - now: What counts up.
    /// - Returns: How far the nearest is; nil: there was none.
    mutating func take(_ stretch: SIMD8<Float>, width: Float, at now: Int) -> Double? {
        let nearest = nearest(to: stretch, width: width)
        if let nearest { used[nearest.place] = now }
        if nearest.map({ $0.distance > Self.apart }) ?? true { keep(stretch, now) }
        return nearest.map { Double($0.distance) }
    }

    private func nearest(to stretch: SIMD8<Float>, width: Float) -> (place: Int, distance: Float)? {
        let form = Form(stretch)
        let scale = 1 / (8 * width)
        var best: (place: Int, distance: Float)?
        for (place, other) in stretches.enumerated() {
            let values = (stretch - other).magnitudes.sum() * scale
            // Forms only add: most need not be looked at.
            if let best, values >= best.distance { continue }
            let otherForm = Form(other)
            let forms = (form.values - otherForm.values).magnitudes.sum() * scale * max(form.height, otherForm.height)
            let distance = values + Self.form * forms
            if best.map({ distance < $0.distance }) ?? true { best = (place, distance) }
        }
        return best
    }

    private mutating func keep(_ stretch: SIMD8<Float>, _ now: Int) {
        if stretches.count < Self.most {
            stretches.append(stretch)
            used.append(now)
        } else if let place = used.indices.min(by: { used[$0] < used[$1] }) {
            (stretches[place], used[place]) = (stretch, now)
        }
    }

    /// What is left of a stretch without its level and its height.
    private struct Form {
        let height: Float
        let values: SIMD8<Float>

        init(_ stretch: SIMD8<Float>) {
            let least = stretch.min()
            height = stretch.max() - least
            values = height > 0 ? (stretch - least) / height : .zero
        }
    }

    func write(to state: inout StateWriter) {
        state.put(stretches.count)
        for stretch in stretches { for place in 0..<8 { state.put(stretch[place]) } }
        for use in used { state.put(use) }
    }

    init() {}

    init(from state: inout StateReader) throws {
        let count = try state.int(0...Self.most)
        for _ in 0..<count {
            var stretch = SIMD8<Float>.zero
            for place in 0..<8 { stretch[place] = try state.float() }
            stretches.append(stretch)
        }
        used = try (0..<count).map { _ in try state.int(0...Int.max) }
    }
}

extension SIMD8<Float> {
    fileprivate var magnitudes: Self { replacing(with: -self, where: self .< 0) }
}
