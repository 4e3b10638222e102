/// Makes points of text that comes in chunks, wherever these begin and end.
///
/// Lines stand for themselves: what one has wrong is no matter to the others. Memory is bounded by the piece that is read at once and the longest
/// line.
package struct PointReader: Sendable {
    /// Points of some lines, and what was wrong with others.
    package struct Piece: Sendable {
        /// The text they are from.
        let bytes: [UInt8]
        package fileprivate(set) var points = PointBatch()
        /// Lines that can't be taken.
        package fileprivate(set) var faults: [Fault] = []
        /// The number of the first line, from 1.
        let firstLine: Int
        /// Bytes of its lines.
        fileprivate(set) var size = 0
        /// Where its lines begin, so that a place has a number.
        fileprivate(set) var starts: [Int] = []
        /// When what stands from a place on was received.
        fileprivate let arrivals: [Arrival]

        /// What is wrong with a line.
        package struct Fault: Sendable {
            let line: Range<Int>
            package let fault: PointFault
        }

        /// The number of the line that begins at a place.
        package func number(at place: Int) -> Int { firstLine + max(0, starts.count(inOrder: { $0 <= place }) - 1) }

        /// When the line that begins at a place was received, in milliseconds since 1970.
        package func received(at place: Int) -> Int64 { arrivals[max(0, arrivals.count(inOrder: { $0.start <= place }) - 1)].time }
    }

    /// From where on text was received when.
    fileprivate struct Arrival: Sendable {
        var start: Int
        let time: Int64
    }

    /// Bytes of a line at most.
    static let longestLine = 1 << 16
    /// So many points are in a piece at most, and those of one line more.
    static let pointsInPiece = 20_000

    private var reader: LineReader
    private var buffer: [UInt8] = []
    private var arrivals: [Arrival] = []
    private var at = 0
    private var line = 1
    /// Whether a line is passed over that was too long.
    private var isSkipping = false

    /// - Parameter heading: the first line of a table, when it came before.
    package init(_ format: PointFormat, _ precision: TimePrecision, heading: [UInt8]? = nil) throws(PointFault) {
        reader = try LineReader(format, precision, heading: heading)
    }

    /// The line that names the columns of a table.
    var heading: [UInt8]? { reader.heading }

    /// Why nothing that follows can be read.
    var trouble: PointFault? { reader.trouble }

    /// Bytes that wait to be read.
    var waiting: Int { buffer.count - at }

    /// Takes text in.
    ///
    /// - Parameter received: when it came, in milliseconds since 1970.
    package mutating func append(_ bytes: some Collection<UInt8>, received: Int64 = 0) {
        if at > 0 { dropRead() }
        if arrivals.last?.time != received { arrivals.append(Arrival(start: buffer.count, time: received)) }
        buffer.append(contentsOf: bytes)
    }

    private mutating func dropRead() {
        buffer.removeSubrange(..<at)
        arrivals.removeSubrange(..<max(0, arrivals.count(inOrder: { $0.start <= at }) - 1))
        for place in arrivals.indices { arrivals[place].start = max(0, arrivals[place].start - at) }
        at = 0
    }

    /// The points of the lines that came whole; nil when there is no whole line.
    ///
    /// - Parameter isLast: whether what has no end yet is a line too, as nothing comes any more.
    package mutating func next(_ vocabulary: inout Vocabulary, isLast: Bool = false) -> Piece? {
        vocabulary.makeRoom()
        let text = buffer, start = at
        var piece = Piece(bytes: text, firstLine: line, arrivals: arrivals)
        read(text.span, &piece, &vocabulary, isLast)
        piece.size = at - start
        return at > start ? piece : nil
    }

    private mutating func read(_ bytes: Span<UInt8>, _ piece: inout Piece, _ vocabulary: inout Vocabulary, _ isLast: Bool) {
        let count = bytes.count
        while at < count, piece.points.count < Self.pointsInPiece, piece.faults.count < Self.pointsInPiece {
            var end = at
            while end < count, bytes[end] != 0x0A { end += 1 }
            if end == count, !isLast {
                guard end - at > Self.longestLine || isSkipping else { return }
                return passOver(at..<end, &piece)
            }
            piece.starts.append(at)
            if !isSkipping { read(at..<end, bytes, &piece, &vocabulary) }
            isSkipping = false
            line += 1
            at = min(end + 1, count)
        }
    }

    /// The beginning of a line that is too long is kept, its rest is not.
    private mutating func passOver(_ range: Range<Int>, _ piece: inout Piece) {
        if !isSkipping {
            piece.starts.append(range.lowerBound)
            piece.faults.append(Self.tooLong(range))
        }
        isSkipping = true
        at = range.upperBound
    }

    private static func tooLong(_ range: Range<Int>) -> Piece.Fault {
        let kept = range.lowerBound..<min(range.upperBound, range.lowerBound + longestLine)
        return Piece.Fault(
            line: kept, fault: PointFault(.lineTooLong, "a line has more than \(longestLine) bytes: send points on lines of their own"))
    }

    private mutating func read(_ whole: Range<Int>, _ bytes: Span<UInt8>, _ piece: inout Piece, _ vocabulary: inout Vocabulary) {
        let hasReturn = !whole.isEmpty && bytes[whole.upperBound - 1] == 0x0D
        let range = hasReturn ? whole.lowerBound..<whole.upperBound - 1 : whole
        guard !range.isEmpty, !(reader.hasComments && bytes[range.lowerBound] == UInt8(ascii: "#")) else { return }
        guard range.count <= Self.longestLine else { return piece.faults.append(Self.tooLong(range)) }
        let mark = piece.points.begin(range)
        do throws(PointFault) {
            try reader.read(range, of: bytes, into: &piece.points, since: mark, &vocabulary)
        } catch {
            piece.points.takeBack(to: mark)
            piece.faults.append(Piece.Fault(line: range, fault: error))
        }
    }
}

extension Array {
    /// How many of the first elements are such, where none behind them is.
    fileprivate func count(inOrder isSuch: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isSuch(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
