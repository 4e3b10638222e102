/// A value of SUMO's Traffic Control Interface.
public enum TraCIValue: Hashable, Sendable {
    /// Whole numbers of any width.
    case int(Int)
    /// A number.
    case double(Double)
    /// A text.
    case string(String)
    /// Texts.
    case strings([String])
    /// Numbers: a list, a position or a colour.
    case doubles([Double])
    /// Values of several kinds.
    case compound([TraCIValue])

    /// The number, whichever its kind; nil for what is none.
    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The texts; nil for what is none.
    public var texts: [String]? { if case .strings(let values) = self { values } else { nil } }

    /// The text; nil for what is none.
    public var text: String? { if case .string(let value) = self { value } else { nil } }
}

extension TraCIReader {
    private static let deepest = 8

    /// A value behind its type.
    mutating func value(depth: Int = 0) throws(TrafficError) -> TraCIValue {
        let type = try byte()
        switch type {
        case 0x07: return .int(Int(try byte()))
        case 0x08: return .int(Int(Int8(bitPattern: try byte())))
        case 0x09: return .int(try int())
        case 0x0B: return .double(try double())
        case 0x0C: return .string(try string())
        case 0x0E: return .strings(try strings())
        case 0x10: return .doubles(try doubles(try count(ofSize: 8)))
        case 0x00, 0x01: return .doubles(try doubles(2))
        case 0x02, 0x03: return .doubles(try doubles(3))
        case 0x11: return .doubles([Double(try byte()), Double(try byte()), Double(try byte()), Double(try byte())])
        case 0x0F where depth < Self.deepest: return .compound(try compound(depth: depth + 1))
        default: throw TrafficError(.badReply, "SUMO's reply has a value of the unknown type \(type), or one that is nested too deep")
        }
    }

    private mutating func strings() throws(TrafficError) -> [String] {
        let count = try count(ofSize: 4)
        var values: [String] = []
        for _ in 0..<count { values.append(try string()) }
        return values
    }

    private mutating func doubles(_ count: Int) throws(TrafficError) -> [Double] {
        var values: [Double] = []
        for _ in 0..<count { values.append(try double()) }
        return values
    }

    private mutating func compound(depth: Int) throws(TrafficError) -> [TraCIValue] {
        let count = try count(ofSize: 1)
        var values: [TraCIValue] = []
        for _ in 0..<count { values.append(try value(depth: depth)) }
        return values
    }
}
