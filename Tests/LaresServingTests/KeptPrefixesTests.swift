import LaresServing
import Testing

@Suite struct KeptPrefixesTests {
    @Test func whatAModelReadIsThereAfterItWasUnloaded() async throws {
        let settings = ServingSettings(cacheTokens: 2_048, prefixBytes: 64 << 20)
        let question = ask(String(repeating: "The lamp in the hall is on. ", count: 20) + "Which lamp is on?")
        try await withServing(settings) { serving, _ in
            let first = try await answer(serving, question)
            #expect(first.cached == 0)
            try await serving.unload("smollm2")
            let second = try await answer(serving, question)
            #expect(second.cached > 100 && second.text == first.text)
        }
    }

    @Test func nothingIsKeptUnlessAskedFor() async throws {
        try await withServing(ServingSettings(cacheTokens: 2_048)) { serving, _ in
            let question = ask(String(repeating: "The lamp in the hall is on. ", count: 20))
            _ = try await answer(serving, question)
            try await serving.unload("smollm2")
            let again = try await answer(serving, question)
            #expect(again.cached == 0)
        }
    }
}
