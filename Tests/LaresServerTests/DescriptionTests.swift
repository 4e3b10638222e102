import HTTPTypes
import HummingbirdTesting
import LaresJSON
import LaresServer
import LaresServing
import Logging
import Testing

/// `openapi.json` describes what is served: the same addresses both ways, and answers that fit their schemas.
struct DescriptionTests {
    private let document: JSON

    init() throws {
        document = try JSON(parsing: #require(Resources.bytes("openapi.json")))
    }

    @Test func everyRouteIsDescribedAndEveryDescriptionIsServed() {
        let server = LaresServer(client: FixedModelClient(), logger: Logger(label: "test"))
        let served = Set(server.routes.routes.map { "\($0.method.rawValue) \($0.path)" })
        var described: Set<String> = []
        if case .object(let paths)? = document["paths"] {
            for (path, item) in paths {
                guard case .object(let operations) = item else { continue }
                for (method, _) in operations { described.insert("\(method.uppercased()) \(path)") }
            }
        }
        #expect(served == described)
    }

    private func complaints(_ value: JSON, _ schema: String) -> [String] {
        SchemaChecker(document: document).complaints(value, ["$ref": .string("#/components/schemas/\(schema)")])
    }

    @Test(arguments: [
        ("/v1/models", "ModelList"), ("/v1/models/fixed", "Model"), ("/health", "Health"), ("/ready", "Ready"),
        ("/lares/v1/status", "Status"), ("/lares/v1/models", "ModelDetailList"), ("/v1/models/nope", "Error"), ("/nothing", "Error"),
    ])
    func answersFitTheirSchemas(path: String, schema: String) async throws {
        try await withServer { client in
            let answer = try await client.get(path).json()
            #expect(complaints(answer, schema) == [])
        }
    }

    @Test(arguments: [
        ("/v1/chat/completions", chatBody, "ChatAnswer"),
        ("/v1/chat/completions", #"{"model":"fixed","messages":[{"role":"user","content":"x"}],"logprobs":true,"n":2}"#, "ChatAnswer"),
        ("/v1/completions", #"{"model":"fixed","prompt":"a","logprobs":1}"#, "CompletionAnswer"),
        ("/v1/embeddings", #"{"model":"fixed-embed","input":"a"}"#, "EmbeddingAnswer"),
        ("/v1/embeddings", #"{"model":"fixed-embed","input":"a","encoding_format":"base64"}"#, "EmbeddingAnswer"),
        ("/v1/embeddings", #"{"model":"fixed","input":"a"}"#, "Error"),
    ])
    func answersToPostsFitTheirSchemas(path: String, body: String, schema: String) async throws {
        try await withServer { client in
            let answer = try await client.post(path, body).json()
            #expect(complaints(answer, schema) == [])
        }
    }

    @Test(arguments: [
        (
            "/v1/chat/completions",
            #"{"model":"fixed","messages":[{"role":"user","content":"x"}],"logprobs":true,"stream":true,"stream_options":{"include_usage":true}}"#,
            "ChatChunk"
        ),
        (
            "/v1/completions", #"{"model":"fixed","prompt":"a","logprobs":1,"stream":true,"stream_options":{"include_usage":true}}"#,
            "CompletionAnswer"
        ),
    ])
    func chunksFitTheirSchemas(path: String, body: String, schema: String) async throws {
        try await withServer { client in
            for chunk in try await client.post(path, body).events() { #expect(complaints(chunk, schema) == []) }
        }
    }

    @Test func theCheckerFindsWhatIsWrong() {
        #expect(complaints(["status": "ok"], "Health") == ["$.version is missing"])
        #expect(complaints(["status": "ok", "version": "1", "more": 1], "Health") == ["$.more is not described"])
        #expect(complaints(["status": "bad", "version": 1], "Health").count == 2)
    }
}
