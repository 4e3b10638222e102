import Foundation
import Mustache

/// All pages in all languages, compiled once at start.
struct PageLibrary: Sendable {
    /// The texts by language.
    let words: [Language: Words]
    /// The pages as written, for checks.
    let sources: [PageSource]
    private let libraries: [Language: MustacheLibrary]

    /// Reads and compiles every ``Page``.
    ///
    /// - Throws: ``ConsoleError`` naming the page and what is wrong with it.
    init(folder: URL, assets: AssetLibrary) throws {
        sources = try Page.allCases.map { page in
            let file = folder.appending(path: page.rawValue + ".mustache")
            guard let text = try? String(contentsOf: file, encoding: .utf8) else {
                throw ConsoleError(code: .fileMissing, message: "the console's page '\(file.path)' can't be read: install Lares again")
            }
            return PageSource(name: page.rawValue, text: text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        MustacheContentTypes.register(HTMLText(), named: HTMLText.name)
        var words: [Language: Words] = [:]
        var libraries: [Language: MustacheLibrary] = [:]
        for language in Language.allCases {
            let texts = Words(language)
            words[language] = texts
            libraries[language] = try Self.compile(sources, words: texts, assets: assets)
        }
        self.words = words
        self.libraries = libraries
    }

    /// The finished page.
    ///
    /// - Throws: ``ConsoleError`` naming the fields that the page uses and `fields` lacks.
    func render(_ page: Page, _ fields: [String: Any], language: Language) throws -> String {
        let fields = PageFields(fields)
        let text = libraries[language]?.render(fields, withTemplate: page.rawValue) ?? ""
        guard fields.missing.isEmpty else {
            let names = fields.missing.sorted().joined(separator: ", ")
            throw ConsoleError(code: .fieldMissing, message: "the console's page '\(page.rawValue)' was made without: \(names)")
        }
        return text
    }

    private static func compile(_ sources: [PageSource], words: Words, assets: AssetLibrary) throws -> MustacheLibrary {
        var library = MustacheLibrary()
        for source in sources {
            let text = try source.expanded(words: words, assets: assets)
            do {
                try library.register(HTMLText.pragma + "\n" + text, named: source.name)
            } catch {
                throw ConsoleError(
                    code: .pageMalformed, message: "the console's page '\(source.name)' can't be read (\(error)): install Lares again")
            }
        }
        return library
    }
}
