/// An address for mail: "anna@example.org". Letters beyond ASCII aren't taken: not every server passes them on.
public struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address.
    public let description: String

    /// Nil for anything else, and for more than 254 bytes (RFC 5321).
    public init?(_ text: String) {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, halves.count == 2, (1...64).contains(halves[0].utf8.count), !halves[1].isEmpty,
            halves[0].utf8.allSatisfy(Self.isAtom), halves[1].utf8.allSatisfy(Self.isHost), !halves[0].hasPrefix("-")
        else { return nil }
        description = text
    }

    /// What stands behind the "@".
    var host: String { String(description.drop { $0 != "@" }.dropFirst()) }

    private static func isWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAtom(_ byte: UInt8) -> Bool { isWord(byte) || "!#$%&'*+-/=?^_`{|}~.".utf8.contains(byte) }
    static func isHost(_ byte: UInt8) -> Bool { isWord(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") }
}
