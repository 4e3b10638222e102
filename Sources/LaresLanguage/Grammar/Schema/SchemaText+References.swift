extension SchemaText {
    /// Schemas that have a name of their own (`$anchor`, `"$id": "#name"`, `$id`), by it.
    func anchors() -> [String: Int] {
        var anchors: [String: Int] = [:]
        for entry in entries {
            guard case .string(let name) = entry.value, entry.parent >= 0 else { continue }
            switch entry.step {
            case "$anchor": anchors["#" + name] = entry.parent
            case "$id", "id": if anchors[name] == nil { anchors[name] = entry.parent }
            default: break
            }
        }
        return anchors
    }

    /// The entry a reference of `schema` names; nil if it leads nowhere or outside.
    func resolve(_ reference: String, from schema: Int, _ anchors: [String: Int]) -> Int? {
        if let found = anchors[reference] { return found }
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let document = String(parts.first ?? "")
        let fragment = parts.count > 1 ? String(parts[1]) : ""
        let base: Int
        if document.isEmpty {
            base = resource(of: schema)
        } else {
            guard let found = anchors[document] ?? anchors[document + "#"] else { return nil }
            base = found
        }
        if fragment.isEmpty { return base }
        guard fragment.hasPrefix("/") else { return document.isEmpty ? nil : anchors["#" + fragment] }
        return follow(fragment, from: base)
    }

    /// The nearest schema around this one that is a document of its own.
    private func resource(of schema: Int) -> Int {
        var at = schema
        while at > 0 {
            if let id = member(at, "$id") ?? member(at, "id"), let name = string(id), !name.hasPrefix("#") { return at }
            at = entries[at].parent
        }
        return 0
    }

    private func follow(_ pointer: String, from base: Int) -> Int? {
        var at = base
        for step in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let step = Self.unescaped(step) else { return nil }
            switch entries[at].value {
            case .object:
                guard let next = member(at, step) else { return nil }
                at = next
            case .array(let items):
                guard let index = Int(step), items.indices.contains(index) else { return nil }
                at = items[index]
            default: return nil
            }
        }
        return at
    }

    /// A step of a pointer without `%XX`, `~0` and `~1`.
    private static func unescaped(_ step: Substring) -> String? {
        var bytes: [UInt8] = []
        let source = Array(step.utf8)
        var at = 0
        while at < source.count {
            if source[at] == 0x25, at + 2 < source.count,
                let value = UInt8(String(decoding: source[(at + 1)...(at + 2)], as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                at += 3
            } else if source[at] == 0x7E, at + 1 < source.count, source[at + 1] == 0x30 || source[at + 1] == 0x31 {
                bytes.append(source[at + 1] == 0x30 ? 0x7E : 0x2F)
                at += 2
            } else {
                bytes.append(source[at])
                at += 1
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
