import LaresJSON
import LaresStandards
import LaresThings
import Synchronization
import Testing

/// SensorThings over MQTT: messages in, messages out.
@Suite struct SensorThingsMessageTests {
    let root = SensorThingsUnderTest.root

    @Test func aMessageMakesAnObservation() async throws {
        let service = try await TwoThings().service
        let messages = SensorThingsMessages()
        for (topic, body) in [
            ("v1.1/Observations", ["result": 1.5, "Datastream": Bodies.ref(1)] as JSON),
            ("v1.1/Datastreams(1)/Observations", ["result": 2.5]),
            ("v1.1/Things(1)/Datastreams(1)/Observations", ["result": 3.5]),
            ("v1.1/CreateObservations", [["Datastream": Bodies.ref(1), "components": ["result"], "dataArray": [[4.5]]]]),
        ] {
            #expect(messages.filters.contains { TopicName.matches(topic, $0) })
            let request = try #require(messages.request(MQTTMessage(topic, body.serialized), root: root))
            #expect(await service.api.answer(request).status == 201)
        }
        #expect(try await service.values("Datastreams(1)/Observations?$skip=3").map { $0["result"] } == [1.5, 2.5, 3.5, 4.5])
    }

    @Test func whatMakesNoObservationIsADeadLetterThatCanBeMended() async throws {
        let service = try await TwoThings().service
        let intake = SensorThingsIntake(api: service.api, messages: SensorThingsMessages(), root: root)
        let before = try await service.ids("Observations").count
        let rows: JSON = [
            [
                "Datastream": Bodies.ref(1), "components": ["result", "phenomenonTime"],
                "dataArray": [[1, "2015-05-01T00:00:00Z"], [2, "no time"]],
            ]
        ]
        try await intake.take(
            [
                ("Datastreams(1)/Observations", #"{"result": 7}"#), ("Datastreams(1)/Observations", "no JSON"),
                ("Datastreams(99)/Observations", #"{"result": 7}"#),
                ("Datastreams(1)/Observations", #"{"result": 7, "Datastream": {"@iot.id": 2}}"#), ("CreateObservations", rows.serialized),
                ("Observations", #"{"@iot.id": 1, "@iot.selfLink": "x"}"#),
            ].map { MQTTMessage("v1.1/" + $0, $1) })
        #expect(try await service.ids("Observations").count == before + 2)
        let letters = try await service.ingest.letters.list().sorted { $0.id < $1.id }
        #expect(letters.allSatisfy { $0.fault.code == .badObservation && $0.lines == 1 && !$0.fault.message.isEmpty })
        #expect(
            letters.map(\.source) == [
                "sensorthings:v1.1/Datastreams(1)/Observations", "sensorthings:v1.1/Datastreams(1)/Observations",
                "sensorthings:v1.1/Datastreams(99)/Observations", "sensorthings:v1.1/CreateObservations",
            ])
        // Of rows only those that weren't taken.
        let array = try #require(letters.last), kept = try JSON(parsing: array.bytes)
        #expect(kept.elements?.count == 1 && kept.elements?[0]["dataArray"] == [[2, "no time"]])
        #expect(intake.counts.taken == 2 && intake.counts.refused == 4)

        await #expect(throws: IngestError.self) { try await service.ingest.replay(array) }
        await service.ingest.retry(.badObservation) { try await intake.replay($0) }
        #expect(try await service.ingest.replay(array).counts.refused == 1)
        var mended = try #require(try await service.ingest.letters.list().first)
        #expect(mended.tries == 1 && mended.id != array.id)
        mended.bytes = Array(String(decoding: mended.bytes, as: UTF8.self).replacing("no time", with: "2015-05-02T00:00:00Z").utf8)
        #expect(try await service.ingest.replay(mended).counts.stored == 1)
        #expect(try await service.ids("Observations").count == before + 3)
        #expect(try await service.ingest.letters.size().letters == 3)
    }

    @Test(arguments: ["v1.1/Things", "v1.0/Observations", "v1.1/Things(1)/Datastreams", "v1.1/Observations(1)", "v1.1/", "home/x"])
    func otherMessagesMakeNothing(_ topic: String) {
        #expect(SensorThingsMessages().request(MQTTMessage(topic, "{\"result\": 1}"), root: root) == nil)
    }

    @Test func whatIsCreatedAndChangedIsPublished() async throws {
        let service = try await TwoThings().service
        let changes = Mutex<[SensorThingsChange]>([])
        service.api.tell { new in changes.withLock { $0 += new } }
        try await service.create("Datastreams(1)/Observations", ["result": 42])
        #expect(await service.status("PATCH", "Datastreams(1)", ["description": "new"]) == 200)
        #expect(await service.status("DELETE", "Observations(1)") == 200)
        let all = changes.withLock(\.self)
        let entities = try await service.api.entities(all, root: root)
        let messages = SensorThingsMessages(selections: ["v1.1/Observations?$select=result,phenomenonTime", "v1.1/Nothing?$select=x"])
        let published = messages.publications(all) { entities[$0] }
        #expect(
            Set(published.map(\.topic)) == [
                "v1.1/Observations", "v1.1/Datastreams(1)/Observations", "v1.1/FeaturesOfInterest(1)/Observations",
                "v1.1/Observations?$select=result,phenomenonTime", "v1.1/Datastreams", "v1.1/Datastreams(1)",
                "v1.1/Datastreams(1)/description",
                "v1.1/Things(1)/Datastreams", "v1.1/Sensors(1)/Datastreams", "v1.1/ObservedProperties(1)/Datastreams",
            ])
        let payload = { (topic: String) in published.first { $0.topic == topic }.flatMap { try? JSON(parsing: $0.payload) } }
        #expect(payload("v1.1/Datastreams(1)/description") == ["description": "new"])
        #expect(payload("v1.1/Observations?$select=result,phenomenonTime") == ["result": 42, "phenomenonTime": "2027-01-15T08:01:00.000Z"])
        // What the service published itself comes back from the broker and must not make more.
        for message in published { #expect(messages.request(message, root: root) == nil) }
    }
}
