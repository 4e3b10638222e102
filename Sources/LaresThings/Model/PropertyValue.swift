public import LaresJSON

/// What a property can be.
public enum PropertyValue: Hashable, Sendable {
    /// On, open, moving, locked: what the property's name says is so, or isn't.
    case boolean(Bool)
    /// A finite number in the property's unit.
    case number(Double)
    /// A choice, a state or a text.
    case text(String)
    /// A colour.
    case color(Color)
}

extension PropertyValue {
    /// True or false; nil for other kinds.
    public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    /// A number; nil for other kinds.
    public var number: Double? { if case .number(let value) = self { value } else { nil } }
    /// A text; nil for other kinds.
    public var text: String? { if case .text(let value) = self { value } else { nil } }
    /// A colour; nil for other kinds.
    public var color: Color? { if case .color(let value) = self { value } else { nil } }

    /// As JSON: true, 21.5, "heat", or `{"hue": 30, "saturation": 80}`. Whole numbers are written without a point.
    public var json: JSON {
        switch self {
        case .boolean(let value): .bool(value)
        case .number(let value): Int(exactly: value).map { .int($0) } ?? .double(value)
        case .text(let value): .string(value)
        case .color(let color): ["hue": .double(color.hue), "saturation": .double(color.saturation)]
        }
    }

    /// A value as ``json`` writes it; nil for null and for what is no value.
    public init?(_ json: JSON) {
        switch json {
        case .bool(let value): self = .boolean(value)
        case .int(let value): self = .number(Double(value))
        case .double(let value): self = .number(value)
        case .string(let value): self = .text(value)
        case .object:
            guard let hue = json["hue"]?.number, let saturation = json["saturation"]?.number,
                let color = Color(hue: hue, saturation: saturation)
            else { return nil }
            self = .color(color)
        case .null, .array: return nil
        }
    }
}
