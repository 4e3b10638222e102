internal import Foundation
internal import LaresThings
internal import Synchronization

/// One device as a client of the broker: hears what it is told, and has the stage do it.
final class DemoPlayer: MQTTReceiver {
    private let place: Int
    private let device: DemoDevice
    private let stage: SharedStage
    private let clock: any TimeSource

    init(_ place: Int, _ device: DemoDevice, on stage: SharedStage, clock: any TimeSource) {
        (self.place, self.device, self.stage, self.clock) = (place, device, stage, clock)
    }

    /// What it listens to.
    var filters: [String] { ["homeassistant/status"] + device.orders.keys.sorted() + (device.recall == nil ? [] : [device.stateTopic]) }

    func receive(_ messages: [MQTTMessage]) throws {
        let now = clock.now
        for message in messages {
            let text = String(decoding: message.payload.prefix(4_096), as: UTF8.self)
            stage.mutex.withLock { stage in
                if message.topic == "homeassistant/status" {
                    // Not all at once, as real devices wait a little, each another time.
                    if text == "online" { stage.expect(.announce, of: place, after: Double.random(in: 0.05...0.5), at: now) }
                } else if message.topic == device.stateTopic, device.recall != nil {
                    if message.isRetained { stage.recall(text, by: place) }
                } else if !message.isRetained {
                    let order = DemoStage.Deed.order(topic: message.topic, text: text)
                    stage.expect(order, of: place, after: Double.random(in: device.delay), at: now)
                }
            }
        }
    }

    func changed(_ status: MQTTStatus) {
        let now = clock.now
        stage.mutex.withLock { stage in
            if status.state == .connected {
                // What it said before comes first, so that it can go on from there.
                stage.expect(.announce, of: place, after: 0.4, at: now)
            } else {
                stage.lost(place)
            }
        }
    }
}

/// The stage that all players share.
final class SharedStage: Sendable {
    let mutex: Mutex<DemoStage>

    init(_ stage: DemoStage) { mutex = Mutex(stage) }
}
