import Foundation
import LaresPlaces
import LaresThings
import Testing

/// When devices do what they are told, and say so.
@Suite struct DemoStageTests {
    private let now = Date(timeIntervalSince1970: 1_795_000_000)

    private func stage(speed: Double = 1) throws -> DemoStage {
        DemoStage(try VirtualHomeTests.home(), DemoDevices(language: .english).all, at: now, speed: speed)
    }

    private func place(_ id: String, _ stage: DemoStage) throws -> Int { try #require(stage.devices.firstIndex { $0.id == id }) }

    @Test func nobodySpeaksBeforeItHasAnnouncedItself() throws {
        var stage = try stage()
        #expect(stage.pass(to: now + 60).isEmpty && stage.connected == 0)
        let lamp = try place("living_ceiling", stage)
        stage.expect(.announce, of: lamp, after: 0.4, at: now + 60)
        #expect(stage.pass(to: now + 60.3).isEmpty)
        let said = stage.pass(to: now + 60.5)
        #expect(said.allSatisfy { $0.device == lamp } && stage.connected == 1)
        let topics = said.map(\.message.topic)
        #expect(topics.prefix(1).allSatisfy { $0.hasPrefix("homeassistant/") } && topics.contains("demo-zigbee/living_ceiling"))
        #expect(topics.contains("demo-zigbee/living_ceiling/availability"))
    }

    @Test func anOrderIsCarriedOutAfterAWhileAndAnswered() throws {
        var stage = try stage()
        let lamp = try place("study_lamp", stage)
        stage.expect(.order(topic: "demo/study_lamp/set", text: #"{"state":"ON","brightness":51}"#), of: lamp, after: 0.1, at: now)
        #expect(stage.pass(to: now + 0.05).isEmpty)
        let said = stage.pass(to: now + 0.15).map { String(decoding: $0.message.payload, as: UTF8.self) }
        #expect(said == [#"{"state":"ON","brightness":51,"color_mode":"brightness"}"#])
    }

    @Test func whatIsNoOrderChangesNothing() throws {
        var stage = try stage()
        let lamp = try place("study_lamp", stage)
        let before = stage.home.lamps
        for text in ["", "{", "[]", #"{"state":7,"brightness":"x"}"#, String(repeating: "9", count: 500)] {
            stage.expect(.order(topic: "demo/study_lamp/set", text: text), of: lamp, after: 0, at: now)
        }
        stage.expect(.order(topic: "demo/other/set", text: "ON"), of: lamp, after: 0, at: now)
        _ = stage.pass(to: now + 0.1)
        #expect(stage.home.lamps == before)
    }

    @Test func timePassesFasterWhenItIsTold() throws {
        var stage = try stage(speed: 60)
        let before = stage.home.date
        _ = stage.pass(to: now + 10)
        #expect(abs(stage.home.date.timeIntervalSince(before) - 600) <= 3)
    }

    @Test func aMeterGoesOnFromWhatTheBrokerKept() throws {
        var stage = try stage()
        let meter = try place("grid_meter", stage)
        stage.recall(#"{"power":100,"load":400,"imported":812.5,"exported":90.25}"#, by: meter)
        #expect(stage.home.energy.imported.energy == 812.5 && stage.home.energy.exported.energy == 90.25)
        stage.recall(#"{"imported":3,"exported":"much"}"#, by: meter)
        #expect(stage.home.energy.imported.energy == 812.5 && stage.home.energy.exported.energy == 90.25)
    }
}
