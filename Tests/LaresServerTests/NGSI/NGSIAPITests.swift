import Foundation
import LaresJSON
import LaresServer
import LaresStandards
import Testing

/// The API without a server: requests in, answers out.
struct NGSIAPITests {
    private let api: NGSIAPI

    init() throws {
        let path = NSTemporaryDirectory() + "ngsi-api-" + UUID().uuidString + ".db"
        api = NGSIAPI(NGSIBroker(try NGSIStore(path: path)))
    }

    private func ask(
        _ method: String, _ address: String, _ body: String = "", type: String = "application/json",
        _ headers: [(name: String, value: String)] = []
    ) async -> NGSIResponse {
        let sides = address.split(separator: "?", maxSplits: 1)
        var all = headers
        if !body.isEmpty { all += [("content-type", type), ("content-length", "\(body.utf8.count)")] }
        return await api.answer(
            NGSIRequest(
                method: method, path: "/ngsi-ld/v1/" + sides[0], query: sides.count > 1 ? String(sides[1]) : "", headers: all,
                body: Array(body.utf8)))
    }

    private func json(_ response: NGSIResponse) throws -> JSON { try JSON(parsing: response.body) }

    private func make(_ count: Int) async {
        for n in 0..<count { _ = await ask("POST", "entities", #"{"id":"urn:b:\#(n)","type":"Building","level":\#(n)}"#) }
    }

    @Test func anEntityIsMadeReadChangedAndRemoved() async throws {
        let made = await ask("POST", "entities", #"{"id":"urn:b:1","type":"Building","name":{"type":"Property","value":"Tower"}}"#)
        #expect(made.status == 201 && made.headers.contains { $0 == ("Location", "/ngsi-ld/v1/entities/urn:b:1") })
        #expect(await ask("PATCH", "entities/urn:b:1", #"{"name":{"value":"Keep"}}"#).status == 204)
        let read = await ask("GET", "entities/urn%3Ab%3A1?options=keyValues")
        #expect(try json(read) == ["id": "urn:b:1", "type": "Building", "name": "Keep"])
        #expect(await ask("DELETE", "entities/urn:b:1").status == 204)
        #expect(await ask("GET", "entities/urn:b:1").status == 404)
    }

    @Test(arguments: [
        ("POST", "entities", "{", 400, "InvalidRequest"), ("POST", "entities", #"{"type":"B"}"#, 400, "BadRequestData"),
        ("GET", "entities", "", 400, "BadRequestData"), ("GET", "entities?type=B&wrong=1", "", 400, "InvalidRequest"),
        ("GET", "entities/nouri", "", 400, "BadRequestData"), ("GET", "entities/urn:x:1", "", 404, "ResourceNotFound"),
        ("GET", "entities?type=B&limit=0", "", 400, "BadRequestData"), ("GET", "entities?type=B&limit=-1", "", 400, "BadRequestData"),
        ("GET", "entities?type=B&limit=100000", "", 403, "TooManyResults"), ("GET", "entities?q=a%3E", "", 400, "BadRequestData"),
        ("PUT", "types", "{}", 405, "OperationNotSupported"), ("PUT", "entities", "{}", 400, "BadRequestData"),
        ("GET", "nothing", "", 404, "ResourceNotFound"),
        ("DELETE", "entities", "", 400, "BadRequestData"), ("POST", "entityOperations/create", "[]", 400, "BadRequestData"),
        ("GET", "temporal/entities?type=B&timerel=after", "", 400, "BadRequestData"),
        ("GET", "entities?type=B&georel=near", "", 400, "BadRequestData"),
    ])
    func errorsAreProblemDetails(_ method: String, _ address: String, _ body: String, _ status: Int, _ name: String) async throws {
        let response = await ask(method, address, body)
        #expect(response.status == status)
        let problem = try json(response)
        #expect(problem["type"] == .string("https://uri.etsi.org/ngsi-ld/errors/" + name))
        #expect(problem["title"]?.text?.isEmpty == false && problem["detail"] != problem["title"])
    }

    @Test func contentTypesAreNegotiated() async throws {
        await make(1)
        func type(_ accept: String) async -> String {
            let response = await ask("GET", "entities/urn:b:0", "", [("accept", accept)])
            return response.status == 200 ? response.headers.first { $0.name == "Content-Type" }?.value ?? "" : "\(response.status)"
        }
        #expect(await type("application/ld+json, application/json") == "application/json")
        #expect(await type("application/json;q=0.1, application/ld+json") == "application/ld+json")
        #expect(await type("application/json;q=0, */*") == "application/ld+json")
        #expect(await type("application/geo+json") == "application/geo+json")
        #expect(await type("text/html") == "406")
        #expect(await ask("POST", "entities", "{}", type: "text/plain").status == 415)
        #expect(await ask("POST", "entities").status == 411)
    }

    @Test func contextsStandInTheBodyOrInTheHeaderNotInBoth() async throws {
        let link = [
            (
                name: "link",
                value: "<https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld>; rel=\"http://www.w3.org/ns/json-ld#context\""
            )
        ]
        let bare = #"{"id":"urn:b:1","type":"B"}"#
        let full = #"{"id":"urn:b:1","type":"B","@context":{"B":"https://e.x/B"}}"#
        #expect(await ask("POST", "entities", full).status == 400)
        #expect(await ask("POST", "entities", bare, type: "application/ld+json").status == 400)
        #expect(await ask("POST", "entities", full, type: "application/ld+json", link).status == 400)
        #expect(await ask("POST", "entities", full, type: "application/ld+json").status == 201)
        #expect(try json(await ask("GET", "entities/urn:b:1"))["type"] == "https://e.x/B")
        let other = #"{"id":"urn:b:2","type":"B","@context":"https://elsewhere.example/c"}"#
        let refused = await ask("POST", "entities", other, type: "application/ld+json")
        #expect(refused.status == 504)
        #expect(try json(refused)["type"] == "https://uri.etsi.org/ngsi-ld/errors/LdContextNotAvailable")
    }

    @Test func pagesLeadToEachOther() async throws {
        await make(5)
        let page = await ask("GET", "entities?type=Building&limit=2&offset=2&count=true")
        #expect(try json(page).elements?.compactMap { $0["id"]?.text } == ["urn:b:2", "urn:b:3"])
        #expect(page.headers.contains { $0 == ("NGSILD-Results-Count", "5") })
        let links = page.headers.filter { $0.name == "Link" }.map(\.value)
        #expect(
            links.contains("</ngsi-ld/v1/entities?type=Building&count=true&limit=2&offset=0>;rel=\"prev\";type=\"application/ld+json\""))
        #expect(
            links.contains("</ngsi-ld/v1/entities?type=Building&count=true&limit=2&offset=4>;rel=\"next\";type=\"application/ld+json\""))
    }

    @Test func tenantsAreKeptApart() async throws {
        let west = [(name: "ngsild-tenant", value: "west")]
        #expect(await ask("GET", "entities?type=B", "", west).status == 404)
        #expect(await ask("POST", "entities", #"{"id":"urn:b:1","type":"B"}"#, west).status == 201)
        let seen = await ask("GET", "entities?type=B", "", west)
        #expect(seen.status == 200 && seen.headers.contains { $0 == ("NGSILD-Tenant", "west") })
        #expect(await ask("GET", "entities/urn:b:1").status == 404)
    }

    @Test func aBatchAnswersForEach() async throws {
        let first = await ask("POST", "entityOperations/create", #"[{"id":"urn:b:1","type":"B"},{"id":"nouri","type":"B"}]"#)
        #expect(first.status == 207)
        #expect(try json(first)["success"] == ["urn:b:1"] && json(first)["errors"]?.elements?.count == 1)
        let second = await ask("POST", "entityOperations/upsert", #"[{"id":"urn:b:1","type":"B"},{"id":"urn:b:2","type":"B"}]"#)
        #expect(second.status == 201)
        #expect(try json(second) == ["urn:b:2"])
    }

    @Test func relationshipsAreFollowed() async throws {
        _ = await ask("POST", "entities", #"{"id":"urn:c:1","type":"City","name":"Paris"}"#)
        _ = await ask("POST", "entities", #"{"id":"urn:b:1","type":"B","in":{"type":"Relationship","object":"urn:c:1"}}"#)
        let inline = try json(await ask("GET", "entities/urn:b:1?join=inline&options=keyValues"))
        #expect(inline["in"] == ["id": "urn:c:1", "type": "City", "name": "Paris"])
        let flat = try json(await ask("GET", "entities/urn:b:1?join=flat"))
        #expect(flat.elements?.compactMap { $0["id"]?.text } == ["urn:b:1", "urn:c:1"])
    }

    /// Each of forty leads to all: told without a bound, ten levels would be 40¹⁰ entities.
    @Test func whatLeadsInCirclesIsToldInBoundedSpace() async throws {
        let all = (0..<40).map { "\"urn:c:\($0)\"" }.joined(separator: ",")
        for n in 0..<40 {
            _ = await ask("POST", "entities", #"{"id":"urn:c:\#(n)","type":"C","to":{"type":"Relationship","object":[\#(all)]}}"#)
        }
        let answer = await ask("GET", "entities/urn:c:0?join=inline&joinLevel=10")
        #expect(answer.status == 200 && answer.body.count < 50_000_000)
    }

    @Test func typesAndAttributesAreDiscovered() async throws {
        await make(2)
        #expect(try json(await ask("GET", "types"))["typeList"] == ["Building"])
        let type = try json(await ask("GET", "types/Building"))
        #expect(type["entityCount"] == 2 && type["attributeDetails"]?.elements?.first?["attributeTypes"] == ["Property"])
        let attribute = try json(await ask("GET", "attributes/level"))
        #expect(attribute["attributeCount"] == 2 && attribute["typeNames"] == ["Building"])
    }

    @Test func contextsAreKeptForUsers() async throws {
        let made = await ask("POST", "jsonldContexts", #"{"@context":{"level":"https://e.x/level"}}"#)
        let location = try #require(made.headers.first { $0.name == "Location" }?.value)
        let link = [(name: "link", value: "<http://here\(location)>; rel=\"http://www.w3.org/ns/json-ld#context\"")]
        #expect(await ask("POST", "entities", #"{"id":"urn:b:1","type":"B","level":1}"#, link).status == 201)
        #expect(try json(await ask("GET", "entities/urn:b:1"))["https://e.x/level"]?["value"] == 1)
        #expect(try json(await ask("GET", "entities/urn:b:1", "", link))["level"]?["value"] == 1)
    }

    /// Seeded changes of requests: an answer always comes, and never says that something went wrong inside.
    @Test func changedRequestsAreAnswered() async throws {
        await make(2)
        let requests = [
            (
                "GET",
                "entities?type=Building&q=level%3E0;name==%22x%22&georel=near;maxDistance==10&geometry=Point&coordinates=[1,2]&pick=id,level",
                ""
            ),
            (
                "POST", "subscriptions",
                #"{"type":"Subscription","entities":[{"type":"B"}],"q":"a>1","notification":{"endpoint":{"uri":"http://a/b"}}}"#
            ),
            ("PATCH", "entities/urn:b:1/attrs/level", #"{"value":3,"observedAt":"2026-01-01T00:00:00Z"}"#),
            (
                "GET",
                "temporal/entities/urn:b:1?timerel=between&timeAt=2026-01-01T00:00:00Z&endTimeAt=2027-01-01T00:00:00Z&aggrMethods=avg&aggrPeriodDuration=PT1H&options=aggregatedValues",
                ""
            ),
            (
                "POST", "entityOperations/query",
                #"{"type":"Query","entities":[{"type":"B","idPattern":"^urn:(a|b)+"}],"geoQ":{"georel":"within","geometry":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}"#
            ),
        ]
        var seed: UInt64 = 7
        func random(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(bound))
        }
        func changed(_ text: String) -> String {
            var bytes = Array(text.utf8)
            for _ in 0...random(2) where !bytes.isEmpty {
                if random(2) == 0 { bytes[random(bytes.count)] = UInt8(0x20 + random(95)) } else { bytes.remove(at: random(bytes.count)) }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        for _ in 0..<1_500 {
            let (method, address, body) = requests[random(requests.count)]
            let response = await ask(method, random(2) == 0 ? changed(address) : address, random(2) == 0 ? changed(body) : body)
            #expect(response.status < 500 || response.status == 504, "\(address) \(body)")
        }
    }
}
