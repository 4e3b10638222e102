/// What `$filter` and `$orderby` say, as it was written (OGC 18-088, §9.3.3.5; OData 4, ABNF).
indirect enum STAExpression: Hashable, Sendable {
    /// A value that was written out.
    enum Literal: Hashable, Sendable {
        case null
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case text(String)
        case instant(Int64)
        case period(Int64, Int64)
        /// A day: the milliseconds since 1970 of its beginning in UTC.
        case day(Int64)
        /// A time of day, in milliseconds.
        case clock(Int64)
        case duration(Int64)
        /// Well-known text that is one geometry.
        case geometry(String)
    }

    /// What stands between two values, the loosest first.
    enum Operator: String, Hashable, Sendable {
        case or, and, eq, ne, gt, ge, lt, le, add, sub, mul, div, mod

        /// How tightly it binds: more is tighter.
        var rank: Int {
            switch self {
            case .or: 1
            case .and: 2
            case .eq, .ne: 3
            case .gt, .ge, .lt, .le: 4
            case .add, .sub: 5
            case .mul, .div, .mod: 6
            }
        }
    }

    case literal(Literal)
    /// A property, by links and names: `Datastream/unitOfMeasurement/name`; at is where it stands in the text.
    case path([String], at: Int)
    case call(String, [STAExpression], at: Int)
    case binary(Operator, STAExpression, STAExpression, at: Int)
    /// `a in (b, c)`
    case among(STAExpression, [STAExpression], at: Int)
    case not(STAExpression)
    case negative(STAExpression, at: Int)
}

/// What a request asks of a set or an entity.
struct STAOptions: Hashable, Sendable {
    struct Order: Hashable, Sendable {
        let by: STAExpression
        let isDescending: Bool
    }

    /// Links that are to be followed and shown in place.
    struct Expansion: Hashable, Sendable {
        let relation: String
        let at: Int
        var options: STAOptions
    }

    var filter: STAExpression?
    var order: [Order] = []
    /// Names of properties and links; nil: all.
    var select: [String]?
    var expand: [Expansion] = []
    var top: Int?
    var skip = 0
    /// Only entities behind this id, for the next page of a set in the order of its ids.
    var after: Int64?
    var count = false
    var isDataArray = false
    /// The options as they were written, for links to the next page.
    var source: [Pair] = []

    struct Pair: Hashable, Sendable {
        let name: String
        let text: String
    }

    /// Adds a path of links; what is there already is joined.
    mutating func add(_ path: ArraySlice<String>, at: Int, _ options: STAOptions) {
        guard let first = path.first else { return }
        let place = expand.firstIndex { $0.relation == first }
        var inner = place.map { expand[$0].options } ?? STAOptions()
        if path.count == 1 {
            let old = inner.expand
            inner = options
            for expansion in old { inner.add([expansion.relation], at: expansion.at, expansion.options) }
        } else {
            inner.add(path.dropFirst(), at: at, options)
        }
        if let place { expand[place].options = inner } else { expand.append(Expansion(relation: first, at: at, options: inner)) }
    }
}
