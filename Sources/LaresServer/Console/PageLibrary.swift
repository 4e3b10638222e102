import Foundation
import Mustache

/// All pages in all languages, read and filled in at start; each is compiled when it is shown first.
struct PageLibrary: Sendable {
    /// The texts by language.
    let words: [Language: Words]
    /// The pages as written, for checks.
    let sources: [PageSource]
    private let libraries: [Language: CompiledPages]

    /// Reads every ``Page``, and fills in its texts, pictures and addresses.
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
        var words: [Language: Words] = [:]
        var libraries: [Language: CompiledPages] = [:]
        for language in Language.allCases {
            let texts = Words(language)
            words[language] = texts
            libraries[language] = try CompiledPages(sources.map { ($0.name, try $0.expanded(words: texts, assets: assets)) })
        }
        self.words = words
        self.libraries = libraries
    }

    /// The finished page.
    ///
    /// - Throws: ``ConsoleError`` naming the fields that the page uses and `fields` lacks, or what is wrong with the page as it is written.
    func render(_ page: Page, _ fields: [String: Any], language: Language) throws -> String {
        let fields = PageFields(fields)
        let text = try libraries[language]?.library(with: page.rawValue).render(fields, withTemplate: page.rawValue) ?? ""
        guard fields.missing.isEmpty else {
            let names = fields.missing.sorted().joined(separator: ", ")
            throw ConsoleError(code: .fieldMissing, message: "the console's page '\(page.rawValue)' was made without: \(names)")
        }
        return text
    }
}
