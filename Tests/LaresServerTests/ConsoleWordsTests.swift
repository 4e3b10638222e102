import Foundation
import LaresJSON
import LaresServer
import LaresServing
import Testing

/// The console's catalogues: complete in both languages, and every text in use.
struct ConsoleWordsTests {
    private func texts(_ name: String) throws -> [String: String] {
        guard case .object(let members) = try JSON(parsing: #require(Resources.bytes("Words/\(name).json"))) else { return [:] }
        return Dictionary(members.map { ($0.key, $0.value.text ?? "") }) { $1 }
    }

    /// The names of the files of a folder and what they say.
    private func files(_ folder: URL, _ ending: String) throws -> [String: String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(ending) }
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) })
    }

    @Test func bothLanguagesHaveTheSameTextsAndPlaces() throws {
        let english = try texts("en")
        let chinese = try texts("zh")
        #expect(Set(english.keys) == Set(chinese.keys))
        for (key, text) in english {
            let places = { (text: String) in Set(text.matches(of: /\{[a-z]+\}/).map { String($0.output) }) }
            #expect(places(text) == places(chinese[key] ?? ""), "\(key)")
            #expect(!text.isEmpty && !(chinese[key] ?? "").isEmpty, "\(key)")
        }
    }

    @Test func noTextIsMarkupOrMustache() throws {
        for text in try [texts("en"), texts("zh")].flatMap(\.values) {
            #expect(!text.contains("{{") && !text.contains("<") && !text.contains("[["), "\(text)")
        }
    }

    @Test func numbersKeepTheirUnitsOnOneLine() throws {
        for text in try [texts("en"), texts("zh")].flatMap(\.values) {
            #expect(!text.contains(/\} (tok|GB|MB|kB|B|s|min|h|词元)\b/), "\(text) needs a no-break space")
        }
    }

    @Test func everyKnownModelSaysWhatItIs() throws {
        let english = try texts("en")
        for model in WellKnownModel.all { #expect(english["known.\(model.name)"] != nil, "\(model.name)") }
    }

    @Test func aKeyIsRevokedInOneWordOfChinese() throws {
        for (key, text) in try texts("cli.zh") where text.contains("密钥") { #expect(!text.contains("撤销"), "\(key)") }
    }

    @Test func everyPageIsMustacheAndABrokenOneIsNamedEachTime() throws {
        let pages = try files(Resources.folder.appending(path: "Pages"), ".mustache")
        #expect(pages.count > 100)
        try CompiledPages(pages.map { ($0.key, $0.value) }).compileAll()
        let broken = CompiledPages([("fine", "{{>part}}"), ("part", "{{#open}}")])
        for _ in 0..<2 {
            let error = #expect(throws: ConsoleError.self) { try broken.compileAll() }
            #expect(error?.code == .pageMalformed && error?.message.contains("'part'") == true)
        }
    }

    @Test func everyTextIsUsedAndEveryUsedTextIsThere() throws {
        let console = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/LaresServer/Console").standardized
        let pages = try files(Resources.folder.appending(path: "Pages"), ".mustache")
        var used: Set<String> = []
        for (name, text) in pages { used.formUnion(PageSource(name: name, text: text).keys) }
        let code = try files(console, ".swift").values.joined()
        let families = Set(code.matches(of: /"([a-z]+(?:\.[a-z]+)*\.)\\\(/).map { String($0.output.1) })
        let named = Set(code.matches(of: /"([a-z]+(?:\.[a-zA-Z0-9]+)+)"/).map { String($0.output.1) })
        let all = Set(try texts("en").keys)
        let stems = named.filter { $0.hasPrefix("problem.") && !all.contains($0) }
        used.formUnion(all.filter { key in named.contains(key) || families.contains { key.hasPrefix($0) } })
        used.formUnion(stems.flatMap { ["\($0).title", "\($0).text"] })
        #expect(all.subtracting(used).isEmpty, "no page and no code uses these texts")
        #expect(used.subtracting(all).isEmpty, "these texts are used and not there")
    }
}
