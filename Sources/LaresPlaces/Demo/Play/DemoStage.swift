package import Foundation
package import LaresThings

/// A virtual home with its devices, and what they were told and haven't done yet. It does nothing by itself: it is told what comes and what time
/// it is, and says what must be published.
package struct DemoStage: Sendable {
    /// Something that a device will do.
    package enum Deed: Sendable {
        /// Announces itself and says how it is.
        case announce
        /// Does what a message on a topic says.
        case order(topic: String, text: String)
    }

    package private(set) var home: VirtualHome
    private var reporter: DemoReporter
    private var deeds: [(due: Date, device: Int, deed: Deed)] = []
    /// Which devices have announced themselves since they were connected: others say nothing, as nobody would hear it.
    private var isReady: [Bool]
    private let began: Date, speed: Double
    private let start: Date

    /// - Parameters:
    ///   - home: As it is now.
    ///   - now: What time it is here.
    ///   - speed: Seconds that pass in it for each of ours.
    package init(_ home: VirtualHome, _ devices: [DemoDevice], at now: Date, speed: Double) {
        (self.home, reporter, began, start) = (home, DemoReporter(devices), now, home.date)
        self.speed = min(3_600, max(0.1, speed))
        isReady = devices.map { _ in false }
    }

    package var devices: [DemoDevice] { reporter.devices }

    /// How many devices have announced themselves.
    package var connected: Int { isReady.count { $0 } }

    /// A device will do something after a while.
    package mutating func expect(_ deed: Deed, of device: Int, after seconds: Double, at now: Date) {
        // A device that is told more than it can do forgets.
        guard deeds.count < 1_000 else { return }
        deeds.append((now + seconds, device, deed))
    }

    /// A device was connected, or isn't any more.
    package mutating func lost(_ device: Int) { isReady[device] = false }

    /// What a device hears that it said before it was started again: its meter goes on from there.
    package mutating func recall(_ text: String, by device: Int) { devices[device].recall?(&home, text) }

    /// Lets time pass: what must be published now, with the places of the devices.
    package mutating func pass(to now: Date) -> [(device: Int, message: MQTTMessage)] {
        let target = start + now.timeIntervalSince(began) * speed
        // At great speed, and after a long sleep, looks are further apart: more would be seen by nobody.
        let step = target.timeIntervalSince(home.date) > 3_600 ? 60 : min(30, max(1, (speed / 20).rounded()))
        home.advance(to: target, step: step)
        var messages: [(device: Int, message: MQTTMessage)] = []
        let due = deeds.filter { $0.due <= now }
        deeds.removeAll { $0.due <= now }
        for (_, device, deed) in due.sorted(by: { $0.due < $1.due }) { messages += perform(deed, by: device).map { (device, $0) } }
        return messages + reporter.reports(of: home).filter { isReady[$0.device] }
    }

    private mutating func perform(_ deed: Deed, by device: Int) -> [MQTTMessage] {
        switch deed {
        case .announce:
            isReady[device] = true
            return devices[device].announcements + [devices[device].presenceMessage(true)] + reporter.answer(of: device, home)
        case .order(let topic, let text):
            guard let order = devices[device].orders[topic] else { return [] }
            order(&home, text)
            return reporter.answer(of: device, home)
        }
    }
}
