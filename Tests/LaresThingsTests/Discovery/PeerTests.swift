import LaresJSON
import LaresThings
import Testing

/// What two Python packages that play devices announce and report (Golden/README.md).
@Suite struct PeerTests {
    private func rehearse(_ name: String) throws -> (rehearsals: [Rehearsal], refusals: [String]) {
        var discovery = HomeAssistantDiscovery()
        var (rehearsals, refusals): ([Rehearsal], [String]) = ([], [])
        for entry in try #require(Golden.json("peers")[name]?.elements) {
            let (topic, text) = (entry.elements?[0].text ?? "", entry.elements?[1].text ?? "")
            let said = discovery.read(MQTTMessage(topic, text))
            rehearsals += said.compactMap(\.part).map { Rehearsal($0) }
            refusals += said.compactMap(\.refusal)
            if said.isEmpty { for place in rehearsals.indices { rehearsals[place].hear(topic, text) } }
        }
        return (rehearsals, refusals)
    }

    @Test func aDeviceOfThirtyComponentsIsReadWhole() throws {
        let (rehearsals, refusals) = try rehearse("together")
        #expect(refusals.isEmpty && rehearsals.count == 30)
        #expect(
            Set(rehearsals.map(\.part.device)).count == 1
                && rehearsals[0].part.availability?.sources.map(\.topic) == ["homeassistant/device/x1/status"])
        let climate = try #require(rehearsals.first { $0.part.component.description == "climate" })
        #expect(
            climate["target_temperature"] == 21.5 && climate["temperature"] == 19.5 && climate["mode"] == "heat" && climate["on"] == true)
        let siren = try #require(rehearsals.first { $0.part.component.description == "siren" })
        #expect(siren["on"] == true)
        for kind in ["date", "camera", "notify", "lawn_mower"] { #expect(rehearsals.contains { $0.part.component.description == kind }) }
        let lock = try #require(rehearsals.first { $0.part.component.description == "lock" })
        #expect(try lock.told(["open": true]) == ["homeassistant/device/x1/x1_lock_lock/command OPEN"])
    }

    @Test func componentsAnnouncedOneByOneAreOneDevice() throws {
        let (rehearsals, refusals) = try rehearse("alone")
        #expect(rehearsals.count == 14 && Set(rehearsals.map(\.part.device.identifier)) == ["cellar-1"])
        // Its trigger says "state_topic" where Home Assistant asks for "topic", and its image has no topic at all; both are kept and say nothing.
        #expect(refusals.isEmpty)
        let known = rehearsals.reduce(into: [:]) { $0[$1.part.component.description] = $1.known }
        #expect(
            known["switch"]?["on"] == true && known["light"]?["on"] == true && known["lock"]?["locked"] == true
                && known["binary_sensor"]?["binarysensor"] == true)
    }
}
