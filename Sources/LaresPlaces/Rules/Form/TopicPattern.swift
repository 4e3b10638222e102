/// A topic of MQTT with wildcards (MQTT 5, 4.7): "+" for one level, "#" for all that follow.
struct TopicPattern: Hashable, Sendable {
    private let levels: [Substring]

    /// Whether it is a topic without wildcards.
    let isPlain: Bool

    /// Nil for what is no such pattern.
    init?(_ text: String) {
        guard (1...512).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        levels = text.split(separator: "/", omittingEmptySubsequences: false)
        for (place, level) in levels.enumerated() where level.contains("+") || level.contains("#") {
            guard level == "+" || (level == "#" && place == levels.count - 1) else { return nil }
        }
        isPlain = !levels.contains("+") && levels.last != "#"
    }

    /// Whether a topic is one of these. Topics that begin with "$" aren't meant by wildcards.
    func matches(_ topic: String) -> Bool {
        let parts = topic.split(separator: "/", omittingEmptySubsequences: false)
        if topic.hasPrefix("$"), levels.first == "+" || levels.first == "#" { return false }
        for (place, level) in levels.enumerated() {
            if level == "#" { return true }
            guard place < parts.count, level == "+" || level == parts[place] else { return false }
        }
        return parts.count == levels.count
    }
}
