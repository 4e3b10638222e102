// The inside of JSON strings.
extension AutomatonBuilder {
    /// A character that must be escaped: the short escape where JSON has one, `\u00XX` otherwise.
    mutating func escape(_ character: UInt8, _ from: Int32, _ to: Int32) throws(GrammarError) {
        let short: [UInt8: Character] = [0x08: "b", 0x09: "t", 0x0A: "n", 0x0C: "f", 0x0D: "r", 0x22: "\"", 0x5C: "\\"]
        let backslash = try node()
        byte(from, 0x5C, backslash)
        if let letter = short[character]?.asciiValue { return byte(backslash, letter, to) }
        let prefix = try literal(backslash, [0x75, 0x30, 0x30, 0x30 + character >> 4])
        let digit = character & 15
        if digit < 10 { return byte(prefix, 0x30 + digit, to) }
        byte(prefix, 0x61 + digit - 10, to)
        byte(prefix, 0x41 + digit - 10, to)
    }

    /// Any one character of a JSON string, raw or escaped in any way JSON allows; escaped surrogates only in pairs.
    mutating func anyCharacter(_ from: Int32, _ to: Int32) throws(GrammarError) {
        for (low, high) in [(0x20, 0x21), (0x23, 0x5B), (0x5D, 0x7F)] as [(UInt8, UInt8)] { edge(from, .bytes(low, high), to) }
        let one = try node()
        let two = try node()
        edge(one, .bytes(0x80, 0xBF), to)
        edge(two, .bytes(0x80, 0xBF), one)
        edge(from, .bytes(0xC2, 0xDF), one)
        for (lead, low, high, rest) in [
            (0xE0...0xE0, 0xA0, 0xBF, one), (0xE1...0xEC, 0x80, 0xBF, one), (0xED...0xED, 0x80, 0x9F, one), (0xEE...0xEF, 0x80, 0xBF, one),
            (0xF0...0xF0, 0x90, 0xBF, two), (0xF1...0xF3, 0x80, 0xBF, two), (0xF4...0xF4, 0x80, 0x8F, two),
        ] as [(ClosedRange<UInt8>, UInt8, UInt8, Int32)] {
            let second = try node()
            edge(from, .bytes(lead.lowerBound, lead.upperBound), second)
            edge(second, .bytes(low, high), rest)
        }
        try anyEscape(from, to)
    }

    private mutating func anyEscape(_ from: Int32, _ to: Int32) throws(GrammarError) {
        let backslash = try node()
        byte(from, 0x5C, backslash)
        for letter in "\"\\/bfnrt".utf8 { byte(backslash, letter, to) }
        let hex = try literal(backslash, [0x75])
        let last = try node()
        let third = try node()
        let second = try node()
        hexadecimal(last, to)
        hexadecimal(third, last)
        hexadecimal(second, third)
        for (low, high) in [(0x30, 0x39), (0x41, 0x43), (0x45, 0x46), (0x61, 0x63), (0x65, 0x66)] as [(UInt8, UInt8)] {
            edge(hex, .bytes(low, high), second)
        }
        let surrogate = try node()
        for letter in [0x44, 0x64] as [UInt8] { byte(hex, letter, surrogate) }
        edge(surrogate, .bytes(0x30, 0x37), third)
        try lowSurrogate(from: surrogate, last: third, lastButOne: last)
    }

    /// `D8XX` to `DBXX` must be followed by `\uDCXX` to `\uDFXX`.
    private mutating func lowSurrogate(from surrogate: Int32, last third: Int32, lastButOne: Int32) throws(GrammarError) {
        let high = try node()
        for (low, top) in [(0x38, 0x39), (0x41, 0x42), (0x61, 0x62)] as [(UInt8, UInt8)] { edge(surrogate, .bytes(low, top), high) }
        let higher = try node()
        let highest = try node()
        hexadecimal(high, higher)
        hexadecimal(higher, highest)
        let pair = try literal(highest, [0x5C, 0x75])
        let kind = try node()
        for letter in [0x44, 0x64] as [UInt8] { byte(pair, letter, kind) }
        for (low, top) in [(0x43, 0x46), (0x63, 0x66)] as [(UInt8, UInt8)] { edge(kind, .bytes(low, top), third) }
    }

    private mutating func hexadecimal(_ from: Int32, _ to: Int32) {
        for (low, high) in [(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)] as [(UInt8, UInt8)] { edge(from, .bytes(low, high), to) }
    }
}
