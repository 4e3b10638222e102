import Foundation
import HTTPTypes
import HummingbirdTesting
import LaresAccess
import LaresServer
import LaresServing
import LaresStore
import Logging
import NIOCore
import Testing

/// The pages as a browser gets them, with the in-memory twin behind them.
struct ConsolePagesTests {
    private static let hostile = "<script>alert('1')</script>"
    private static let long = String(repeating: "a-long-name-", count: 9) + "end"

    private static func model(_ name: String, _ state: ModelState = .serving) -> ModelDescription {
        ModelDescription(
            name: name, aliases: ["other-\(name)"], kind: .language, family: "llama", fileBytes: 90_600_000, memoryBytes: 145_000_000,
            state: state, contextLength: 8_192, created: Date(timeIntervalSince1970: 1_700_000_000), parameterCount: 134_515_008,
            quantisation: "Q4_1", source: "/models/\(name)", sha256: String(repeating: "c", count: 64), tokensPerSecond: 213.4,
            chatTemplate: true)
    }

    private static let many =
        [model(hostile, .failed("needs <6 GB>")), model(long, .loading), model("stored", .stored)] + FixedModelClient.standardModels

    /// A server with keys and a store in a folder of its own.
    private func withConsole(
        _ models: [ModelDescription] = FixedModelClient.standardModels, _ test: @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lares-console-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let home = try LaresHome(path: folder)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = LaresServer(
            client: FixedModelClient(models: models, pieces: ["Hello", " **there**"]), keys: try KeyStore(home: home),
            store: try ModelStore(home: home), logger: logger)
        try await server.application().test(.live, test)
    }

    private static let paths = [
        "/models", "/models/fixed", "/models/fixed-embed", "/add-model", "/models/fixed/remove", "/chat", "/keys", "/settings",
        "/sign-in",
    ]

    @Test(arguments: paths, ["en", "zh"])
    func everyPageIsWholeWithinItsBudgetAndSaysNobodyElsesName(path: String, language: String) async throws {
        try await withConsole { client in
            let page = try await client.get(path, headers: [.cookie: "lang=\(language)"])
            #expect(page.status == .ok)
            #expect(page.body.readableBytes < 60_000)
            #expect(page.text.hasSuffix("</html>") && !page.text.contains("{{") && !page.text.contains("[["))
            #expect(page.text.contains("<html lang=\"\(language == "zh" ? "zh-Hans" : "en")\">"))
            #expect(!page.text.contains(/(?:src|href)="(?:https?:)?\/\//))
            #expect(!page.text.contains("<style") && !page.text.contains(" style="))
            #expect(page.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
            #expect(page.headers[.cacheControl] == "no-store")
        }
    }

    @Test func noModelsIsAFirstStep() async throws {
        try await withConsole([]) { client in
            for path in ["/models", "/chat"] {
                let page = try await client.get(path)
                #expect(page.status == .ok && page.text.contains("class=\"empty\"") && !page.text.contains("<table"), "\(path)")
            }
        }
    }

    @Test(arguments: ["en", "zh"])
    func manyModelsLongNamesAndNamesThatLookLikeMarkup(language: String) async throws {
        try await withConsole(Self.many) { client in
            for path in ["/models", "/models/\(Self.escaped(Self.hostile))", "/models/\(Self.long)", "/models/stored", "/chat"] {
                let page = try await client.get(path, headers: [.cookie: "lang=\(language)"])
                #expect(page.status == .ok, "\(path)")
                #expect(!page.text.contains("<script>") && !page.text.contains("<6 GB>"), "\(path)")
            }
            let page = try await client.get("/models/\(Self.escaped(Self.hostile))")
            #expect(page.text.contains("<h1>&lt;script&gt;") && page.text.contains("needs &lt;6 GB&gt;"))
            #expect(try await client.get("/models/\(Self.long)").text.contains("<h1>\(Self.long)</h1>"), "names are never cut")
        }
    }

    @Test func theModelsInUseComeFirst() async throws {
        try await withConsole(Self.many) { client in
            let names = try await client.get("/models").text.matches(of: /data-name="([^"]+)"/).map { String($0.output.1) }
            #expect(names.prefix(2) == ["fixed", "fixed-embed"] && names.last == "stored")
        }
    }

    @Test func theSentenceComesFromData() async throws {
        try await withConsole { client in
            let text = try await client.get("/models").text
            #expect(text.contains("2 serving. "))
            #expect(text.contains("Nothing leaves this machine."))
        }
    }

    @Test func whatIsNotThereIsAPageForPeopleAndAnErrorForPrograms() async throws {
        try await withConsole { client in
            let page = try await client.get("/nowhere", headers: [.accept: "text/html"])
            #expect(page.status == .notFound && page.text.contains("<h1>Nothing at this address</h1>"))
            let model = try await client.get("/models/\(Self.escaped("no<pe>"))", headers: [.accept: "text/html"])
            #expect(model.status == .notFound && model.text.contains("<h1>No model called no&lt;pe&gt;</h1>"))
            #expect(try await client.get("/nowhere").error("code") == "unknown_url")
            #expect(try await client.get("/v1/nothing", headers: [.accept: "text/html"]).error("code") == "unknown_url")
        }
    }

    @Test func withoutKeysAndStoreTheirPagesAreAbsent() async throws {
        try await withServer { client in
            let page = try await client.get("/models").text
            #expect(!page.contains("/keys\"") && !page.contains("/add-model\""))
            for path in ["/keys", "/models/fixed/remove", "/sign-in"] { #expect(try await client.get(path).status == .notFound, "\(path)") }
        }
    }

    @Test func assetsStayWithinTheirBudgetsAndAreKeptUnderTheirHash() async throws {
        try await withConsole { client in
            let page = try await client.get("/models").text
            let address = try #require(page.firstMatch(of: /href="(\/assets\/[0-9a-f]+\/)console\.css"/)).output.1
            let style = try await client.get(address + "console.css")
            #expect(style.status == .ok && style.body.readableBytes < 14_000)
            #expect(style.headers[.cacheControl] == "public, max-age=31536000, immutable")
            let tag = try #require(style.headers[.eTag])
            #expect(try await client.get("/assets/0/console.css", headers: [.ifNoneMatch: tag]).status == .notModified)
            for scripts in [
                ["console.js", "chat.js", "prose.js", "stream.js"], ["console.js", "pull.js", "stream.js", "grid.js"],
                ["console.js", "map.js"],
            ] {
                var bytes = 0
                for name in scripts { bytes += try await client.get(address + name).body.readableBytes }
                #expect(bytes < 20_000, "no page loads more scripts than these")
            }
            #expect(try await client.get(address + "..%2fPages%2fframe.mustache").status == .notFound)
        }
    }

    @Test func aChosenThemeIsTheSameStylesheetWithItsConditionAnswered() async throws {
        try await withConsole { client in
            for (theme, condition) in [("light", "@media not all{"), ("dark", "@media all{")] {
                let page = try await client.get("/settings", headers: [.cookie: "theme=\(theme)"]).text
                let address = try #require(page.firstMatch(of: /stylesheet" href="([^"]+)"/)).output.1
                let style = try await client.get(String(address)).text
                #expect(style.contains(condition) && !style.contains("prefers-color-scheme"), "\(theme)")
            }
        }
    }

    private static func escaped(_ name: String) -> String {
        name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name
    }
}
