/// Cuts a template into tokens as jinja2 does with `trim_blocks` and `lstrip_blocks`: the first newline after a block is dropped, and so is
/// the blank space between the start of a line and a block; the host may turn both off.
struct Lexer {
    let source: [UInt8]
    var position = 0
    private var read: [Token] = []
    private var line = 1
    private var lineCountedTo = 0
    private let trimsBlocks: Bool

    init(_ text: String, trimsBlocks: Bool = true) {
        source = Lexer.withPlainNewlines(text)
        self.trimsBlocks = trimsBlocks
    }

    /// Every line ending becomes a newline; the last one of the source is dropped.
    private static func withPlainNewlines(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0d {
                bytes.append(0x0a)
            } else if byte != 0x0a || previous != 0x0d {
                bytes.append(byte)
            }
            previous = byte
        }
        if bytes.last == 0x0a { bytes.removeLast() }
        return bytes
    }

    /// All tokens, `.end` last.
    mutating func tokens() throws -> [Token] {
        while position < source.count { try readTextAndTag() }
        append(.end)
        return read
    }

    // MARK: Text and tags

    private enum Tag { case variable, block, comment, raw(bodyStart: Int) }

    private mutating func readTextAndTag() throws {
        let start = position
        guard let (tag, tagStart) = nextTag(from: start) else {
            appendText(start, source.count)
            return position = source.count
        }
        var inner = tagStart + 2
        let sign = byte(inner)
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { inner += 1 }
        appendText(start, textEnd(start, tagStart, sign: sign, tag))
        position = inner
        switch tag {
        case .comment: try skipComment()
        case .raw(let bodyStart): try readRaw(from: bodyStart)
        case .variable:
            append(.variableBegin)
            try readTag(closing: UInt8(ascii: "}"))
        case .block:
            append(.blockBegin)
            try readTag(closing: UInt8(ascii: "%"))
        }
    }

    private func nextTag(from start: Int) -> (Tag, Int)? {
        var at = start
        while let brace = source[at...].firstIndex(of: UInt8(ascii: "{")) {
            switch byte(brace + 1) {
            case UInt8(ascii: "{"): return (.variable, brace)
            case UInt8(ascii: "#"): return (.comment, brace)
            case UInt8(ascii: "%"): return (rawBody(after: brace + 2).map { .raw(bodyStart: $0) } ?? .block, brace)
            default: at = brace + 1
            }
        }
        return nil
    }

    /// Where the text before a tag ends once blank space is stripped as the tag asks.
    private func textEnd(_ start: Int, _ end: Int, sign: UInt8, _ tag: Tag) -> Int {
        if sign == UInt8(ascii: "-") { return stripped(start, end) }
        if case .variable = tag { return end }
        guard trimsBlocks, sign != UInt8(ascii: "+") else { return end }
        let lineStart = source[start..<end].lastIndex(of: 0x0a).map { $0 + 1 } ?? start
        let startsLine = lineStart > start || start == 0 || source[start - 1] == 0x0a
        return startsLine && stripped(lineStart, end) == lineStart ? lineStart : end
    }

    private mutating func skipComment() throws {
        guard let end = find("#}", from: position) else { throw error("a comment is not closed: add '#}'") }
        let sign = end > position ? source[end - 1] : 0
        position = end + 2
        skipAfterBlock(sign: sign)
    }

    /// What follows a block's end: nothing after `+`, all blank space after `-`, else one newline is dropped.
    private mutating func skipAfterBlock(sign: UInt8) {
        if sign == UInt8(ascii: "-") {
            skipSpace()
        } else if trimsBlocks, sign != UInt8(ascii: "+"), byte(position) == 0x0a {
            position += 1
        }
    }

    // MARK: Raw

    /// Where the body of a raw block begins, if the tag that starts before `at` opens one.
    private func rawBody(after at: Int) -> Int? {
        var at = at
        if byte(at) == UInt8(ascii: "-") || byte(at) == UInt8(ascii: "+") { at += 1 }
        at = skippingSpace(from: at)
        guard matches("raw", at) else { return nil }
        at = skippingSpace(from: at + 3)
        if matches("-%}", at) { return skippingSpace(from: at + 3) }
        return matches("%}", at) ? at + 2 : nil
    }

    private mutating func readRaw(from bodyStart: Int) throws {
        var at = bodyStart
        while let tag = find("{%", from: at) {
            let sign = byte(tag + 2)
            var inner = tag + 2
            if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { inner += 1 }
            inner = skippingSpace(from: inner)
            if matches("endraw", inner) {
                inner = skippingSpace(from: inner + 6)
                let closing = byte(inner)
                if closing == UInt8(ascii: "-") || closing == UInt8(ascii: "+") { inner += 1 }
                if matches("%}", inner) {
                    appendText(bodyStart, textEnd(bodyStart, tag, sign: sign, .block))
                    position = inner + 2
                    return skipAfterBlock(sign: closing)
                }
            }
            at = tag + 2
        }
        throw error("a raw block is not closed: add '{% endraw %}'")
    }

    // MARK: Inside a tag

    private mutating func readTag(closing: UInt8) throws {
        var open: [UInt8] = []
        while true {
            skipSpace()
            guard position < source.count else {
                throw error(closing == UInt8(ascii: "%") ? "a block is not closed: add '%}'" : "an expression is not closed: add '}}'")
            }
            if open.isEmpty, endTag(closing) { return }
            try readToken(&open)
        }
    }

    private mutating func endTag(_ closing: UInt8) -> Bool {
        let sign = source[position]
        let isBlock = closing == UInt8(ascii: "%")
        let signed = sign == UInt8(ascii: "-") || (isBlock && sign == UInt8(ascii: "+"))
        let at = position + (signed ? 1 : 0)
        guard byte(at) == closing, byte(at + 1) == UInt8(ascii: "}") else { return false }
        append(isBlock ? .blockEnd : .variableEnd)
        position = at + 2
        if isBlock {
            skipAfterBlock(sign: signed ? sign : 0)
        } else if signed {
            skipSpace()
        }
        return true
    }

    private mutating func readToken(_ open: inout [UInt8]) throws {
        let first = source[position]
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): append(.string(try readString(quote: first)))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): append(try readNumber())
        case _ where isNameByte(first): append(.name(readName()))
        default: try readSymbol(&open)
        }
    }

    private mutating func readName() -> String {
        let start = position
        while position < source.count, isNameByte(source[position]) || isDigit(source[position]) { position += 1 }
        return text(start, position)
    }

    private mutating func readSymbol(_ open: inout [UInt8]) throws {
        let first = source[position]
        for symbol in ["//", "**", "==", "!=", ">=", "<="] where matches(symbol, position) {
            append(.symbol(symbol))
            return position += 2
        }
        guard "+-/*%~[](){}><=.:|,;".utf8.contains(first) else {
            throw error("'\(String(decoding: source[position...].prefix(4), as: UTF8.self).prefix(1))' has no meaning here: remove it")
        }
        switch first {
        case UInt8(ascii: "("): open.append(UInt8(ascii: ")"))
        case UInt8(ascii: "["), UInt8(ascii: "{"): open.append(first + 2)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            guard open.popLast() == first else { throw error("'\(Character(Unicode.Scalar(first)))' closes nothing that is open") }
        default: break
        }
        append(.symbol(String(Unicode.Scalar(first))))
        position += 1
    }

    // MARK: Bytes

    func byte(_ at: Int) -> UInt8 { at < source.count ? source[at] : 0 }
    func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private func isNameByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }

    func text(_ start: Int, _ end: Int) -> String { String(decoding: source[start..<end], as: UTF8.self) }

    func matches(_ word: String, _ at: Int) -> Bool { at <= source.count && source[at...].starts(with: word.utf8) }

    private func find(_ word: String, from start: Int) -> Int? {
        let first = word.utf8.first ?? 0
        var at = start
        while let candidate = source[min(at, source.count)...].firstIndex(of: first) {
            if matches(word, candidate) { return candidate }
            at = candidate + 1
        }
        return nil
    }

    private func skippingSpace(from start: Int) -> Int {
        var at = start
        while at < source.count {
            let length = Whitespace.length(at: at, in: source)
            guard length > 0 else { break }
            at += length
        }
        return at
    }

    private mutating func skipSpace() { position = skippingSpace(from: position) }

    private func stripped(_ start: Int, _ end: Int) -> Int {
        var end = end
        while end > start {
            let length = Whitespace.length(before: end, from: start, in: source)
            guard length > 0 else { break }
            end -= length
        }
        return end
    }

    private mutating func appendText(_ start: Int, _ end: Int) {
        if end > start { append(.text(text(start, end))) }
    }

    private mutating func append(_ kind: Token.Kind) { read.append(Token(kind: kind, line: currentLine())) }

    private mutating func currentLine() -> Int {
        if position > lineCountedTo {
            line += source[lineCountedTo..<min(position, source.count)].count { $0 == 0x0a }
            lineCountedTo = position
        }
        return line
    }

    mutating func error(_ message: String) -> TemplateError { TemplateError(.syntax, message, line: currentLine()) }
}
