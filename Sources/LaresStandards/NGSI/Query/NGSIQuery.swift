import LaresJSON

/// Conditions on the attributes of entities, the query language of clause 4.9: `brandName!="Mercedes";(speed>50|speed.accuracy==0.9)`.
public struct NGSIQuery: Sendable, Hashable {
    indirect enum Node: Sendable, Hashable {
        case and([Node])
        case or([Node])
        case exists(Path)
        case absent(Path)
        case compare(Path, Operator, Target)
    }

    /// How a value is held against another.
    enum Operator: String, Sendable, Hashable, CaseIterable {
        case notMatches = "!~="
        case equal = "=="
        case notEqual = "!="
        case atLeast = ">="
        case atMost = "<="
        case matches = "~="
        case more = ">"
        case less = "<"
    }

    /// Which value is meant: an attribute, attributes of it behind points, keys of its value in brackets.
    struct Path: Sendable, Hashable {
        /// Expanded names; the last may be one of NGSI-LD's own, such as `observedAt`.
        var names: [String]
        var keys: [String]
        /// Attributes of what the first one leads to (`{Type}`), by the rest of the path.
        var linked: [String] = []
    }

    /// What a value is held against.
    enum Target: Sendable, Hashable {
        case value(JSON)
        case range(JSON, JSON)
        case list([JSON])
        case pattern(NGSIPattern)
    }

    let root: Node
    /// What was asked, as it was written.
    public let text: String

    /// How long a query may be, and how many conditions it may have.
    static let mostBytes = 16_384
    static let mostTerms = 200
}
