import Foundation
import LaresJSON
import LaresStandards
import LaresStore
import LaresThings
import Testing

/// Numbers of entities as series.
struct NGSITelemetryTests {
    /// A broker whose clock is in January 2027, and an ingest that goes by the same.
    private func with(_ body: (NGSIStand, Ingest, NGSITelemetryFeed, MemoryTelemetry) async throws -> Void) async throws {
        let (stand, telemetry) = (try NGSIStand(), MemoryTelemetry())
        let ingest = try await Ingest(
            into: telemetry, home: LaresHome(path: stand.folder), clock: FixedClock(Date(timeIntervalSince1970: 1_800_000_060)))
        try await body(stand, ingest, NGSITelemetryFeed(stand.broker, to: ingest), telemetry)
    }

    private func values(_ telemetry: MemoryTelemetry, _ thing: String, _ property: String = "level") async throws -> [Double]? {
        guard let series = try await telemetry.series(of: thing).first(where: { $0.key.property == property }) else { return nil }
        return try await telemetry.readings(of: series.id, in: .earliest ..< .end, order: .oldestFirst, limit: 100).compactMap {
            if case .number(let number) = $0.value { number } else { nil }
        }
    }

    private func entity(_ id: String, _ level: String) throws -> NGSIEntity {
        try ngsiEntity(
            #"{"id":"\#(id)","type":"Building","level":\#(level),"name":{"type":"Property","value":"hall"},"in":{"type":"Relationship","object":"urn:x:1"}}"#
        )
    }

    @Test func numbersOfEntitiesAreSeriesAndTenantsAreKeptApart() async throws {
        try await with { stand, ingest, feed, telemetry in
            let id = "urn:ngsi-ld:Building:1"
            try await ingest.put(try #require(Tenant("north")))
            try stand.broker.create(
                try entity(id, #"{"type":"Property","value":4,"observedAt":"2027-01-15T07:00:00Z"}"#), tenant: "")
            for tenant in ["north", "west"] {
                try stand.broker.make(tenant: tenant)
                try stand.broker.create(try entity(id, #"{"type":"Property","value":9}"#), tenant: tenant)
            }
            try await feed.tell()
            #expect(try await values(telemetry, id) == [4])
            #expect(try await values(telemetry, "@north/" + id) == [9])
            // Of a tenant that collects nothing there is nothing, and of what is no number neither.
            #expect(try await telemetry.series(of: nil).count == 2)
            // What changes is told, and once; a clock in 2199 isn't the latest reading, and the entity has it all the same.
            for level in [#""value":5,"observedAt":"2027-01-15T07:30:00Z""#, #""value":6,"observedAt":"2199-01-01T00:00:00Z""#] {
                stand.pass(seconds: 5)
                let change = #"{"id":"\#(id)","level":{"type":"Property",\#(level)}}"#
                try stand.broker.merge(try ngsiEntity(change, .core, .change), tenant: "")
                try await feed.tell()
                try await feed.tell()
            }
            #expect(try await values(telemetry, id) == [4, 5])
            #expect(try await ingest.letters.list().map(\.fault.code) == [.clockAhead])
            #expect(await feed.trouble == nil)
        }
    }
}
