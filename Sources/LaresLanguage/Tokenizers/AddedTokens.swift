/// A part of a text once added tokens are found in it.
enum Segment: Equatable {
    case text(Range<Int>)
    case token(Token)
}

/// The tokens that are matched in a text before anything else: the longest that starts leftmost wins.
package struct AddedTokens: Sendable {
    /// How a `tokenizer.json` token treats its surroundings.
    struct Options: OptionSet, Sendable {
        let rawValue: UInt8
        /// Takes the spaces before it along.
        static let stripsLeft = Options(rawValue: 1)
        /// Takes the spaces after it along.
        static let stripsRight = Options(rawValue: 2)
        /// Matches only between characters that are not of words.
        static let wordAlone = Options(rawValue: 4)
        /// Matched only when special tokens are parsed.
        static let special = Options(rawValue: 8)
    }

    private var starts = [Bool](repeating: false, count: 256)
    /// (node, byte) → (next node, unused).
    private var edges = PairTable(capacity: 64)
    private var tokens: [Token] = [-1]
    private var options: [Token: Options] = [:]

    var isEmpty: Bool { options.isEmpty }

    /// Adds a token; empty texts and texts already there are ignored.
    mutating func insert(_ text: some Sequence<UInt8>, _ token: Token, _ options: Options) {
        var node: UInt32 = 0
        for byte in text {
            if node == 0 { starts[Int(byte)] = true }
            if let (next, _) = edges.value(node, UInt32(byte)) {
                node = next
            } else {
                let next = UInt32(tokens.count)
                tokens.append(-1)
                edges.insert(node, UInt32(byte), value: (next, 0))
                node = next
            }
        }
        guard node != 0, tokens[Int(node)] < 0 else { return }
        tokens[Int(node)] = token
        self.options[token] = options
    }

    /// Whether the text of a special token begins at a byte.
    func beginsSpecial(_ text: [UInt8], at start: Int) -> Bool {
        guard starts[Int(text[start])] else { return false }
        var node: UInt32 = 0
        for position in start..<text.count {
            guard let (next, _) = edges.value(node, UInt32(text[position])) else { return false }
            node = next
            if options[tokens[Int(node)]]?.contains(.special) == true { return true }
        }
        return false
    }

    /// Cuts a text at its added tokens; texts in the result are never empty. No special token covers the byte before one of `plainPlaces` (in order).
    func split(_ text: [UInt8], _ range: Range<Int>, parseSpecial: Bool, plainPlaces: [Int] = []) -> [Segment] {
        guard !isEmpty else { return range.isEmpty ? [] : [.text(range)] }
        var segments: [Segment] = []
        var start = range.lowerBound
        var position = start
        var plain = plainPlaces[...]
        while position < range.upperBound {
            plain = plain.drop { $0 <= position }
            guard starts[Int(text[position])],
                let (token, end) = longest(text, position..<range.upperBound, parseSpecial, before: plain.first ?? .max)
            else {
                position += 1
                continue
            }
            let options = self.options[token] ?? []
            let left = options.contains(.stripsLeft) ? Self.spaceBefore(text, start..<position) : position
            if left > start { segments.append(.text(start..<left)) }
            segments.append(.token(token))
            start = options.contains(.stripsRight) ? Self.spaceAfter(text, end..<range.upperBound) : end
            position = start
        }
        if start < range.upperBound { segments.append(.text(start..<range.upperBound)) }
        return segments
    }

    /// The longest token that begins a range; a special one ends before `limit`.
    private func longest(_ text: [UInt8], _ range: Range<Int>, _ parseSpecial: Bool, before limit: Int) -> (Token, end: Int)? {
        var node: UInt32 = 0
        var found: (Token, end: Int)?
        for position in range {
            guard let (next, _) = edges.value(node, UInt32(text[position])) else { break }
            node = next
            let token = tokens[Int(node)]
            guard token >= 0, let options = options[token] else { continue }
            if options.contains(.special), !parseSpecial || position + 1 >= limit { continue }
            if options.contains(.wordAlone), !Self.standsAlone(text, range.lowerBound..<(position + 1)) { continue }
            found = (token, position + 1)
        }
        return found
    }

    private static func standsAlone(_ text: [UInt8], _ range: Range<Int>) -> Bool {
        var before = range.lowerBound
        while before > 0 {
            before -= 1
            if text[before] & 0xC0 != 0x80 { break }
        }
        if range.lowerBound > 0, isOfWord(text, before) { return false }
        return range.upperBound == text.count || !isOfWord(text, range.upperBound)
    }

    private static func isOfWord(_ text: [UInt8], _ index: Int) -> Bool {
        let (scalar, _) = ScalarClass.scalar(at: index, in: text)
        switch ScalarClass.classify(scalar) {
        case .letter, .number: return true
        default: return scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark
        }
    }

    private static func spaceBefore(_ text: [UInt8], _ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound {
            var index = end - 1
            while index > range.lowerBound, text[index] & 0xC0 == 0x80 { index -= 1 }
            guard ScalarClass.at(index, in: text).0.isSpace else { break }
            end = index
        }
        return end
    }

    private static func spaceAfter(_ text: [UInt8], _ range: Range<Int>) -> Int {
        var start = range.lowerBound
        while start < range.upperBound {
            let (kind, next) = ScalarClass.at(start, in: text)
            guard kind.isSpace else { break }
            start = next
        }
        return start
    }
}
