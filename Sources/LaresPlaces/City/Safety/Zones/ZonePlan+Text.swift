public import LaresJSON

extension ZonePlan {
    /// Points as people write them, `"0.1,0.4 0.9,0.4 0.9,1"`: pairs of numbers with a comma, spaces or ends of lines between.
    ///
    /// - Returns: As a zone's data has them, `[[0.1, 0.4], …]`; nil for anything else, and for more than 32. Whether they lie in the picture isn't looked at.
    public static func points(reading text: String) -> JSON? {
        let words = text.prefix(10_000).split(whereSeparator: \.isWhitespace)
        guard (2...32).contains(words.count) else { return nil }
        var points: [JSON] = []
        for word in words {
            let pair = word.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
            guard pair.count == 2, pair.allSatisfy(\.isFinite), word.count(where: { $0 == "," }) == 1 else { return nil }
            points.append([.double(pair[0]), .double(pair[1])])
        }
        return .array(points)
    }

    /// Its points as ``points(reading:)`` reads them.
    public var pointsText: String { corners.map { "\($0.x),\($0.y)" }.joined(separator: " ") }

    /// The points of its polygon, or the two of its line.
    public var corners: [Point] {
        switch shape {
        case .area(let points): points
        case .line(let from, let to): [from, to]
        }
    }
}
