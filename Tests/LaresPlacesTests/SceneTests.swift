import LaresPlaces
import LaresThings
import Testing

/// What scenes ask of things.
@Suite struct SceneTests {
    private let place: MovingHome
    private let scenes: Scenes
    private let slow = ThingID("hall/slow")!, plain = ThingID("hall/plain")!

    init() throws {
        place = try MovingHome()
        scenes = Scenes(home: place.home, store: place.store)
        for (id, name, takesTime) in [("1", "Slow", true), ("2", "Plain", false)] {
            try place.home.receive([
                MQTTMessage(
                    "homeassistant/light/\(id)/config",
                    """
                    {"name":null,"uniq_id":"\(id)","schema":"json","stat_t":"\(id)","cmd_t":"\(id)/set","brightness":true,\
                    "transition":\(takesTime),"dev":{"ids":"\(id)","name":"\(name)","sa":"Hall"}}
                    """, isRetained: true)
            ])
        }
    }

    private func transitions(_ scene: Scene, _ transition: Double? = nil) -> [ThingID: PropertyValue] {
        let commands = scenes.commands(scene, transition: transition, by: Cause(.principal))
        return Dictionary(uniqueKeysWithValues: commands.compactMap { command in command.values["transition"].map { (command.thing, $0) } })
    }

    @Test func whatCanTakeItsTimeDoes() throws {
        let states: [ThingID: [String: PropertyValue]] = [slow: ["on": true, "brightness": 40], plain: ["on": true]]
        let scene = try Scene(id: "s", name: "S", states: states, transition: 4)
        #expect(transitions(scene) == [slow: 4], "its own")
        #expect(transitions(scene, 9) == [slow: 9], "or that of whoever applies it")
        #expect(transitions(try Scene(id: "s", name: "S", states: states)) == [:])
        #expect(transitions(try Scene(id: "s", name: "S", states: states), 2) == [slow: 2])
    }

    @Test func aTransitionOfItsOwnAndOneThatSwitchesNothingStay() throws {
        let own = try Scene(id: "s", name: "S", states: [slow: ["on": true, "transition": 1]], transition: 4)
        #expect(transitions(own) == [slow: 1])
        let dim = try Scene(id: "s", name: "S", states: [slow: ["brightness": 40]], transition: 4)
        #expect(transitions(dim) == [:])
    }

    @Test func longerThanALampCanTakeIsLeftOut() throws {
        let scene = try Scene(id: "s", name: "S", states: [slow: ["on": true]])
        #expect(transitions(scene, 3_601) == [:])
        #expect(throws: ThingsError.self) { try Scene(id: "s", name: "S", states: [slow: ["on": true]], transition: 3_601) }
    }
}
