/// A value while a template runs. Lists and mappings never change once made, so no value can contain itself;
/// a namespace can, and is emptied when its render ends.
enum Value {
    case undefined(String)
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    /// Text that `safe` or `escape` marked: adding plain text to it escapes that for HTML.
    case markup(String)
    case list(List)
    case mapping(Mapping)
    case namespace(Namespace)
    case loop(LoopState)
    case callable(Callable)

    /// How many lists and mappings are nested in this one, itself included.
    var depth: Int {
        switch self {
        case .list(let list): list.depth
        case .mapping(let mapping): mapping.depth
        case .loop(let loop): loop.depth
        case .callable(let callable): callable.depth
        default: 0
        }
    }

    var isUndefined: Bool {
        if case .undefined = self { true } else { false }
    }

    /// What Python calls the type, for messages.
    var typeName: String {
        switch self {
        case .undefined: "undefined"
        case .null: "none"
        case .bool: "bool"
        case .int: "int"
        case .double: "float"
        case .string, .markup: "str"
        case .list(let list): list.kind.name
        case .mapping: "dict"
        case .namespace: "namespace"
        case .loop: "loop"
        case .callable: "function"
        }
    }

    /// Python's truth: empty things, zero, none and undefined are false.
    var isTrue: Bool {
        switch self {
        case .undefined, .null: false
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .double(let number): number != 0
        case .string(let text), .markup(let text): !text.isEmpty
        case .list(let list): list.kind == .generator || !list.elements.isEmpty
        case .mapping(let mapping): mapping.count > 0
        case .namespace, .loop, .callable: true
        }
    }

    /// The whole number in an int or bool, as Python's arithmetic sees them.
    var integer: Int? {
        switch self {
        case .int(let number): number
        case .bool(let flag): flag ? 1 : 0
        default: nil
        }
    }

    /// The number in an int, bool or float.
    var number: Double? {
        if case .double(let number) = self { return number }
        return integer.map(Double.init)
    }

    var text: String? {
        switch self {
        case .string(let text), .markup(let text): text
        default: nil
        }
    }

    /// The value without its mark.
    var plain: Value {
        if case .markup(let text) = self { .string(text) } else { self }
    }

    /// Whether one of two values is marked, so that both must be made plain before they are looked at.
    static func anyMarked(_ a: Value, _ b: Value) -> Bool {
        switch (a, b) {
        case (.markup, _), (_, .markup): true
        default: false
        }
    }
}

/// Names whose values live until their render ends, filled with `{% set ns.x = … %}`.
final class Namespace {
    private(set) var names: [String] = []
    private(set) var values: [Value] = []
    private var places: [CodePoints: Int] = [:]

    subscript(_ name: String) -> Value? {
        get { places[CodePoints(name)].map { values[$0] } }
        set {
            guard let newValue else { return }
            if let place = places[CodePoints(name)] {
                values[place] = newValue
            } else {
                places[CodePoints(name)] = names.count
                names.append(name)
                values.append(newValue)
            }
        }
    }

    func empty() { (names, values, places) = ([], [], [:]) }
}
