/// The kinds of entities that OGC SensorThings 1.1 (18-088, §8) knows.
///
/// What an entity has and what it is linked to is data (``properties``, ``relations``): reading, writing, filtering and expanding follow it.
enum STAKind: String, Hashable, Sendable, CaseIterable {
    case thing = "Thing"
    case location = "Location"
    case historicalLocation = "HistoricalLocation"
    case datastream = "Datastream"
    case multiDatastream = "MultiDatastream"
    case sensor = "Sensor"
    case observedProperty = "ObservedProperty"
    case observation = "Observation"
    case feature = "FeatureOfInterest"

    /// The name of one entity: "Thing". Its table has the same.
    var single: String { rawValue }

    /// The name of the set of all: "Things".
    var set: String {
        switch self {
        case .observedProperty: "ObservedProperties"
        case .feature: "FeaturesOfInterest"
        default: rawValue + "s"
        }
    }

    /// The kind of a set, by its name.
    init?(set: some StringProtocol) {
        guard let kind = Self.allCases.first(where: { $0.set == set }) else { return nil }
        self = kind
    }

    /// The property of a name; nil when there is none.
    func property(_ name: some StringProtocol) -> STAProperty? { properties.first { $0.name == name } }

    /// The link of a name; nil when there is none.
    func relation(_ name: some StringProtocol) -> STARelation? { relations.first { $0.name == name } }

    /// What one may name in a query, for messages.
    var names: String { (["id"] + properties.map(\.name) + relations.map(\.name)).joined(separator: ", ") }
}

/// One value of an entity.
struct STAProperty: Hashable, Sendable {
    /// How it is kept.
    enum Form: Hashable, Sendable {
        /// A text in one column.
        case text
        /// Any JSON, as text in one column.
        case json
        /// A GeoJSON object or what else its encoding says, as JSON in one column.
        case geometry
        /// A point in time: whole milliseconds in one column.
        case instant
        /// A point in time or a stretch of it: two columns, the same number twice for a point.
        case period
        /// What was observed: a number, text or other JSON in one column, and in another which of them.
        case result
    }

    let name: String
    let form: Form
    /// Whether an entity can't be without it.
    var isRequired = false
    /// Whether null is shown.
    var isShownWhenNull = false
    /// Whether only the service sets it.
    var isComputed = false

    /// The columns it is kept in.
    var columns: [String] {
        switch form {
        case .text, .json, .geometry, .instant: [name]
        case .period: [name + "_start", name + "_end"]
        case .result: ["result", "resultKind"]
        }
    }
}

/// A link from one kind of entity to another.
struct STARelation: Hashable, Sendable {
    /// How it is kept.
    enum Form: Hashable, Sendable {
        /// To one: a column of our own holds its id.
        case one(column: String, isRequired: Bool)
        /// To many: a column of theirs holds our id.
        case many(column: String)
        /// To many from many: a table of pairs.
        case pairs(table: String, own: String, theirs: String)
    }

    let name: String
    let target: STAKind
    let form: Form

    /// Whether it leads to a set.
    var isMany: Bool {
        if case .one = form { false } else { true }
    }

    /// The column of our own that holds the link; nil: there is none.
    var column: String? {
        if case .one(let column, _) = form { column } else { nil }
    }
}
