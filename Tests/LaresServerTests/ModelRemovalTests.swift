import HTTPTypes
import HummingbirdTesting
import LaresServer
import LaresServing
import LaresStore
import Testing

struct ModelRemovalTests {
    @Test func aModelInUseStays() async throws {
        let models = FixedModelClient(failure: ServingError(.inUse, "'fixed' is answering: ask again", retryAfter: .seconds(3)))
        try await withServer(models, store: scratchStore()) { client in
            let response = try await client.executeRequest(uri: "/lares/v1/models/fixed", method: .delete, headers: [:], body: nil)
            #expect(response.status == .conflict && response.error("code") == "model_in_use" && response.headers[.retryAfter] == "3")
        }
    }

    @Test func aModelLeavesMemoryBeforeItsFilesGo() async throws {
        let models = FixedModelClient()
        try await withServer(models, store: scratchStore()) { client in
            // The store has no such file: what is seen here is that memory was freed first.
            let response = try await client.executeRequest(uri: "/lares/v1/models/fixed", method: .delete, headers: [:], body: nil)
            #expect(response.status == .notFound)
            #expect(try await models.model("fixed").state == .stored)
        }
    }
}
