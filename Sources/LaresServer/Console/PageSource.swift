/// A page as it is written: Mustache, and in double square brackets what is known at start.
///
/// `[[models.title]]` is a text of the catalogue, `[[icon:plus]]` a picture, `[[asset:chat.js]]` an address. They are filled in once for
/// each language, so a text, picture or file that doesn't exist stops the program at its start and not a reader later. That all of them are Mustache is a test's.
package struct PageSource {
    package let name: String
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// The catalogue keys this page uses.
    package var keys: Set<String> { Set(places.filter { !$0.contains(":") }) }

    /// The Mustache template of one language.
    ///
    /// - Throws: ``ConsoleError`` naming what is missing.
    package func expanded(words: Words, assets: AssetLibrary) throws -> String {
        var rest = text[...]
        var result = ""
        while let open = rest.firstRange(of: "[["), let close = rest[open.upperBound...].firstRange(of: "]]") {
            result += rest[..<open.lowerBound]
            result += try value(of: String(rest[open.upperBound..<close.lowerBound]), words: words, assets: assets)
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    private var places: [String] {
        text.split(separator: "[[").dropFirst(text.hasPrefix("[[") ? 0 : 1).compactMap { part in
            part.firstRange(of: "]]").map { String(part[..<$0.lowerBound]) }
        }
    }

    private func value(of place: String, words: Words, assets: AssetLibrary) throws -> String {
        let parts = place.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.last) {
        case ("asset", let file?) where parts.count == 2:
            guard let address = assets.address(of: file) else { throw missing("the file '\(file)'", .fileMissing) }
            return address
        case ("icon", let icon?) where parts.count == 2:
            guard assets.hasIcon(icon), let sprite = assets.address(of: "icons.svg") else {
                throw missing("the icon '\(icon)'", .fileMissing)
            }
            return "<svg class=\"i\" aria-hidden=\"true\"><use href=\"\(sprite)#\(icon)\"/></svg>"
        default:
            guard words.has(place) else { throw missing("the text '\(place)' (\(words.language.rawValue))", .textMissing) }
            return HTMLText.escaped(words(place))
        }
    }

    private func missing(_ what: String, _ code: ConsoleError.Code) -> ConsoleError {
        ConsoleError(
            code: code, message: "the console's page '\(name)' needs \(what), which did not come with the program: install Lares again")
    }
}
