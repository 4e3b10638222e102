internal import Foundation
internal import Synchronization

/// The Zigbee networks that Zigbee2MQTT keeps.
extension Home {
    /// The bridges there are, by their base topics.
    public func zigbeeBridges() -> [ZigbeeBridge] { state.withLock { $0.zigbee.byBase.values.sorted { $0.base < $1.base } } }

    /// Asks a bridge for something, and waits up to ten seconds for its answer.
    ///
    ///     try await home.ask(bridge: "zigbee2mqtt") { bridge, transaction throws(ThingsError) in
    ///         try bridge.permitJoin(seconds: 120, transaction: transaction)
    ///     }
    ///
    /// - Throws: ``ThingsError``: `unknown` for a bridge that isn't there, `noAnswer`, `broker`, and what the request throws.
    public func ask(
        bridge base: String, _ request: (ZigbeeBridge, String) throws(ThingsError) -> MQTTMessage
    ) async throws(ThingsError) -> ZigbeeResponse {
        guard let bridge = state.withLock({ $0.zigbee.byBase[base] }) else {
            throw ThingsError(.unknown, "there is no Zigbee2MQTT at '\(base.prefix(80))'")
        }
        let transaction = "lares-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let message = try request(bridge, transaction)
        let (answers, continuation) = AsyncStream.makeStream(of: ZigbeeResponse.self)
        state.withLock { $0.zigbeeWaiting[transaction] = continuation }
        defer { state.withLock { _ = $0.zigbeeWaiting.removeValue(forKey: transaction) } }
        try await publish(message)
        let patience = Task {
            try? await Task.sleep(for: .seconds(10))
            continuation.finish()
        }
        defer { patience.cancel() }
        for await answer in answers {
            guard answer.isDone else { throw ThingsError(.badValue, answer.error ?? "Zigbee2MQTT refused") }
            return answer
        }
        throw ThingsError(.noAnswer, "Zigbee2MQTT at '\(base)' didn't answer: is it running?")
    }
}

extension Home.State {
    /// Reads what a bridge says, and tells those who asked it.
    mutating func hearZigbee(_ message: MQTTMessage) {
        for case .response(let answer) in zigbee.read(message) {
            guard let waiting = answer.transaction.flatMap({ zigbeeWaiting[$0] }) else { continue }
            waiting.yield(answer)
            waiting.finish()
        }
    }
}
