internal import Foundation

/// The last message of each topic that nobody listens to yet: devices announce themselves and report in the same breath, and a broker sends what it
/// retains in any order.
struct UnheardMessages: Sendable {
    /// The most topics.
    static let limit = 20_000
    /// The most bytes of all payloads; a longer one than ``longest`` isn't kept.
    static let bytes = 16 << 20
    static let longest = 64 << 10

    private struct Entry: Sendable {
        let message: MQTTMessage
        let date: Date
        let number: Int
    }

    private var entries: [String: Entry] = [:]
    /// Topics in the order in which they came, those that came again or were taken included.
    private var order: [(topic: String, number: Int)] = []
    private var oldest = 0
    private var last = 0
    private var size = 0

    mutating func keep(_ message: MQTTMessage, at date: Date) {
        guard message.payload.count <= Self.longest else { return }
        last += 1
        forget(message.topic)
        entries[message.topic] = Entry(message: message, date: date, number: last)
        order.append((message.topic, last))
        size += Self.weight(message)
        while entries.count > Self.limit || size > Self.bytes { dropOldest() }
        if order.count - oldest > 2 * entries.count + 1_000 || oldest > Self.limit { compact() }
    }

    /// Takes out what was last said on a topic.
    mutating func take(_ topic: String) -> (message: MQTTMessage, date: Date)? {
        guard let entry = forget(topic) else { return nil }
        let message = entry.message
        return (MQTTMessage(message.topic, message.payload, quality: message.quality, isRetained: true), entry.date)
    }

    @discardableResult
    private mutating func forget(_ topic: String) -> Entry? {
        guard let entry = entries.removeValue(forKey: topic) else { return nil }
        size -= Self.weight(entry.message)
        return entry
    }

    private static func weight(_ message: MQTTMessage) -> Int { message.payload.count + message.topic.utf8.count }

    private mutating func dropOldest() {
        let (topic, number) = order[oldest]
        oldest += 1
        if entries[topic]?.number == number { forget(topic) }
    }

    private mutating func compact() {
        order = order[oldest...].filter { entries[$0.topic]?.number == $0.number }
        oldest = 0
    }
}
