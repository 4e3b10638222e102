import LaresThings

extension PlainPoint {
    /// "air,station=7/no2 = 12.5 @1000 [°C] suspect": everything that was said, shortly.
    var short: String {
        let shown: String =
            switch value {
            case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
            case .state(let text): "'\(text)'"
            }
        let parts = [
            "\(series.thing)/\(series.property) = \(shown)", time.map { "@\($0.milliseconds)" }, unit.map { "[\($0)]" },
            quality.map { "\($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }
}

/// The points of a text, shortly, and the codes of lines that weren't taken.
func read(_ text: String, _ format: PointFormat, _ precision: TimePrecision? = nil, chunk: Int = 1 << 16) throws -> [String] {
    let (points, refusals) = try PlainPoint.read(Array(text.utf8), format, precision, chunk: chunk)
    return points.map(\.short) + refusals.map { "\($0.line): \($0.fault.code)" }
}
