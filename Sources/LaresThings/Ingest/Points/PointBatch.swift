/// Points of one piece of what was sent, in columns.
package struct PointBatch: Sendable {
    /// The word of each point in the reader's vocabulary.
    private(set) var words: [Int32] = []
    /// Milliseconds since 1970, or ``untimed``.
    private(set) var times: [Int64] = []
    /// What was measured; not a number where the next of ``texts`` stands.
    private(set) var numbers: [Double] = []
    /// Texts that were sent, in the order of their points.
    private(set) var texts: [String] = []
    /// The place in ``lines`` of the line that each point stands on.
    private(set) var origins: [Int32] = []
    /// Where lines with points stand in the piece.
    private(set) var lines: [Range<Int>] = []

    /// The time of a point that says none: when it was received counts.
    static let untimed = Int64.min

    /// How many there are.
    package var count: Int { words.count }

    /// Where points of the next line begin.
    struct Mark {
        fileprivate let points: Int
        fileprivate let texts: Int
    }

    mutating func begin(_ line: Range<Int>) -> Mark {
        lines.append(line)
        return Mark(points: count, texts: texts.count)
    }

    /// Takes back what was added since a mark, and its line: a line counts whole or not at all.
    mutating func takeBack(to mark: Mark) {
        let surplus = count - mark.points
        words.removeLast(surplus)
        times.removeLast(surplus)
        numbers.removeLast(surplus)
        origins.removeLast(surplus)
        texts.removeLast(texts.count - mark.texts)
        lines.removeLast()
    }

    mutating func add(_ word: Int32, _ number: Double, at time: Int64 = untimed) {
        words.append(word)
        times.append(time)
        numbers.append(number)
        origins.append(Int32(truncatingIfNeeded: lines.count - 1))
    }

    mutating func add(_ word: Int32, _ text: String, at time: Int64 = untimed) {
        texts.append(text)
        add(word, .nan, at: time)
    }

    /// Gives all points since a mark their time.
    mutating func set(time: Int64, since mark: Mark) {
        for place in mark.points..<count { times[place] = time }
    }
}
