/// A mapping that keeps the order in which keys were added, as Python's `dict` does.
///
/// Keys are compared by their code points: two spellings of "é" are two keys.
public struct TemplateObject: Sendable {
    /// The keys, in order.
    public private(set) var keys: [String] = []
    /// The values, in the order of ``keys``.
    public private(set) var values: [TemplateValue] = []
    private var positions: [CodePoints: Int] = [:]

    /// Creates an empty mapping.
    public init() {}

    /// Creates a mapping of pairs; of equal keys the last value stays, at the place of the first.
    public init(_ pairs: [(String, TemplateValue)]) {
        for (key, value) in pairs { self[key] = value }
    }

    /// The number of keys.
    public var count: Int { keys.count }

    /// The value of a key. Setting a new key puts it last; setting nil removes the key.
    public subscript(_ key: String) -> TemplateValue? {
        get { positions[CodePoints(key)].map { values[$0] } }
        set {
            switch (positions[CodePoints(key)], newValue) {
            case (let position?, let value?): values[position] = value
            case (nil, let value?):
                positions[CodePoints(key)] = keys.count
                keys.append(key)
                values.append(value)
            case (let position?, nil): remove(at: position)
            case (nil, nil): break
            }
        }
    }

    private mutating func remove(at position: Int) {
        keys.remove(at: position)
        values.remove(at: position)
        positions = [:]
        for (index, key) in keys.enumerated() { positions[CodePoints(key)] = index }
    }
}

extension TemplateObject: Hashable {
    /// Whether both hold the same keys and values, in whatever order.
    public static func == (a: TemplateObject, b: TemplateObject) -> Bool {
        a.count == b.count && zip(a.keys, a.values).allSatisfy { b[$0] == $1 }
    }

    /// Hashes the keys, whatever their order.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(keys.reduce(0) { $0 ^ CodePoints($1).hashValue })
    }
}

extension TemplateObject: ExpressibleByDictionaryLiteral {
    /// Creates a mapping of the pairs in the order given.
    public init(dictionaryLiteral elements: (String, TemplateValue)...) { self.init(elements) }
}
