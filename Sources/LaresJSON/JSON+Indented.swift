extension JSON {
    /// The value as text for people: members on lines of their own, lists of plain values on one line.
    public var indented: String {
        var text = ""
        write(into: &text, depth: 0)
        return text
    }

    private func write(into text: inout String, depth: Int) {
        switch self {
        case .object(let members) where members.count > 0:
            text += "{\n"
            for (place, (key, value)) in members.enumerated() {
                text += JSON.indent(depth + 1) + JSON.string(key).serialized + ": "
                value.write(into: &text, depth: depth + 1)
                text += place + 1 < members.count ? ",\n" : "\n"
            }
            text += JSON.indent(depth) + "}"
        case .array(let elements) where elements.contains(where: \.isNested):
            text += "[\n"
            for (place, element) in elements.enumerated() {
                text += JSON.indent(depth + 1) + element.oneLine + (place + 1 < elements.count ? ",\n" : "\n")
            }
            text += JSON.indent(depth) + "]"
        default: text += oneLine
        }
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

    private var isNested: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    /// With a space behind colons and commas.
    private var oneLine: String {
        switch self {
        case .array(let elements): "[" + elements.map(\.oneLine).joined(separator: ", ") + "]"
        case .object(let members): "{" + members.map { JSON.string($0).serialized + ": " + $1.oneLine }.joined(separator: ", ") + "}"
        default: serialized
        }
    }
}
