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
