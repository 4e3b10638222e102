internal import Foundation

/// Names that stand in addresses, topics and URLs without quoting.
package enum Slug {
    /// Whether a text is one part of a ``ThingID``.
    static func isSlug(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") }
    }

    /// Whether a text is the name of a property.
    package static func isProperty(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") else { return false }
        return text.utf8.count <= 64 && text.utf8.allSatisfy(isWord)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "_")
    }

    /// What is left of a name in lower-case ASCII, words joined by "_": "Küche, Licht 2" is "kuche_licht_2", "客厅" is "ke_ting". Nil if nothing is.
    package static func of(_ name: String, limit: Int) -> String? {
        let latin = name.applyingTransform(.toLatin, reverse: false)?.applyingTransform(.stripDiacritics, reverse: false) ?? name
        var slug: [UInt8] = []
        for byte in latin.lowercased().utf8.prefix(4 * limit) {
            if isWord(byte), byte != UInt8(ascii: "_") {
                slug.append(byte)
            } else if let last = slug.last, last != UInt8(ascii: "_") {
                slug.append(UInt8(ascii: "_"))
            }
        }
        while slug.count > limit || slug.last == UInt8(ascii: "_") { slug.removeLast() }
        return slug.isEmpty ? nil : String(decoding: slug, as: UTF8.self)
    }

    /// The name of a property that follows from what a device calls it: "Power on behaviour" is "power_on_behaviour", "2nd" is "p_2nd".
    package static func property(_ name: String) -> String? {
        of(name, limit: 60).map { isProperty($0) ? $0 : "p_" + $0 }
    }
}
