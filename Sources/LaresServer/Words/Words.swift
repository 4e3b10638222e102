import Foundation
import LaresJSON

/// Every text a person sees, in the languages of ``Language``: the catalogue behind the command line and the console.
///
/// The texts stand in `Console/Words`: `en.json` and `zh.json` for the console, `cli.en.json` and `cli.zh.json` for the command line;
/// each is one flat object from key to text. A text may hold places such as `{name}`.
public struct Words: Sendable {
    /// The language of these texts.
    public let language: Language
    private let texts: [String: String]

    /// - Parameters:
    ///   - language: The language wanted.
    ///   - texts: Texts by key.
    public init(language: Language, texts: [String: String]) {
        self.language = language
        self.texts = texts
    }

    /// Reads the catalogue that comes with the program. A key without a translation falls back to English.
    public init(_ language: Language) {
        var texts = Self.read(.english)
        if language != .english { texts.merge(Self.read(language)) { $1 } }
        self.init(language: language, texts: texts)
    }

    /// The text of `key`, its places filled in; the key itself when the catalogue has no such text.
    public func callAsFunction(_ key: String, _ values: KeyValuePairs<String, String> = [:]) -> String {
        guard var text = texts[key] else { return key }
        for (name, value) in values { text = text.replacing("{\(name)}", with: value) }
        return text
    }

    /// Whether there is a text for `key`.
    public func has(_ key: String) -> Bool { texts[key] != nil }

    /// All keys, for tests and for pages that carry a part of the catalogue with them.
    public var keys: [String] { texts.keys.sorted() }

    private static func read(_ language: Language) -> [String: String] {
        var texts: [String: String] = [:]
        for name in ["\(language.rawValue).json", "cli.\(language.rawValue).json"] {
            guard let bytes = Resources.bytes("Words/\(name)"), case .object(let members)? = try? JSON(parsing: bytes) else { continue }
            for (key, value) in members {
                if case .string(let text) = value { texts[key] = text }
            }
        }
        return texts
    }
}
