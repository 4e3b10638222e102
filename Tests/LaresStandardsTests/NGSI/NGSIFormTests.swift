import LaresJSON
import LaresStandards
import Testing

struct NGSIFormTests {
    private let whole = """
        {"id":"urn:v:1","type":"Vehicle","scope":"/A/B","speed":{"type":"Property","value":55,"unitCode":"KMH","observedAt":"2026-01-01T00:00:00Z"},
         "brandName":{"type":"Property","value":"Mercedes"},"isParked":{"type":"Relationship","object":"urn:p:1","by":{"type":"Relationship","object":"urn:x:1"}},
         "location":{"type":"GeoProperty","value":{"type":"Point","coordinates":[1,2]}},"name":{"type":"LanguageProperty","languageMap":{"en":"x"}},
         "free":{"type":"JsonProperty","json":{"a":null}},"kind":{"type":"VocabProperty","vocab":"Car"},"list":{"type":"ListProperty","valueList":[1,2]},
         "ways":{"type":"ListRelationship","objectList":[{"object":"urn:y:1"}]},"box":{"type":"Property","value":{"a":1}}}
        """

    private func written(_ entity: NGSIEntity, _ form: NGSIWriter.Form) -> JSON {
        var writer = NGSIWriter(.core)
        writer.form = form
        return .object(writer.members(entity))
    }

    @Test func theNormalisedFormComesBackAsItWent() throws {
        let json = try ngsiJSON(whole)
        let back = written(try ngsiEntity(whole), .normalised)
        for name in ["id", "type", "scope", "brandName", "isParked", "location", "name", "free", "kind", "list", "ways", "box"] {
            #expect(back[name] == json[name], "\(name)")
        }
        #expect(
            back["speed"]?["value"] == 55 && back["speed"]?["unitCode"] == "KMH" && back["speed"]?["observedAt"] == "2026-01-01T00:00:00Z")
    }

    @Test func theConciseFormLeavesOutWhatFollows() throws {
        let entity = try ngsiEntity(whole)
        let concise = written(entity, .concise)
        #expect(concise["brandName"] == "Mercedes")
        #expect(concise["location"] == ["type": "Point", "coordinates": [1, 2]])
        #expect(concise["isParked"] == ["object": "urn:p:1", "by": ["object": "urn:x:1"]])
        #expect(concise["box"] == ["value": ["a": 1]])
        #expect(concise["kind"] == ["vocab": "Car"])
        // What is written concisely reads as the same.
        #expect(written(try NGSIReader(.core, .whole).entity(concise), .normalised) == written(entity, .normalised))
    }

    @Test func theSimplifiedFormIsValuesAlone() throws {
        let simple = written(try ngsiEntity(whole), .simplified)
        #expect(
            simple["speed"] == 55 && simple["isParked"] == "urn:p:1" && simple["location"] == ["type": "Point", "coordinates": [1, 2]])
        #expect(
            simple["name"] == ["languageMap": ["en": "x"]] && simple["free"] == ["json": ["a": .null]]
                && simple["ways"] == ["urn:y:1"])
    }

    @Test(.timeLimit(.minutes(1)), arguments: [(100, true), (101, false), (300_000, false)])
    func typesAndScopesAreBounded(_ count: Int, _ isTaken: Bool) throws {
        let types = JSON.array((0..<count).map { .string("T\($0)") }), scopes = JSON.array((0..<count).map { .string("/S\($0)") })
        for entity: JSON in [["id": "urn:b:1", "type": types], ["id": "urn:b:1", "type": "B", "scope": scopes]] {
            let read = Result { try NGSIReader(.core, .whole).entity(entity) }
            #expect(((try? read.get()) != nil) == isTaken)
            if !isTaken { #expect(throws: NGSIError.self) { try read.get() } }
        }
    }

    @Test func severalInstancesAreToldApart() throws {
        let entity = try ngsiEntity(
            #"{"id":"urn:v:1","type":"V","speed":[{"type":"Property","value":1},{"type":"Property","value":2,"datasetId":"urn:d:1"}]}"#)
        #expect(written(entity, .simplified)["speed"] == ["dataset": ["@none": 1, "urn:d:1": 2]])
        #expect(throws: NGSIError.self) {
            try ngsiEntity(#"{"id":"urn:v:1","type":"V","speed":[{"type":"Property","value":1},{"type":"Property","value":2}]}"#)
        }
    }

    @Test(arguments: [
        ("de", "Bär", "de"), ("fr-CH,fr;q=0.9,de;q=0.1", "Bär", "de"), ("en-GB,en", "Bear", "en"), ("*", "Bear", "en"),
        ("pt;q=0.1,de;q=0.9", "Bär", "de"),
    ])
    func aLanguageIsChosen(_ asked: String, _ text: String, _ language: String) throws {
        var writer = NGSIWriter(.core)
        writer.languages = try NGSILanguages(asked)
        let entity = try ngsiEntity(#"{"id":"urn:v:1","type":"V","name":{"languageMap":{"en":"Bear","de":"Bär"}}}"#)
        #expect(JSON.object(writer.members(entity))["name"] == ["type": "Property", "value": .string(text), "lang": .string(language)])
    }

    @Test(arguments: [
        #"{"type":"V"}"#, #"{"id":"nouri","type":"V"}"#, #"{"id":"urn:v:1"}"#, #"{"id":"urn:v:1","type":"type"}"#,
        #"{"id":"urn:v:1","type":[]}"#,
        #"{"id":"urn:v:1","type":"V","a":{"type":"Property"}}"#, #"{"id":"urn:v:1","type":"V","a":null}"#,
        #"{"id":"urn:v:1","type":"V","a":{"type":"Property","value":null}}"#,
        #"{"id":"urn:v:1","type":"V","a":{"type":"Relationship","object":"x"}}"#,
        #"{"id":"urn:v:1","type":"V","a":{"type":"Foo","value":1}}"#, #"{"id":"urn:v:1","type":"V","a":{"b":1}}"#,
        #"{"id":"urn:v:1","type":"V","a":{"type":"Property","value":1,"observedAt":"yesterday"}}"#,
        #"{"id":"urn:v:1","type":"V","a":{"type":"Property","value":1,"observedAt":"2026-01-01T00:00:00+02:00"}}"#,
        #"{"id":"urn:v:1","type":"V","a":{"type":"GeoProperty","value":{"type":"Point","coordinates":["x",1]}}}"#,
        #"{"id":"urn:v:1","type":"V","a":"urn:ngsi-ld:null"}"#, #"{"id":"urn:v:1","type":"V","a<b":1}"#,
        #"{"id":"urn:v:1","type":"V","scope":"a#b"}"#,
        #"{"id":"urn:v:1","type":"V","a":1,"a":2}"#, #"[]"#, #"7"#,
    ])
    func whatIsNoEntityIsRefused(_ text: String) { #expect(throws: NGSIError.self) { try ngsiEntity(text) } }

    @Test func membersArePickedAndOmitted() throws {
        let entity = try ngsiEntity(whole)
        var writer = NGSIWriter(.core)
        writer.pick = try NGSIProjection("id,speed", .core)
        #expect(writer.members(entity).map(\.key) == ["id", "speed"])
        (writer.pick, writer.omit) = (nil, try NGSIProjection("type,speed,scope", .core))
        #expect(!writer.members(entity).contains { ["type", "speed", "scope"].contains($0.key) })
        #expect(throws: NGSIError.self) { try NGSIProjection("a{b", .core) }
        #expect(throws: NGSIError.self) { try NGSIProjection("a,,b", .core) }
    }
}
