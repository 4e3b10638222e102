/// A JSON value whose objects keep the order of their members.
///
/// One type reads and writes: what is read passes the bounds of ``JSON/init(parsing:maximumDepth:)``, what is written comes out the same way
/// each time.
public enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSON])
    case object(Members)

    /// The members of an object, in order.
    public struct Members: Sendable, Hashable, Sequence, ExpressibleByDictionaryLiteral {
        private var keys: [String] = []
        private var values: [JSON] = []

        /// No members.
        public init() {}

        /// These members, in order.
        public init(dictionaryLiteral elements: (String, JSON)...) {
            for (key, value) in elements { append(key, value) }
        }

        /// How many members there are, repeated names counted.
        public var count: Int { keys.count }

        /// The value of a name; the last one counts when a name is repeated. Setting appends or replaces.
        public subscript(key: String) -> JSON? {
            get { keys.lastIndex(of: key).map { values[$0] } }
            set {
                guard let newValue else { return }
                if let at = keys.lastIndex(of: key) { values[at] = newValue } else { append(key, newValue) }
            }
        }

        /// Adds a member at the end without looking whether its name is there already.
        public mutating func append(_ key: String, _ value: JSON) {
            keys.append(key)
            values.append(value)
        }

        /// The members in order, repeated names included.
        public func makeIterator() -> Iterator { Iterator(keys: keys.makeIterator(), values: values.makeIterator()) }

        /// Goes through the members of an object.
        public struct Iterator: IteratorProtocol {
            fileprivate var keys: IndexingIterator<[String]>
            fileprivate var values: IndexingIterator<[JSON]>

            /// The next member; nil behind the last.
            public mutating func next() -> (key: String, value: JSON)? {
                guard let key = keys.next(), let value = values.next() else { return nil }
                return (key, value)
            }
        }
    }

    /// The member of an object, or nil for anything else.
    public subscript(key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// The elements of an array, or nil for anything else.
    public var elements: [JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The text of a string, or nil for anything else.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// A number, whole or not; nil for anything else.
    public var number: Double? {
        switch self {
        case .int(let whole): Double(whole)
        case .double(let fraction): fraction
        default: nil
        }
    }

    /// A number that is whole and fits an `Int`; nil for anything else: what others send may be 1e300.
    public var whole: Int? {
        switch self {
        case .int(let number): number
        case .double(let number): Int(exactly: number)
        default: nil
        }
    }

    /// What kind of value this is, in words for an error message.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .int, .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

// Not by nil: beside a `JSON?` it would be read as null where nothing is meant.
extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// True or false.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// An array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object with these members, in order.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var members = Members()
        for (key, value) in elements { members.append(key, value) }
        self = .object(members)
    }
}
