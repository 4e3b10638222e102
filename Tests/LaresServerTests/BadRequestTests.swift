import HTTPTypes
import HummingbirdTesting
import LaresServer
import LaresServing
import Testing

struct BadRequestTests {
    @Test(arguments: [100, 512, 100_000])
    func deepBodiesAreRefusedAndTheServerGoesOn(depth: Int) async throws {
        try await withServer(store: scratchStore()) { client in
            for path in ["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/lares/v1/models"] {
                let response = try await client.post(path, String(repeating: "[", count: depth))
                // Requests that administer have short bodies.
                let isLong = path.hasPrefix("/lares") && depth > 65_536
                #expect(response.status == (isLong ? .contentTooLarge : .badRequest))
                #expect(response.error("code") == (isLong ? "request_too_large" : "invalid_json"))
            }
            #expect(try await client.get("/health").status == .ok)
        }
    }

    @Test func aBodyOverTheLimitIs413() async throws {
        var settings = ServerSettings()
        settings.bodyLimit = 1_000
        try await withServer(settings: settings) { client in
            let body = String(chatBody.dropLast()) + #","user":"\#(String(repeating: "x", count: 1_000))"}"#
            let response = try await client.post("/v1/chat/completions", body)
            #expect(response.status == .contentTooLarge && response.error("code") == "request_too_large")
            #expect(try await client.post("/v1/chat/completions", chatBody).status == .ok)
        }
    }

    @Test func largeBodiesBeyondTheBudgetComeBackAndUsualOnesPass() async throws {
        var settings = ServerSettings()
        settings.bodyBudget = 1_000
        try await withServer(settings: settings) { client in
            let large = String(chatBody.dropLast()) + #","user":"\#(String(repeating: "x", count: 100_000))"}"#
            let refused = try await client.post("/v1/chat/completions", large)
            #expect(refused.status == .serviceUnavailable && refused.error("code") == "server_busy" && refused.headers[.retryAfter] == "1")
            #expect(try await client.post("/v1/chat/completions", chatBody).status == .ok)
        }
    }

    @Test(arguments: [(#""n":3"#, 3), (#""n":2,"prompt":["a","b","c"]"#, 6)])
    func moreAnswersThanEverFitAre400WithTheNumbers(members: String, count: Int) async throws {
        var settings = ServerSettings()
        settings.answerLimit = 2
        try await withServer(settings: settings) { client in
            let body = #"{"model":"fixed","messages":[{"role":"user","content":"x"}],\#(members)}"#
            let response = try await client.post(count == 3 ? "/v1/chat/completions" : "/v1/completions", body)
            #expect(response.status == .badRequest && response.error("param") == "n")
            #expect(
                response.error("message")?.contains("\(count) answers") == true && response.error("message")?.contains("; 2 is") == true)
        }
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"])
    func aBodyOfAnotherTypeIs415(type: String) async throws {
        try await withServer { client in
            let response = try await client.post("/v1/chat/completions", chatBody, headers: [.contentType: type])
            #expect(response.status == .unsupportedMediaType && response.error("type") == "invalid_request_error")
        }
    }

    @Test func anEncodedBodyIs415AndACharsetIsFine() async throws {
        try await withServer { client in
            let encoded = try await client.post("/v1/chat/completions", chatBody, headers: [.contentEncoding: "gzip"])
            #expect(encoded.status == .unsupportedMediaType)
            let plain = try await client.post(
                "/v1/chat/completions", chatBody, headers: [.contentType: "application/json; charset=utf-8"])
            #expect(plain.status == .ok)
        }
    }

    @Test func aWrongMethodNamesTheRightOne() async throws {
        try await withServer { client in
            let response = try await client.get("/v1/chat/completions")
            #expect(response.status == .methodNotAllowed && response.headers[.allow] == "POST")
            #expect(response.error("code") == "method_not_allowed")
        }
    }

    @Test func anUnknownAddressIsAnErrorObject() async throws {
        try await withServer { client in
            for path in ["/v1/nothing", "/v1/models/a/b", "/..%2f..%2fetc/passwd", "/%00"] {
                let response = try await client.get(path)
                #expect(response.status == .notFound && response.error("type") == "invalid_request_error", "\(path)")
            }
        }
    }

    @Test(arguments: ["http://evil.example", "null", "https://127.0.0.1.evil.example", "file://"])
    func pagesOfOtherPlacesAreRefused(origin: String) async throws {
        try await withServer { client in
            let response = try await client.post("/v1/chat/completions", chatBody, headers: [.origin: origin])
            #expect(response.status == .forbidden && response.error("code") == "wrong_host_or_origin")
            #expect(response.headers[.accessControlAllowOrigin] == nil)
            #expect(
                try await client.post("/v1/chat/completions", chatBody, headers: [.origin: "http://localhost:3000"]).status == .forbidden)
        }
    }

    @Test func thisServersOwnPagesAreNot() async throws {
        try await withServer { client in
            let response = try await client.post("/v1/chat/completions", chatBody, headers: [.origin: "http://localhost"])
            #expect(response.status == .ok)
        }
    }

    @Test func everyAnswerHasAnIdAndTheSecurityHeaders() async throws {
        try await withServer { client in
            for path in ["/health", "/nothing", "/models"] {
                let headers = try await client.get(path).headers
                #expect(headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
                #expect(headers[.xContentTypeOptions] == "nosniff")
                #expect(headers[HTTPField.Name("X-Request-Id")!]?.hasPrefix("req_") == true)
            }
            let named = try await client.get("/health", headers: [HTTPField.Name("X-Request-Id")!: "abc-1"])
            #expect(named.headers[HTTPField.Name("X-Request-Id")!] == "abc-1")
        }
    }
}
