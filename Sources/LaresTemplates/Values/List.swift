/// A list, a tuple, or one of the things Python makes by looking at another.
final class List {
    enum Kind: Equatable {
        case list
        case tuple
        /// The pair that `groupby` makes: `grouper` and `list`.
        case group
        case range(from: Int, to: Int, by: Int)
        /// `dict_keys`, `dict_values` or `dict_items`.
        case view(String)
        /// What `map`, `select` and their like give: it can be walked, but has neither length nor places.
        case generator

        var name: String {
            switch self {
            case .list: "list"
            case .tuple, .group: "tuple"
            case .range: "range"
            case .view(let name): name
            case .generator: "generator"
            }
        }

        /// Whether elements have a place that `x[0]` can name.
        var hasPlaces: Bool {
            switch self {
            case .list, .tuple, .group, .range: true
            case .view, .generator: false
            }
        }
    }

    let elements: [Value]
    let kind: Kind
    let depth: Int

    /// - Throws: when the list is too long or nested too deeply.
    init(_ elements: [Value], kind: Kind = .list, _ render: Render) throws {
        self.elements = elements
        self.kind = kind
        depth = try render.depth(ofContainerWith: elements)
    }
}

/// A mapping. Small ones are searched from the front; larger ones have an index.
final class Mapping {
    let keys: [Value]
    let values: [Value]
    let depth: Int
    private let positions: [Key: Int]?

    private static let indexedFrom = 9

    var count: Int { keys.count }

    /// Makes a mapping of keys that differ from each other.
    init(texts: [String], values: [Value], _ render: Render) throws {
        keys = texts.map(Value.string)
        self.values = values
        depth = try render.depth(ofContainerWith: values)
        positions =
            texts.count < Self.indexedFrom
            ? nil : Dictionary(zip(texts, texts.indices).map { (Key.text(CodePoints($0)), $1) }, uniquingKeysWith: { first, _ in first })
    }

    /// Makes a mapping; of equal keys the last value stays, at the place of the first, as in Python.
    init(pairs: [(Value, Value)], _ render: Render) throws {
        var keys: [Value] = []
        var values: [Value] = []
        var positions: [Key: Int] = [:]
        for (key, value) in pairs {
            let hashed = try Key(key, render)
            if let position = positions[hashed] {
                values[position] = value
            } else {
                positions[hashed] = keys.count
                keys.append(key)
                values.append(value)
            }
        }
        self.keys = keys
        self.values = values
        self.positions = positions
        depth = try render.depth(ofContainerWith: values)
    }

    subscript(_ text: String) -> Value? {
        if let positions { return positions[.text(CodePoints(text))].map { values[$0] } }
        for (position, key) in keys.enumerated() {
            if case .string(let own) = key, sameText(own, text) { return values[position] }
        }
        return nil
    }

    /// - Throws: when the key is of a kind that can't be a key.
    func value(of key: Value, _ render: Render) throws -> Value? {
        if let text = key.text { return self[text] }
        let hashed = try Key(key, render)
        if let positions { return positions[hashed].map { values[$0] } }
        return nil
    }
}

/// What a mapping finds its values by: equal numbers are equal keys, whatever their type.
enum Key: Hashable {
    case null
    case int(Int)
    case double(Double)
    case text(CodePoints)

    init(_ value: Value, _ render: Render) throws {
        switch value {
        case .null: self = .null
        case .bool, .int: self = .int(value.integer ?? 0)
        case .double(let number): self = Int(exactly: number).map(Key.int) ?? .double(number)
        case .string(let text), .markup(let text):
            try render.spend(text.utf8.count / 32)
            self = .text(CodePoints(text))
        default: throw TemplateError.invalid("a \(value.typeName) can't be a key: use text or a number")
        }
    }
}
