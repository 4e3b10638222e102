import Mustache

/// Text between tags and in quoted attributes.
///
/// It is escaped by Unicode scalars. The type that comes with swift-mustache goes by characters, and a quote with a combining mark after
/// it is another character than a quote: it would end an attribute.
struct HTMLText: MustacheContentType {
    func escapeText(_ text: String) -> String { Self.escaped(text) }

    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let entity = entities[scalar] { result.append(contentsOf: entity.unicodeScalars) } else { result.append(scalar) }
        }
        return String(result)
    }

    private static let entities: [Unicode.Scalar: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"]

    /// The name under which pages ask for it.
    static let name = "LARES_HTML"
    /// What stands before every page.
    static let pragma = "{{% CONTENT_TYPE:\(name)}}"
}
