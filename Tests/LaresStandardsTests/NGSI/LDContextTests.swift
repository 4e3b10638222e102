import LaresJSON
import LaresStandards
import Testing

struct LDContextTests {
    private struct Documents: NGSIContextSource {
        let texts: [String: String]
        func document(at address: String, upTo limit: Int) async throws -> [UInt8] {
            guard let text = texts[address] else { throw NGSIError(.resourceNotFound, "none") }
            return Array(text.utf8)
        }
    }

    @Test(arguments: [
        ("Building", "https://uri.etsi.org/ngsi-ld/default-context/Building"), ("location", "https://uri.etsi.org/ngsi-ld/location"),
        ("ngsi-ld:title", "https://uri.etsi.org/ngsi-ld/title"), ("https://example.org/a#b", "https://example.org/a#b"),
        ("urn:x:y", "urn:x:y"),
    ])
    func coreNamesStandForTheirIRIs(_ name: String, _ iri: String) {
        #expect(LDContext.core.expand(name) == iri)
    }

    @Test func namesOfAUserAreExpandedAndCompacted() async throws {
        let stand = try NGSIStand()
        let context = try await stand.broker.contexts.resolve(
            try ngsiJSON(
                #"[{"ex":"https://example.org/v#","speed":"ex:speed","Car":{"@id":"ex:Car"}},{"location":"https://no.example/x"}]"#),
            tenant: "")
        #expect(context.expand("speed") == "https://example.org/v#speed")
        #expect(context.compact("https://example.org/v#speed") == "speed")
        #expect(context.compact("https://example.org/v#other") == "ex:other")
        #expect(context.expand("ex:other") == "https://example.org/v#other")
        #expect(context.compact(context.expand("unheardOf")) == "unheardOf")
        // Terms of the core can't be changed.
        #expect(context.expand("location") == "https://uri.etsi.org/ngsi-ld/location")
    }

    @Test func aNameThatMeansSomethingElseIsNotUsedForTheDefault() async throws {
        let stand = try NGSIStand()
        let context = try await stand.broker.contexts.resolve(["speed": "https://example.org/speed"], tenant: "")
        #expect(context.compact("https://uri.etsi.org/ngsi-ld/default-context/speed") == "ngsi-ld:default-context/speed")
    }

    @Test func otherServersAreAskedOnlyWhereThatIsAllowed() async throws {
        let source = Documents(texts: [
            "https://a.example/c": #"{"@context":["https://a.example/d"]}"#,
            "https://a.example/d": #"{"@context":{"x":"https://x.example/"}}"#,
        ])
        let closed = try NGSIStand(source: source)
        let refused = await #expect(throws: NGSIError.self) { try await closed.broker.contexts.resolve("https://a.example/c", tenant: "") }
        #expect(refused?.code == .contextNotAvailable)
        var settings = NGSISettings()
        settings.allowedContexts = ["https://a.example/"]
        let open = try NGSIStand(settings: settings, source: source)
        let context = try await open.broker.contexts.resolve("https://a.example/c", tenant: "")
        #expect(context.expand("x") == "https://x.example/")
        await #expect(throws: NGSIError.self) { try await open.broker.contexts.resolve("https://b.example/c", tenant: "") }
    }

    @Test func contextsThatNameEachOtherEnd() async throws {
        var settings = NGSISettings()
        settings.allowedContexts = ["https://a.example/"]
        let source = Documents(texts: ["https://a.example/c": #"{"@context":"https://a.example/c"}"#])
        let stand = try NGSIStand(settings: settings, source: source)
        await #expect(throws: NGSIError.self) { try await stand.broker.contexts.resolve("https://a.example/c", tenant: "") }
    }

    @Test(arguments: ["3", "true", #"["x y"]"#, #"{"a":3}"#, #"{"@vocab":7}"#, #"{"a":{"@id":[]}}"#])
    func whatIsNoContextIsRefused(_ text: String) async throws {
        let stand = try NGSIStand()
        await #expect(throws: NGSIError.self) { try await stand.broker.contexts.resolve(try ngsiJSON(text), tenant: "") }
    }

    @Test func termsThatLeadInCirclesEnd() async throws {
        let stand = try NGSIStand()
        let context = try await stand.broker.contexts.resolve(try ngsiJSON(#"{"a":"b:x","b":"a:y","c":"c","d":"d:d"}"#), tenant: "")
        #expect(context.expand("a").utf8.count < 10_000)
    }

    /// Seeded changes of a context and an entity: everything ends in a result or in an error that says why.
    @Test func contextsAreKeptUpToSoManyBytes() async throws {
        let (stand, most) = (try NGSIStand(), 1 << 20)
        var cache = LDContextCache(most: most)
        func context(_ number: Int) async throws -> LDContext {
            try await stand.broker.contexts.resolve(["t\(number)": .string("https://example.org/\(number)")], tenant: "")
        }
        for number in 0..<200 {
            let key = "\(number)" + String(repeating: "x", count: 10_000)
            cache.keep(try await context(number), key)
            #expect(cache[key]?.expand("t\(number)") == "https://example.org/\(number)" && cache.bytes <= most)
        }
        let (kept, key) = (cache.bytes, String(repeating: "x", count: most))
        cache.keep(try await context(1), key)
        #expect(cache[key] == nil && cache.bytes == kept)
    }

    @Test func changedBytesNeverTrap() async throws {
        let stand = try NGSIStand()
        let text = Array(
            #"{"id":"urn:a:b","type":["T","ex:U"],"a":{"type":"Property","value":{"x":[1,"y"]},"observedAt":"2026-01-01T00:00:00Z"},"p":[{"type":"Relationship","object":"urn:x:1","datasetId":"urn:d:1"},{"type":"GeoProperty","value":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}],"l":{"languageMap":{"en":"x"}},"@context":[{"ex":"https://e.x/","T":"ex:T","v":{"@id":"ex:v"}},{"@vocab":"https://v/"}]}"#
                .utf8)
        var seed: UInt64 = 20_261_129
        func random(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(bound))
        }
        var read = 0
        for _ in 0..<4_000 {
            var bytes = text
            for _ in 0...random(3) {
                switch random(3) {
                case 0: bytes[random(bytes.count)] = UInt8(random(128))
                case 1: bytes.remove(at: random(bytes.count))
                default: bytes.insert(Array(#"{}[]",:0e-."#.utf8)[random(11)], at: random(bytes.count))
                }
            }
            guard let json = try? JSON(parsing: bytes),
                let context = try? await stand.broker.contexts.resolve(json["@context"], tenant: ""),
                let entity = try? NGSIReader(context, .change).entity(json)
            else { continue }
            read += 1
            for form in [NGSIWriter.Form.normalised, .concise, .simplified] {
                var writer = NGSIWriter(context)
                writer.form = form
                _ = JSON.object(writer.members(entity)).serialized
            }
        }
        #expect(read > 100)
    }
}
