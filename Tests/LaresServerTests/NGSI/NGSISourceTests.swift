import Foundation
import LaresJSON
import LaresServer
import LaresStandards
import Synchronization
import Testing

/// Two brokers that know of each other: requests go on to where entities are.
struct NGSISourceTests {
    /// Gives requests to another broker in this process, unless that is away.
    private final class Neighbour: NGSIAsker {
        private let state = Mutex((api: NGSIAPI?.none, isAway: false, asked: [String]()))

        var asked: [String] { state.withLock(\.asked) }

        func connect(_ api: NGSIAPI) { state.withLock { $0.api = api } }
        func leave() { state.withLock { $0.isAway = true } }

        func ask(_ question: NGSIQuestion) async throws -> (status: Int, body: [UInt8]) {
            let (api, isAway) = state.withLock { state in
                state.asked.append("\(question.method) \(question.url)")
                return (state.api, state.isAway)
            }
            guard let api, !isAway else { throw NGSIError(.internalError, "nobody is there") }
            let sides = question.url.dropFirst("http://source.example".count).split(separator: "?", maxSplits: 1).map(String.init)
            var headers = question.headers.map { (name: $0.name.lowercased(), value: $0.value) }
            if !question.body.isEmpty { headers.append(("content-length", "\(question.body.count)")) }
            let answer = await api.answer(
                NGSIRequest(
                    method: question.method, path: sides[0], query: sides.count > 1 ? sides[1] : "", headers: headers, body: question.body))
            return (answer.status, answer.body)
        }
    }

    private let here: NGSIAPI, there: NGSIAPI
    private let neighbour = Neighbour()

    init() throws {
        func broker() throws -> NGSIBroker {
            NGSIBroker(try NGSIStore(path: NSTemporaryDirectory() + "ngsi-source-" + UUID().uuidString + ".db"))
        }
        there = NGSIAPI(try broker())
        here = NGSIAPI(try broker(), asker: neighbour)
        neighbour.connect(there)
    }

    private func ask(_ api: NGSIAPI, _ method: String, _ address: String, _ body: String = "") async -> NGSIResponse {
        let sides = address.split(separator: "?", maxSplits: 1)
        let headers = body.isEmpty ? [] : [(name: "content-type", value: "application/json"), ("content-length", "\(body.utf8.count)")]
        return await api.answer(
            NGSIRequest(
                method: method, path: "/ngsi-ld/v1/" + sides[0], query: sides.count > 1 ? String(sides[1]) : "", headers: headers,
                body: Array(body.utf8)))
    }

    private func read(_ api: NGSIAPI, _ address: String) async throws -> JSON {
        try JSON(parsing: await ask(api, "GET", address).body)
    }

    private func register(_ mode: String, _ information: String, _ more: String = "") async throws {
        let made = await ask(
            here, "POST", "csourceRegistrations",
            #"{"id":"urn:r:\#(mode)","type":"ContextSourceRegistration","mode":"\#(mode)","endpoint":"http://source.example","information":[\#(information)]\#(more)}"#
        )
        #expect(made.status == 201, "\(String(decoding: made.body, as: UTF8.self))")
    }

    private static let buildings = #"{"entities":[{"type":"Building"}]}"#
    private static let redirection = #","operations":["redirectionOps"]"#

    private func level(_ value: Int, at second: Int) -> String {
        #"{"type":"Property","value":\#(value),"observedAt":"2026-11-30T10:00:0\#(second)Z"}"#
    }

    @Test func whatIsInBothPlacesIsOneEntityAndTheLaterCounts() async throws {
        try await register("inclusive", Self.buildings)
        _ = await ask(here, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":\#(level(1, at: 1)),"name":"Tower"}"#)
        _ = await ask(there, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":\#(level(2, at: 2)),"heat":20}"#)
        _ = await ask(there, "POST", "entities", #"{"id":"urn:b:2","type":"Building","level":\#(level(7, at: 1))}"#)
        let one = try await read(here, "entities/urn:b:1?options=keyValues")
        #expect(one["level"] == 2 && one["name"] == "Tower" && one["heat"] == 20)
        let all = try await read(here, "entities?type=Building&q=level%3E1&options=keyValues")
        #expect(all.elements?.compactMap { $0["id"]?.text } == ["urn:b:1", "urn:b:2"])
        // A condition is decided on what both have together.
        #expect(try await read(here, "entities?type=Building&q=heat==20;name==%22Tower%22").elements?.count == 1)
        #expect(try await read(here, "entities?type=Building&local=true").elements?.count == 1)
        let page = await ask(here, "GET", "entities?type=Building&limit=1&offset=1&count=true")
        #expect(try JSON(parsing: page.body).elements?.first?["id"] == "urn:b:2")
        #expect(page.headers.contains { $0 == ("NGSILD-Results-Count", "2") })
    }

    @Test func whatASourceAloneHasIsNotKeptHere() async throws {
        try await register("redirect", Self.buildings, Self.redirection)
        #expect(await ask(here, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":1}"#).status == 201)
        #expect(await ask(here, "GET", "entities/urn:b:1?local=true").status == 404)
        #expect(await ask(there, "GET", "entities/urn:b:1").status == 200)
        #expect(await ask(here, "PATCH", "entities/urn:b:1", #"{"level":5}"#).status == 204)
        #expect(try await read(here, "entities/urn:b:1?options=keyValues")["level"] == 5)
        #expect(await ask(here, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":1}"#).status == 409)
        #expect(await ask(here, "DELETE", "entities/urn:b:1").status == 204)
        #expect(await ask(there, "GET", "entities/urn:b:1").status == 404)
        // What nobody is registered for stays here.
        #expect(await ask(here, "POST", "entities", #"{"id":"urn:c:1","type":"Car","speed":1}"#).status == 201)
        #expect(await ask(here, "GET", "entities/urn:c:1?local=true").status == 200)
        #expect(await ask(here, "PATCH", "entities/urn:c:1", #"{"speed":2}"#).status == 204)
        #expect(await ask(here, "DELETE", "entities/urn:c:1").status == 204)
    }

    @Test func aChangeIsSharedOutByAttributes() async throws {
        try await register(
            "exclusive", #"{"entities":[{"type":"Building","id":"urn:b:1"}],"propertyNames":["heat"]}"#, Self.redirection)
        #expect(await ask(here, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":1,"heat":20}"#).status == 201)
        #expect(try await read(here, "entities/urn:b:1?local=true&options=keyValues") == ["id": "urn:b:1", "type": "Building", "level": 1])
        #expect(try await read(there, "entities/urn:b:1?options=keyValues") == ["id": "urn:b:1", "type": "Building", "heat": 20])
        #expect(await ask(here, "PATCH", "entities/urn:b:1/attrs/heat", #"{"type":"Property","value":21}"#).status == 204)
        #expect(try await read(there, "entities/urn:b:1?options=keyValues")["heat"] == 21)
        let whole = try await read(here, "entities/urn:b:1?options=keyValues")
        #expect(whole["heat"] == 21 && whole["level"] == 1)
    }

    @Test func whatIsAuxiliaryCountsOnlyWhereNothingElseIs() async throws {
        try await register("auxiliary", Self.buildings)
        _ = await ask(here, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":\#(level(1, at: 1))}"#)
        _ = await ask(there, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":\#(level(2, at: 2)),"heat":20}"#)
        let one = try await read(here, "entities/urn:b:1?options=keyValues")
        #expect(one["level"] == 1 && one["heat"] == 20)
    }

    @Test func anAnswerThatLacksASourceSaysSo() async throws {
        try await register("inclusive", Self.buildings)
        _ = await ask(here, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":1}"#)
        neighbour.leave()
        for address in ["entities/urn:b:1", "entities?type=Building"] {
            let answer = await ask(here, "GET", address)
            #expect(answer.status == 200)
            #expect(answer.headers.contains { $0.name == "NGSILD-Warning" && $0.value.contains("urn:r:inclusive") })
        }
        try await register("redirect", #"{"entities":[{"type":"Car"}]}"#, Self.redirection)
        #expect(await ask(here, "POST", "entities", #"{"id":"urn:c:1","type":"Car","speed":1}"#).status == 500)
        #expect(await ask(here, "GET", "entities/urn:c:1?local=true").status == 404)
    }

    @Test func aRequestThatComesRoundEnds() async throws {
        // The source's own source is this broker.
        neighbour.connect(here)
        try await register("inclusive", Self.buildings)
        _ = await ask(here, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":1}"#)
        #expect(try await read(here, "entities?type=Building").elements?.count == 1)
        #expect(neighbour.asked.count == 1)
    }

    @Test(arguments: [
        (#","operations":["queryBatch"]"#, "POST"), (#","operations":["federationOps"]"#, "POST"), ("", "POST"),
        (#","operations":["queryEntity"]"#, "GET"),
    ])
    func aQueryByABodyGoesOnToSources(operations: String, method: String) async throws {
        try await register("inclusive", #"{"entities":[{"type":"Building"}],"propertyNames":["level","heat"]}"#, operations)
        _ = await ask(here, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":\#(level(1, at: 1))}"#)
        _ = await ask(there, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":\#(level(2, at: 2)),"heat":20,"name":"Mill"}"#)
        _ = await ask(there, "POST", "entities", #"{"id":"urn:b:2","type":"Building","level":\#(level(7, at: 1))}"#)
        _ = await ask(there, "POST", "entities", #"{"id":"urn:c:1","type":"Car","level":9}"#)
        func query(_ more: String, _ address: String = "entityOperations/query?options=keyValues") async throws -> [JSON] {
            let answer = await ask(here, "POST", address, #"{"type":"Query","entities":[\#(more)]}"#)
            #expect(answer.status == 200 && !answer.headers.contains { $0.name == "NGSILD-Warning" })
            return try JSON(parsing: answer.body).elements ?? []
        }
        let all = try await query(#"{"type":"Building"}"#)
        #expect(all.compactMap { $0["id"]?.text } == ["urn:b:1", "urn:b:2"])
        #expect(all.first == ["id": "urn:b:1", "type": "Building", "level": 2, "heat": 20])
        #expect(neighbour.asked.allSatisfy { $0.hasPrefix(method + " ") } && neighbour.asked.count == 1)
        #expect(try await query(#"{"type":"Building","id":"urn:b:2"}"#).count == 1)
        #expect(try await query(#"{"type":"Car"}"#).isEmpty)
        #expect(try await query(#"{"type":"Building"}"#, "entityOperations/query?local=true").count == 1)
        #expect(neighbour.asked.count == 2, "who isn't registered for cars isn't asked for them, and what is kept here is nobody else's")
        // By the address it is another operation.
        let listed = try await read(here, "entities?type=Building").elements?.count
        #expect(listed == (operations.contains("queryBatch") ? 1 : 2))
    }

    @Test func aSourceIsAskedForWhatItIsRegisteredFor() async throws {
        try await register(
            "inclusive", #"{"entities":[{"type":"Building"}],"propertyNames":["heat"]}"#,
            #","contextSourceInfo":[{"key":"X-Key","value":"s"}],"management":{"localOnly":true,"timeout":500}"#)
        _ = await ask(there, "POST", "entities", #"{"id":"urn:b:1","type":"Building","level":1,"heat":3}"#)
        #expect(try await read(here, "entities/urn:b:1?options=keyValues") == ["id": "urn:b:1", "type": "Building", "heat": 3])
        #expect(await ask(here, "GET", "entities?type=Car").status == 200)
        #expect(neighbour.asked.count == 1 && neighbour.asked[0].contains("local=true") && neighbour.asked[0].contains("attrs="))
    }
}
