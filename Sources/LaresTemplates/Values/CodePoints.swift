/// Text compared by its code points. Swift's own comparison treats canonically equal spellings as one; Python's does not.
struct CodePoints: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (a: CodePoints, b: CodePoints) -> Bool { sameText(a.text, b.text) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Whether two texts have the same code points.
func sameText(_ a: String, _ b: String) -> Bool {
    guard a.utf8.count == b.utf8.count else { return false }
    return a.utf8.elementsEqual(b.utf8)
}

/// Whether `a` comes before `b` by code points, which is the order of their UTF-8 bytes.
func textPrecedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

/// A text with the characters that HTML gives a meaning written as entities, as markupsafe does.
func escapedForHTML(_ text: String, _ render: Render) throws -> String {
    try render.checkText(bytes: text.utf8.count)
    guard text.utf8.contains(where: { "&<>'\"".utf8.contains($0) }) else { return text }
    try render.spend(text.utf8.count / 8)
    var out: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "&"): out += "&amp;".utf8
        case UInt8(ascii: "<"): out += "&lt;".utf8
        case UInt8(ascii: ">"): out += "&gt;".utf8
        case UInt8(ascii: "'"): out += "&#39;".utf8
        case UInt8(ascii: "\""): out += "&#34;".utf8
        default: out.append(byte)
        }
    }
    try render.checkText(bytes: out.count)
    return String(decoding: out, as: UTF8.self)
}
