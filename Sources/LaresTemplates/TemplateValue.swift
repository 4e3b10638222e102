/// A value given to a template, or taken from one by a host's function.
public enum TemplateValue: Sendable, Hashable {
    /// `none`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number.
    case int(Int)
    /// A floating-point number.
    case double(Double)
    /// Text.
    case string(String)
    /// A list.
    case array([TemplateValue])
    /// A mapping with text as keys.
    case object(TemplateObject)
}

extension TemplateValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Creates `null`.
    public init(nilLiteral: ()) { self = .null }
    /// Creates a `bool`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Creates an `int`.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// Creates a `double`.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Creates a `string`.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Creates an `array`.
    public init(arrayLiteral elements: TemplateValue...) { self = .array(elements) }
    /// Creates an `object` with the keys in the order given; of equal keys the last value stays.
    public init(dictionaryLiteral elements: (String, TemplateValue)...) { self = .object(TemplateObject(elements)) }
}
