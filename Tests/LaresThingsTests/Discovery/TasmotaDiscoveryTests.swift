import LaresJSON
import LaresTesting
import LaresThings
import Testing

@Suite struct TasmotaDiscoveryTests {
    private static func message(_ device: JSON) -> MQTTMessage {
        MQTTMessage("tasmota/discovery/\(TasmotaGoldenTests.mac)/config", device["config"]?.data ?? [])
    }

    @Test func sensorsMayComeFirstAndAllIsGoneWithTheDevice() throws {
        let device = try #require(TasmotaGoldenTests.devices.last)
        var discovery = TasmotaDiscovery()
        let first = discovery.read(MQTTMessage("tasmota/discovery/\(TasmotaGoldenTests.mac)/sensors", device["sensors"]?.data ?? []))
        #expect(first.isEmpty)
        let parts = discovery.read(Self.message(device)).compactMap(\.part)
        #expect(parts.map(\.objectID) == ["switch_1", "sensors", "status"])
        #expect(parts[0].device.identifier == TasmotaGoldenTests.mac && parts[0].device.others == ["mac/dc:4f:22:aa:bb:cc"])
        let names = parts[1].properties.map(\.name)
        #expect(
            names.contains("humidity") && names.contains("am2301_temperature") && names.contains("bmp280_temperature")
                && names.contains("energy"))
        #expect(discovery.questions(to: TasmotaGoldenTests.mac).map(\.topic) == ["cmnd/plug/STATE", "cmnd/plug/STATUS"])
        #expect(discovery.read(MQTTMessage("tasmota/discovery/\(TasmotaGoldenTests.mac)/config", "")).compactMap(\.gone).count == 3)
    }

    @Test func aDeviceThatSleepsIsNotAwayAndReportsItsBattery() throws {
        let device = try #require(TasmotaGoldenTests.devices.first?["config"])
        let config = device.serialized.replacing(#""bat":0,"dslp":0"#, with: #""bat":1,"dslp":1"#)
        var discovery = TasmotaDiscovery()
        let parts = discovery.read(MQTTMessage("tasmota/discovery/\(TasmotaGoldenTests.mac)/config", config)).compactMap(\.part)
        #expect(parts.allSatisfy { $0.availability == nil })
        var status = Rehearsal(try #require(parts.last))
        status.hear("tele/plug/STATE", #"{"UptimeSec":100,"BatteryPercentage":80,"Wifi":{"RSSI":70,"Signal":-65}}"#)
        #expect(status.known == ["signal": -65, "uptime": 100, "battery": 80])
        status.hear("stat/plug/STATUS11", #"{"StatusSTS":{"UptimeSec":200}}"#)
        #expect(status["uptime"] == 200)
    }

    @Test(arguments: ["tasmota/discovery/x/config", "tasmota/discovery/AA/other", "tasmota/discovery/AA/config/x", "other/AA/config"])
    func otherTopicsAreNone(topic: String) {
        var discovery = TasmotaDiscovery()
        #expect(discovery.read(MQTTMessage(topic, "{}")).isEmpty)
    }

    @Test func aMismatchedAddressIsRefused() throws {
        var discovery = TasmotaDiscovery()
        let device = try #require(TasmotaGoldenTests.devices.first)
        #expect(
            discovery.read(MQTTMessage("tasmota/discovery/001122334455/config", device["config"]?.data ?? [])).first?.refusal?.contains(
                "mac") == true)
    }

    @Test func damagedAnnouncementsNeverTrap() {
        var mutations = Mutations(seed: 11, pieces: Mutations.announcements)
        let devices = TasmotaGoldenTests.devices
        for number in 0..<Mutations.inputs / 10 {
            let device = devices[number % devices.count]
            var discovery = TasmotaDiscovery()
            _ = discovery.read(
                MQTTMessage("tasmota/discovery/\(TasmotaGoldenTests.mac)/config", mutations.mutate(device["config"]?.data ?? [])))
            let said = discovery.read(
                MQTTMessage("tasmota/discovery/\(TasmotaGoldenTests.mac)/sensors", mutations.mutate(device["sensors"]?.data ?? [])))
            for part in said.compactMap(\.part) {
                for reader in part.readers {
                    var payload = Payload(mutations.mutate(Array((device["messages"]?.elements?.last?.elements?[1].text ?? "").utf8)))
                    _ = try? reader.reports(of: &payload)
                }
            }
        }
    }
}
