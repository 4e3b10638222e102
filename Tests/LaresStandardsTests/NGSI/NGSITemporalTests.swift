import LaresJSON
import LaresStandards
import Testing

/// The past when there is much of it.
struct NGSITemporalTests {
    private func stand(_ change: (inout NGSISettings) -> Void = { _ in }) throws -> NGSIStand {
        var settings = NGSISettings()
        settings.mostInstances = 6
        change(&settings)
        return try NGSIStand(settings: settings)
    }

    /// Instances of an attribute in a shuffled order, one a minute from the first on.
    private func keep(_ stand: NGSIStand, _ id: String, _ name: String = "a", minutes: Range<Int>) throws {
        let instances = minutes.shuffled().map {
            #"{"type":"Property","value":\#($0),"observedAt":"\#(NGSITime.text($0 * 60_000_000))"}"#
        }
        let text = #"{"id":"\#(id)","type":"V","\#(name)":[\#(instances.joined(separator: ","))]}"#
        _ = try stand.broker.upsertTemporal(try ngsiEntity(text, .core, .temporal), tenant: "")
    }

    private func query(_ relation: String? = nil, minute: Int = 0, lastN: String? = nil, methods: String? = nil) throws -> NGSITemporalQuery
    {
        try NGSITemporalQuery(
            relation: relation, timeAt: relation == nil ? nil : NGSITime.text(minute * 60_000_000), endTimeAt: nil, property: nil,
            lastN: lastN,
            methods: methods, period: nil)
    }

    private func values(_ entity: NGSIEntity, _ name: String = "a") -> [JSON?] {
        entity.attributes[LDContext.core.expand(name)]?.map(\.value) ?? []
    }

    private func minute(_ micros: Int) -> Int { micros / 60_000_000 }

    @Test func theLastAreTheLatestHoweverManyThereAre() async throws {
        let stand = try stand()
        try keep(stand, "urn:v:1", minutes: 0..<500)
        let last = try await stand.broker.temporal("urn:v:1", query(lastN: "2"), attributes: nil, datasets: nil, tenant: "")
        #expect(values(last.entities[0]) == [499, 498] && last.range == nil)
        let before = try await stand.broker.temporal(
            "urn:v:1", query("before", minute: 100, lastN: "1"), attributes: nil, datasets: nil, tenant: "")
        #expect(values(before.entities[0]) == [99])
        let many = try await stand.broker.temporal(
            "urn:v:1", query(lastN: "9223372036854775807"), attributes: nil, datasets: nil, tenant: "")
        #expect(values(many.entities[0]) == [499, 498, 497, 496, 495, 494])
        let range = try #require(many.range)
        #expect(minute(range.first) == 499 && minute(range.last) == 494)
    }

    @Test func whatIsCutOffIsCutAtOneMomentForAll() async throws {
        let stand = try stand()
        for id in ["urn:v:1", "urn:v:2"] {
            for name in ["a", "b"] { try keep(stand, id, name, minutes: 0..<100) }
        }
        let page = try await stand.broker.temporal(
            NGSIEntitySelection(), query("after", minute: 10), attributes: nil, limit: 10, offset: 0, counts: false, tenant: "")
        // Four a minute: the second minute would be told in part.
        #expect(page.entities.map { values($0, "a") + values($0, "b") } == [[10, 10], [10, 10]])
        let range = try #require(page.range)
        #expect(minute(range.first) == 10 && minute(range.last) == 10)
    }

    @Test func aPageReadsNoFurtherThanItNeeds() async throws {
        let stand = try stand()
        for number in 1...9 { try keep(stand, "urn:v:\(number)", number % 2 == 0 ? "a" : "b", minutes: number..<(number + 1)) }
        var selection = NGSIEntitySelection()
        selection.attributes = [LDContext.core.expand("b")]
        func page(_ counts: Bool) async throws -> NGSIBroker.TemporalPage {
            try await stand.broker.temporal(
                selection, query("after", minute: 2), attributes: nil, limit: 2, offset: 1, counts: counts, tenant: "")
        }
        let (all, some) = (try await page(true), try await page(false))
        #expect(all.entities.map(\.id) == ["urn:v:5", "urn:v:7"] && some.entities.map(\.id) == all.entities.map(\.id))
        #expect(all.count == 4 && some.count == 4)
        selection.attributes = []
        #expect(try await page(false).count == 4)
        #expect(try await page(true).count == 8)
    }

    @Test func queriesLookAtWhatIsMeantOfThePast() async throws {
        let stand = try stand()
        for number in 1...3 { try keep(stand, "urn:v:\(number)", minutes: 0..<(number * 10)) }
        var selection = NGSIEntitySelection()
        selection.query = try NGSIQuery("a>=15", .core)
        func found(_ query: NGSITemporalQuery) async throws -> [String] {
            try await stand.broker.temporal(selection, query, attributes: nil, limit: 10, offset: 0, counts: true, tenant: "").entities.map(
                \.id)
        }
        #expect(try await found(query("after", minute: 0)) == ["urn:v:2", "urn:v:3"])
        #expect(try await found(query("after", minute: 20)) == ["urn:v:3"])
        #expect(try await found(query("before", minute: 15)) == [])
    }

    @Test func moreThanIsPutTogetherIsRefused() async throws {
        let stand = try stand { $0.mostAggregated = 50 }
        try keep(stand, "urn:v:1", minutes: 0..<51)
        let late = try query("after", minute: 1, methods: "totalCount"), all = try query(methods: "totalCount")
        let page = try await stand.broker.temporal("urn:v:1", late, attributes: nil, datasets: nil, tenant: "")
        #expect(values(page.entities[0]).count == 50)
        let error = await #expect(throws: NGSIError.self) {
            try await stand.broker.temporal("urn:v:1", all, attributes: nil, datasets: nil, tenant: "")
        }
        #expect(error?.code == .tooManyResults)
    }

    @Test func otherMomentsAndDatasetsAreChosen() async throws {
        let stand = try stand()
        try stand.broker.create(
            try ngsiEntity(
                #"{"id":"urn:b:1","type":"B","a":[{"type":"Property","value":1},{"type":"Property","value":2,"datasetId":"urn:d:1"}]}"#),
            tenant: "")
        stand.pass(seconds: 60)
        try stand.broker.delete("urn:b:1", tenant: "")
        func told(_ property: String, _ datasets: Set<String>?) async throws -> Int {
            let query = try NGSITemporalQuery(
                relation: nil, timeAt: nil, endTimeAt: nil, property: property, lastN: nil, methods: nil, period: nil)
            let page = try await stand.broker.temporal("urn:b:1", query, attributes: nil, datasets: datasets, tenant: "")
            return values(page.entities[0]).count
        }
        #expect(try await told("modifiedAt", nil) == 4)
        #expect(try await told("deletedAt", nil) == 2)
        #expect(try await told("observedAt", nil) == 0)
        #expect(try await told("modifiedAt", ["@none"]) == 2)
        #expect(try await told("deletedAt", ["urn:d:1"]) == 1)
    }

    @Test func allThatIsTooOldIsForgotten() async throws {
        let stand = try stand { ($0.retention, $0.mostInstances) = (3_600, 100_000) }
        for part in 0..<5 { try keep(stand, "urn:v:1", minutes: (part * 5_000)..<((part + 1) * 5_000)) }
        stand.pass(seconds: 3_601)
        try keep(stand, "urn:v:1", minutes: 30_000..<30_002)
        try await stand.broker.prune()
        let page = try await stand.broker.temporal("urn:v:1", query(), attributes: nil, datasets: nil, tenant: "")
        #expect(values(page.entities[0]) == [30_000, 30_001])
    }
}
