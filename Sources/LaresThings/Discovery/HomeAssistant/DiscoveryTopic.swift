/// The topic of an announcement: `<prefix>/<component>/[<node>/]<object>/config`.
struct DiscoveryTopic: Hashable {
    let component: String
    let node: String?
    let object: String

    /// Nil for any other topic.
    init?(_ topic: String, prefix: String) {
        guard topic.utf8.count <= 500, topic.utf8.starts(with: prefix.utf8) else { return nil }
        let levels = topic.utf8.dropFirst(prefix.utf8.count).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard levels.count == 4 || levels.count == 5, levels[0].isEmpty, levels[levels.count - 1].elementsEqual("config".utf8) else {
            return nil
        }
        let names = levels.dropFirst().dropLast()
        guard names.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isName) }) else { return nil }
        let texts = names.map { String(decoding: $0, as: UTF8.self) }
        guard !texts[0].utf8.contains(UInt8(ascii: "-")) else { return nil }
        (component, node, object) = (texts[0], texts.count == 3 ? texts[1] : nil, texts[texts.count - 1])
    }

    /// The node and object, joined.
    var path: String { node.map { "\($0)/\(object)" } ?? object }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
    }
}
