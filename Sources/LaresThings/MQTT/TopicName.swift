/// What MQTT allows as topics and filters (MQTT 5.0, section 4.7).
public enum TopicName {
    /// Whether a message can be published there: 1 to 65,535 bytes, no wildcards, no control characters.
    public static func isTopic(_ text: String) -> Bool {
        isName(text) && !text.utf8.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
    }

    /// Whether it can be subscribed to: "+" and "#" stand for whole levels, "#" only at the end.
    public static func isFilter(_ text: String) -> Bool {
        guard isName(text) else { return false }
        let levels = text.split(separator: "/", omittingEmptySubsequences: false)
        return levels.enumerated().allSatisfy { place, level in
            level == "+" || (level == "#" && place == levels.count - 1)
                || !level.utf8.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
        }
    }

    private static func isName(_ text: String) -> Bool {
        (1...65_535).contains(text.utf8.count) && !text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }

    /// Whether a topic is among those that a filter stands for. Wildcards at the beginning don't stand for "$SYS" and its like (4.7.2).
    public static func matches(_ topic: String, _ filter: String) -> Bool {
        if topic.hasPrefix("$"), !filter.hasPrefix("$") { return false }
        var (wanted, given) = (filter.utf8[...], topic.utf8[...])
        while true {
            let (a, b) = (wanted.prefix { $0 != UInt8(ascii: "/") }, given.prefix { $0 != UInt8(ascii: "/") })
            if a.elementsEqual("#".utf8) { return true }
            guard a.elementsEqual("+".utf8) || a.elementsEqual(b) else { return false }
            (wanted, given) = (wanted[a.endIndex...], given[b.endIndex...])
            if given.isEmpty { return wanted.isEmpty || wanted.elementsEqual("/#".utf8) }
            if wanted.isEmpty { return false }
            (wanted, given) = (wanted.dropFirst(), given.dropFirst())
        }
    }
}
