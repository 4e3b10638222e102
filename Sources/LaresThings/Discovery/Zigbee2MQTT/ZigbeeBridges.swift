internal import Foundation
internal import LaresJSON

/// The Zigbee2MQTT bridges on a broker, found by what they say of themselves.
struct ZigbeeBridges: Sendable {
    /// The most bridges; more aren't kept.
    static let most = 16
    private(set) var byBase: [String: ZigbeeBridge] = [:]
    /// Those that haven't said who their coordinator is.
    private var candidates: [String: ZigbeeBridge] = [:]
    private static let infix = "/bridge/"
    private static let announced: Set<String> = ["info", "state", "devices", "groups", "event"]

    /// What a message says; empty when it is none of a bridge's.
    mutating func read(_ message: MQTTMessage) -> [ZigbeeBridge.Change] {
        guard let base = Self.base(of: message.topic) else { return [] }
        var bridge = byBase[base] ?? candidates[base] ?? ZigbeeBridge(base: base)
        let changes = bridge.read(message)
        guard byBase[base] == nil else {
            byBase[base] = bridge
            return changes
        }
        // A bridge says who its coordinator is, though perhaps not first; others use such topics too.
        guard bridge.coordinator != nil, byBase.count < Self.most else {
            if candidates[base] != nil || candidates.count < Self.most { candidates[base] = bridge }
            return []
        }
        (candidates[base], byBase[base]) = (nil, bridge)
        return changes
    }

    private static func base(of topic: String) -> String? {
        guard hasInfix(topic), let place = topic.range(of: infix), place.lowerBound > topic.startIndex else { return nil }
        let rest = topic[place.upperBound...]
        guard announced.contains(String(rest)) || rest.hasPrefix("response/") else { return nil }
        return String(topic[..<place.lowerBound])
    }

    /// Every message passes here, and nearly none is a bridge's: a look at its bytes is ten times as fast as a search for a text.
    private static func hasInfix(_ topic: String) -> Bool {
        var matched = 0
        for byte in topic.utf8 {
            matched = byte == pattern[matched] ? matched + 1 : byte == pattern[0] ? 1 : 0
            if matched == pattern.count { return true }
        }
        return false
    }

    private static let pattern = Array(infix.utf8)
}
