import Foundation
import HTTPTypes
import HummingbirdTesting
import LaresAccess
import LaresServer
import LaresServing
import LaresStore
import NIOCore
import Testing

/// What people send: forms that work without scripts.
struct ConsoleFormsTests {
    @Test func aMessageIsAnsweredOnTheNextPageAndTheConversationGoesOn() async throws {
        let models = FixedModelClient(pieces: ["Hello", " **there**\n\n```\ncode <b>\n```"])
        try await withServer(models) { client in
            let first = try await client.form("/chat", "model=fixed&message=Hi+%3Cb%3E").text
            #expect(first.contains("<p class=\"me\">Hi &lt;b&gt;</p>"))
            #expect(first.contains("Hello <b>there</b>") && first.contains("<code>code &lt;b&gt;</code>"))
            let history = try #require(first.firstMatch(of: /name="history" id="history" value="([^"]*)"/)).output.1
                .replacing("&quot;", with: "\"").replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
            let sent = history.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            _ = try await client.form("/chat", "model=fixed&message=Again&history=\(sent)")
            guard case .chat(let turns) = models.requests[1].prompt else { throw Unexpected() }
            #expect(turns.map(\.role) == ["user", "assistant", "user"] && turns.map(\.content)[0] == "Hi <b>")
        }
    }

    @Test func aRefusalKeepsWhatWasTyped() async throws {
        let failure = ServingError(.queueFull, "full", retryAfter: .seconds(7))
        try await withServer(FixedModelClient(failure: failure)) { client in
            let page = try await client.form("/chat", "model=fixed&message=Keep+this").text
            #expect(page.contains("Try again in 7") && page.contains(">Keep this</textarea>"))
        }
    }

    @Test func attributesHoldWhatWasTyped() async throws {
        try await withServer { client in
            let page = try await client.form(
                "/chat", "model=fixed&message=x&history=%5B%7B%22role%22%3A%22user%22%2C%22content%22%3A%22%CC%81%22%7D%5D"
            ).text
            #expect(page.contains("&quot;\u{301}&quot;") && !page.contains(":\"\u{301}"))
        }
    }

    @Test func chatsSampleAlikeWithScriptsAndWithout() async throws {
        let models = FixedModelClient()
        try await withServer(models) { client in
            _ = try await client.form("/chat", "model=fixed&message=Hi")
            let page = try await client.get("/chat").text
            #expect(
                page.contains("&quot;temperature&quot;:0.7,&quot;top_k&quot;:40,&quot;top_p&quot;:0.95,&quot;repetition_penalty&quot;:1.1"))
        }
        #expect(models.requests[0].sampling == ChatSampling.parameters() && models.requests[0].maxTokens == nil)
    }

    @Test func aModelIsTakenOutOfMemoryAndAModelInUseStays() async throws {
        try await withServer { client in
            #expect(try await client.get("/models/fixed").text.contains("/models/fixed/unload"))
            #expect(try await client.form("/models/fixed/unload", "").status == .seeOther)
            let after = try await client.get("/models/fixed").text
            #expect(!after.contains("/models/fixed/unload"))
        }
        try await withServer(FixedModelClient(failure: ServingError(.inUse, "it answers", retryAfter: .seconds(1)))) { client in
            let page = try await client.form("/models/fixed/unload", "")
            #expect(
                page.status == .conflict && page.text.contains("<h1>fixed is in use</h1>") && page.text.contains("lang=\"en\">it answers"))
        }
    }

    @Test func theLanguageIsChangedWhereOneIs() async throws {
        try await withServer { client in
            let page = try await client.get("/chat?model=fixed&x=%22").text
            #expect(page.contains("name=\"back\" value=\"/chat?model=fixed&amp;x=%22\""))
            let switched = try await client.form("/language", "language=zh&back=%2Fchat%3Fmodel%3Dfixed")
            #expect(switched.headers[.location] == "/chat?model=fixed")
        }
    }

    @Test func aRefusedNameStaysInItsFieldWithTheReason() async throws {
        try await withKeys { client, _ in
            let page = try await client.form("/keys", "name=local&role=owner", headers: [.cookie: "lang=zh"])
            #expect(page.status == .badRequest && page.text.contains("value=\"local\""))
            #expect(page.text.contains("<a href=\"#name\">密钥名称为 1 到 64 个可见字符。请修改。</a>"))
            #expect(page.text.contains("aria-describedby=\"nh name-wrong\" aria-invalid=\"true\""))
            #expect(page.text.contains("class=\"detail\" lang=\"en\">"))
            #expect(page.text.contains("value=\"owner\" selected"))
        }
    }

    @Test func aKeyMayOnlyAskUnlessToldOtherwise() async throws {
        try await withKeys { client, keys in
            _ = try await client.form("/keys", "name=phone")
            _ = try await client.form("/keys", "name=laptop&role=owner")
            #expect(try keys.list().map(\.mayAdminister) == [false, true])
            let page = try await client.get("/keys").text
            #expect(page.contains("<td>Viewer</td>") && page.contains("<td>Owner</td>"))
        }
    }

    @Test func signingOutForgetsTheConversation() async throws {
        try await withKeys { client, _ in
            let left = try await client.form("/sign-out", "")
            #expect(left.status == .seeOther && left.headers[.init("Clear-Site-Data")!] == "\"storage\"")
        }
    }

    @Test(arguments: [
        "history=%5B", "history=%7B%7D", "history=%5B1%5D", "history=%5B%7B%22role%22%3A%22system%22%2C%22content%22%3A%22x%22%7D%5D",
        "message=%FF", "message=%", "history=" + String(repeating: "%5B", count: 10_000),
    ])
    func aHistoryThatIsNoneIsRefused(body: String) async throws {
        try await withServer { client in
            let page = try await client.form("/chat", "model=fixed&message=x&" + body)
            #expect(page.status == .badRequest && page.text.contains("<h1>"))
        }
    }

    @Test func onlyFormsOfThisServerAreTaken() async throws {
        try await withServer { client in
            #expect(try await client.post("/chat", "{}").status == .badRequest)
            let foreign = try await client.form("/language", "language=zh", headers: [.init("Origin")!: "https://elsewhere.example"])
            #expect(foreign.status == .forbidden)
        }
    }

    @Test func settingsAreCookiesOfThisBrowser() async throws {
        try await withServer { client in
            let saved = try await client.form("/settings", "language=zh&theme=dark")
            #expect(saved.status == .seeOther)
            let cookies = saved.headers[values: .setCookie]
            #expect(cookies.contains { $0.hasPrefix("lang=zh;") && $0.contains("SameSite=Lax") })
            #expect(cookies.contains { $0.hasPrefix("theme=dark;") && $0.contains("HttpOnly") })
            #expect(try await client.form("/settings", "language=xx&theme=dark").status == .badRequest)
            let switched = try await client.form("/language", "language=zh&back=%2F%2Felsewhere.example")
            #expect(switched.headers[.location] == "/models")
        }
    }

    @Test func aKeyIsShownOnceAndRevoked() async throws {
        try await withKeys { client, keys in
            let made = try await client.form("/keys", "name=kitchen+%3Ctablet%3E")
            let secret = try #require(made.text.firstMatch(of: /lares_[0-9a-f]{40,}/)).output
            #expect(made.headers[.cacheControl] == "no-store")
            let later = try await client.get("/keys")
            #expect(!later.text.contains(secret))
            let id = try #require(try keys.list().first?.id)
            #expect(try await client.get("/keys/\(id)/revoke").text.contains("kitchen &lt;tablet&gt;"))
            #expect(try await client.form("/keys/\(id)/revoke", "").status == .seeOther)
            #expect(try keys.principal(forSecret: String(secret)) == nil)
            #expect(try await client.form("/keys", "name=").status == .badRequest)
        }
    }

    @Test func signingInGivesACookieThatScriptsCanNotRead() async throws {
        try await withKeys { client, keys in
            let secret = try keys.make(name: "tablet").secret
            let refused = try await client.form("/sign-in", "key=lares_wrong&back=%2Fchat")
            #expect(refused.status == .forbidden && refused.headers[.setCookie] == nil)
            let signed = try await client.form("/sign-in", "key=\(secret)&back=%2Fchat")
            #expect(signed.status == .seeOther && signed.headers[.location] == "/chat")
            let cookie = try #require(signed.headers[.setCookie])
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
        }
    }

    private struct Unexpected: Error {}

    private func withKeys(_ test: @Sendable (any TestClientProtocol, KeyStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lares-keys-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let keys = try KeyStore(home: LaresHome(path: folder))
        try await withServer(keys: keys) { client in try await test(client, keys) }
    }
}

extension TestClientProtocol {
    /// Posts a form.
    fileprivate func form(_ path: String, _ body: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await executeRequest(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body))
    }
}
