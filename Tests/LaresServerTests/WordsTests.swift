import LaresJSON
import LaresServer
import Testing

struct WordsTests {
    private func texts(_ language: Language) throws -> JSON.Members {
        guard case .object(let members) = try JSON(parsing: #require(Resources.bytes("Words/cli.\(language.rawValue).json"))) else {
            return [:]
        }
        return members
    }

    @Test func bothLanguagesOfTheCommandLineHaveTheSameTextsAndPlaces() throws {
        let english = try texts(.english)
        let chinese = try texts(.chinese)
        #expect(Set(english.map(\.key)) == Set(chinese.map(\.key)))
        for (key, value) in english {
            let places = { (text: String?) in Set((text ?? "").matches(of: /\{[a-zA-Z]+\}/).map { String($0.output) }) }
            #expect(places(value.text) == places(chinese[key]?.text), "\(key)")
        }
    }

    @Test func placesAreFilledAndMissingTextsShowTheirKey() {
        let words = Words(language: .english, texts: ["hello": "Hello, {name}!"])
        #expect(words("hello", ["name": "Lares"]) == "Hello, Lares!" && words("nothing") == "nothing")
    }

    @Test(arguments: [
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.chinese), ("en-GB", .english), ("fr, zh;q=0.3, en;q=0.5", .english), ("fr", .english),
        ("", .english),
        ("zh;q=0, en;q=0.1", .english), (";;;,q=", .english),
    ])
    func theBrowsersLanguageIsFound(header: String, language: Language) {
        #expect(Language(acceptLanguage: header) == language)
    }
}
