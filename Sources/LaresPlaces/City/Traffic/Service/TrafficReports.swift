internal import LaresControl
public import LaresThings
internal import Synchronization

/// Has junctions report themselves as things of the place, several times a minute.
public struct TrafficReports: Sendable {
    private let traffic: TrafficService
    private let publish: @Sendable (MQTTMessage) async throws -> Void
    /// Seconds between two reports.
    private static let period = 10

    /// - Parameter publish: Says something at the place's broker.
    public init(_ traffic: TrafficService, publish: @escaping @Sendable (MQTTMessage) async throws -> Void) {
        (self.traffic, self.publish) = (traffic, publish)
    }

    /// Reports until its task is cancelled. What can't be said now is said the next time.
    public func run() async {
        var announced: [String: JunctionThing] = [:]
        while !Task.isCancelled {
            announced = await step(announced)
            try? await Task.sleep(for: .seconds(Self.period))
        }
    }

    private func step(_ announced: [String: JunctionThing]) async -> [String: JunctionThing] {
        var announced = announced
        let (views, district, isRunning) = traffic.state.withLock { ($0.views, $0.source?.name, $0.status.state == .running) }
        if district == nil {
            for (name, thing) in announced where await says(thing.removal) { announced[name] = nil }
        }
        guard isRunning, district != nil else { return announced }
        for view in views {
            let thing = announced[view.plan.name] ?? view.thing
            if announced[view.plan.name] == nil {
                guard await says(thing.announcement) else { return announced }
                announced[view.plan.name] = thing
            }
            guard await says(thing.report(view.figures)) else { return announced }
        }
        return announced
    }

    private func says(_ message: MQTTMessage) async -> Bool {
        do { try await publish(message) } catch { return false }
        return true
    }
}
