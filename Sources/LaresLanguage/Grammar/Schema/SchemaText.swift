/// A JSON text as a table of values, so that places in a schema have numbers. Numbers keep their digits, objects their order.
struct SchemaText: Sendable {
    enum Value: Sendable {
        case null
        case bool(Bool)
        case number(Decimal)
        case string(String)
        case array([Int])
        case object([(key: String, value: Int)])
    }

    struct Entry: Sendable {
        var value: Value
        var parent: Int
        /// The key or index under which the parent has this.
        var step: String
    }

    private(set) var entries: [Entry] = []

    subscript(_ index: Int) -> Value { entries[index].value }

    mutating func append(_ value: Value, parent: Int, step: String) -> Int {
        entries.append(Entry(value: value, parent: parent, step: step))
        return entries.count - 1
    }

    mutating func set(_ index: Int, _ value: Value) { entries[index].value = value }

    /// The member of an object.
    func member(_ index: Int, _ key: String) -> Int? {
        guard case .object(let members) = entries[index].value else { return nil }
        return members.first { $0.key == key && $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    func string(_ index: Int) -> String? {
        if case .string(let text) = entries[index].value { text } else { nil }
    }

    /// Where a value stands, as a JSON pointer in a fragment.
    func pointer(_ index: Int) -> String {
        var steps: [String] = []
        var at = index
        while at > 0 {
            steps.append(entries[at].step)
            at = entries[at].parent
        }
        return "#" + steps.reversed().map { "/" + Self.escaped($0) }.joined()
    }

    private static func escaped(_ step: String) -> String {
        var text = ""
        for character in step.unicodeScalars {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    /// Whether two values are the same JSON value; numbers by value, objects in any order.
    func isEqual(_ first: Int, _ second: Int) -> Bool {
        switch (entries[first].value, entries[second].value) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.number(let a), .number(let b)): return a == b
        case (.string(let a), .string(let b)): return Array(a.unicodeScalars) == Array(b.unicodeScalars)
        case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy { isEqual($0, $1) }
        case (.object(let a), .object(let b)):
            return a.count == b.count && a.allSatisfy { key, value in member(second, key).map { isEqual(value, $0) } ?? false }
        default: return false
        }
    }
}
