import LaresServer

/// A key of a terminal.
enum Key {
    case text(String)
    case left, right, start, end, up, down, backspace, delete, eraseBefore, enter, interrupt, close, other

    /// Reads one key from a terminal's bytes; nil when there are no more.
    init?(_ next: () -> UInt8?) {
        guard let byte = next() else { return nil }
        switch byte {
        case 0x1B: self = Self.sequence(next)
        case 0x20..<0x7F: self = .text(String(UnicodeScalar(byte)))
        case 0x80...: self = Self.character(byte, next)
        default: self = Self.controls[byte] ?? .other
        }
    }

    /// Those of Emacs, as in every shell.
    private static let controls: [UInt8: Key] = [
        0x01: .start, 0x02: .left, 0x03: .interrupt, 0x04: .close, 0x05: .end, 0x06: .right, 0x08: .backspace, 0x09: .text(" "),
        0x0A: .enter, 0x0D: .enter, 0x0E: .down, 0x10: .up, 0x15: .eraseBefore, 0x7F: .backspace,
    ]

    /// What follows an escape: `[` or `O`, parameters, a final byte (ECMA-48 §5.4, and the keys of xterm and the Linux console).
    private static func sequence(_ next: () -> UInt8?) -> Key {
        guard let introducer = next(), introducer == UInt8(ascii: "[") || introducer == UInt8(ascii: "O") else { return .other }
        var sequence = ""
        while let byte = next() {
            sequence.unicodeScalars.append(UnicodeScalar(byte))
            if (0x40...0x7E).contains(byte) { return sequences[sequence] ?? .other }
        }
        return .other
    }

    private static let sequences: [String: Key] = [
        "A": .up, "B": .down, "C": .right, "D": .left, "F": .end, "H": .start, "1~": .start, "3~": .delete, "4~": .end, "7~": .start,
        "8~": .end,
    ]

    /// A character of two to four bytes (UTF-8).
    private static func character(_ first: UInt8, _ next: () -> UInt8?) -> Key {
        var bytes = [first]
        for _ in 0..<(first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0) {
            if let byte = next() { bytes.append(byte) }
        }
        return .text(String(decoding: bytes, as: UTF8.self).printable)
    }
}
