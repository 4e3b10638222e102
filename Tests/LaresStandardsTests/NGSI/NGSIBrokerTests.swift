import LaresJSON
import LaresStandards
import Testing

struct NGSIBrokerTests {
    private let building =
        #"{"id":"urn:b:1","type":"Building","name":{"type":"Property","value":"Tower"},"level":{"type":"Property","value":4,"source":{"type":"Property","value":"x"}}}"#

    private func shown(_ stand: NGSIStand, _ id: String = "urn:b:1") throws -> JSON {
        var writer = NGSIWriter(.core)
        writer.form = .concise
        return .object(writer.members(try stand.broker.entity(id, tenant: "")))
    }

    @Test func whatIsMadeTwiceIsRefused() throws {
        let stand = try NGSIStand()
        try stand.broker.create(try ngsiEntity(building), tenant: "")
        #expect(throws: NGSIError(.alreadyExists, "the entity 'urn:b:1' is there already: change it, or choose another id")) {
            try stand.broker.create(try ngsiEntity(building), tenant: "")
        }
        // Another tenant has its own.
        try stand.broker.create(try ngsiEntity(building), tenant: "west")
        #expect(try stand.broker.has(tenant: "west") && !stand.broker.has(tenant: "east"))
    }

    @Test func aMergeChangesWhatItSaysAndTakesAwayWhatIsNull() throws {
        let stand = try NGSIStand()
        try stand.broker.create(try ngsiEntity(building), tenant: "")
        let change =
            #"{"id":"urn:b:1","level":{"value":5,"source":"urn:ngsi-ld:null","unit":{"value":"m"}},"name":"urn:ngsi-ld:null","new":7}"#
        try stand.broker.merge(try ngsiEntity(change, .core, .change), tenant: "")
        #expect(try shown(stand) == ["id": "urn:b:1", "type": "Building", "level": ["value": 5, "unit": "m"], "new": 7])
    }

    @Test func attributesAreAddedAndKeptWhereTheyAreNotToBeOverwritten() throws {
        let stand = try NGSIStand()
        try stand.broker.create(try ngsiEntity(building), tenant: "")
        let more = try NGSIReader(.core, .change).fragment(
            try ngsiJSON(#"{"name":{"type":"Property","value":"x"},"other":3}"#), id: "urn:b:1")
        let result = try stand.broker.append(more, overwrites: false, tenant: "")
        #expect(result.notUpdated.map(\.name) == [LDContext.core.expand("name")] && result.updated == [LDContext.core.expand("other")])
        #expect(try shown(stand)["name"] == "Tower")
    }

    @Test func aBatchDoesEachByItself() throws {
        let stand = try NGSIStand()
        let entities = try ["urn:b:1", "urn:b:2", "urn:b:1"].map { try ngsiEntity(#"{"id":"\#($0)","type":"B"}"#) }
        let result = try stand.broker.batch(entities, .create, tenant: "")
        #expect(result.created == ["urn:b:1", "urn:b:2"] && result.errors.map(\.id) == ["urn:b:1"])
        let gone = try stand.broker.batchDelete(["urn:b:1", "urn:b:1", "urn:b:2"], tenant: "")
        #expect(gone.updated == ["urn:b:1", "urn:b:2"] && gone.errors.count == 1)
    }

    @Test func changesAreKeptAsTheyWere() async throws {
        let stand = try NGSIStand()
        try stand.broker.create(try ngsiEntity(building), tenant: "")
        for level in 5...8 {
            stand.pass(seconds: 60)
            let change = #"{"id":"urn:b:1","level":{"value":\#(level),"observedAt":"2026-01-0\#(level)T00:00:00Z"}}"#
            try stand.broker.merge(try ngsiEntity(change, .core, .change), tenant: "")
        }
        let query = try NGSITemporalQuery(
            relation: "after", timeAt: "2026-01-06T00:00:00Z", endTimeAt: nil, property: nil, lastN: "2", methods: nil, period: nil)
        let page = try await stand.broker.temporal("urn:b:1", query, attributes: nil, datasets: nil, tenant: "")
        let written = JSON.object(NGSIWriter(.core).temporal(page.entities[0], query, .values))
        #expect(written["level"] == ["type": "Property", "values": [[8, "2026-01-08T00:00:00Z"], [7, "2026-01-07T00:00:00Z"]]])
        let byChange = try NGSITemporalQuery(
            relation: nil, timeAt: nil, endTimeAt: nil, property: "modifiedAt", lastN: nil, methods: nil, period: nil)
        #expect(
            try await stand.broker.temporal("urn:b:1", byChange, attributes: nil, datasets: nil, tenant: "").entities[0].attributes[
                LDContext.core.expand("level")]?.count == 5)
    }

    @Test func valuesAreAggregatedByPeriods() async throws {
        let stand = try NGSIStand()
        let temporal = """
            {"id":"urn:v:1","type":"V","speed":[{"type":"Property","value":120,"observedAt":"2026-08-01T12:03:00Z"},
            {"type":"Property","value":80,"observedAt":"2026-08-01T12:05:00Z"},{"type":"Property","value":40,"observedAt":"2026-08-01T14:07:00Z"}]}
            """
        #expect(try stand.broker.upsertTemporal(try ngsiEntity(temporal, .core, .temporal), tenant: ""))
        #expect(try !stand.broker.upsertTemporal(try ngsiEntity(#"{"id":"urn:v:1","type":"V"}"#, .core, .temporal), tenant: ""))
        let query = try NGSITemporalQuery(
            relation: nil, timeAt: nil, endTimeAt: nil, property: nil, lastN: nil, methods: "avg,max,totalCount", period: "PT1H")
        let page = try await stand.broker.temporal("urn:v:1", query, attributes: nil, datasets: nil, tenant: "")
        let speed = JSON.object(NGSIWriter(.core).temporal(page.entities[0], query, .aggregated))["speed"]
        #expect(
            speed?["avg"] == [
                [100.0, "2026-08-01T12:03:00Z", "2026-08-01T13:03:00Z"], [40.0, "2026-08-01T14:03:00Z", "2026-08-01T15:03:00Z"],
            ])
        #expect(speed?["max"]?.elements?.first == [120.0, "2026-08-01T12:03:00Z", "2026-08-01T13:03:00Z"])
        #expect(speed?["totalCount"]?.elements?.last == [1, "2026-08-01T14:03:00Z", "2026-08-01T15:03:00Z"])
    }

    @Test func aPageOfThePastSaysWhatItCovers() async throws {
        var settings = NGSISettings()
        settings.mostInstances = 3
        let stand = try NGSIStand(settings: settings)
        let instances = (1...5).map { #"{"type":"Property","value":\#($0),"observedAt":"2026-01-01T00:0\#($0):00Z"}"# }.joined(
            separator: ",")
        _ = try stand.broker.upsertTemporal(
            try ngsiEntity(#"{"id":"urn:v:1","type":"V","a":[\#(instances)]}"#, .core, .temporal), tenant: "")
        let all = try await stand.broker.temporal("urn:v:1", NGSITemporalQuery(), attributes: nil, datasets: nil, tenant: "")
        let range = try #require(all.range)
        #expect(NGSITime.short(range.first) == "2026-01-01T00:01:00Z" && NGSITime.short(range.last) == "2026-01-01T00:03:00Z")
        #expect(all.entities[0].attributes.groups[0].instances.count == 3)
    }

    @Test func whatExpiresGoes() throws {
        let stand = try NGSIStand()
        try stand.broker.create(try ngsiEntity(#"{"id":"urn:b:1","type":"B","expiresAt":"2027-01-15T08:01:00Z"}"#), tenant: "")
        stand.pass(seconds: 50)
        try stand.broker.tick()
        _ = try stand.broker.entity("urn:b:1", tenant: "")
        stand.pass(seconds: 20)
        try stand.broker.tick()
        #expect(throws: NGSIError.self) { try stand.broker.entity("urn:b:1", tenant: "") }
    }
}
