public import Foundation
public import LaresThings

/// What the devices of a virtual home would have reported on days gone by, as Lares would have recorded it.
///
/// ```swift
/// var home = VirtualHome(at: site, from: .now - 7 * 86_400, seed: 1)
/// let history = DemoHistory(of: &home, until: .now, names: try store.names())
/// try recorder.record(history.changes) { history.model.property($0) }     // before the devices report themselves
/// ```
public struct DemoHistory: Sendable {
    /// What changed, earliest first.
    public let changes: [Change]
    /// What stayed as it was, by the times of its pulses, earliest first.
    public let pulses: [(date: Date, pulses: [Pulse])]
    /// The things as they are at the end.
    public let model: HomeModel

    /// Lets the home live, and hears what its devices say.
    ///
    /// - Parameters:
    ///   - home: As it is at the beginning; as it is at the end afterwards.
    ///   - end: Until when.
    ///   - language: The language of the names.
    ///   - names: Names that things were given before.
    ///   - step: Seconds between looks, 1 to 60.
    public init(
        of home: inout VirtualHome, until end: Date, language: DemoLanguage = .english, names: ThingNames = ThingNames(), step: Double = 30
    ) {
        var model = HomeModel(names: names)
        let devices = DemoDevices(language: language, position: home.position).all
        Self.announce(devices, to: &model, at: home.date)
        var reporter = DemoReporter(devices), changes: [Change] = [], pulses: [(date: Date, pulses: [Pulse])] = []
        let step = min(60, max(1, step))
        while home.date + step <= end {
            home.pass(step)
            let date = home.date
            for (_, message) in reporter.reports(of: home) { model.receive(message, at: date) }
            _ = model.pass(to: date)
            for case .changed(let change) in model.takeEvents() { changes.append(change) }
            let mark = Pulse.mark(before: date)
            if date.timeIntervalSince(mark) < step, pulses.last?.date != mark { pulses.append((mark, model.pulses(at: mark))) }
        }
        (self.changes, self.pulses, self.model) = (changes, pulses, model)
    }

    private static func announce(_ devices: [DemoDevice], to model: inout HomeModel, at date: Date) {
        var readers: [any DiscoveryReader] = [HomeAssistantDiscovery(), TasmotaDiscovery()]
        for message in devices.flatMap(\.announcements) {
            for place in readers.indices {
                for case .part(let part) in readers[place].read(message) { try? model.install(part, at: date) }
            }
        }
        for device in devices { model.receive(device.presenceMessage(true), at: date) }
    }
}
