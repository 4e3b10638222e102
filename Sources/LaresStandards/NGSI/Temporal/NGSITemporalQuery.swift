/// Which part of the past is asked for (clause 4.11), and in which form it is answered.
public struct NGSITemporalQuery: Sendable, Hashable {
    /// How moments lie to ``timeAt``.
    public enum Relation: String, Sendable, CaseIterable { case before, after, between }
    /// Which moment of an instance counts.
    public enum Property: String, Sendable, CaseIterable { case observedAt, createdAt, modifiedAt, deletedAt }
    /// How many values become one (clause 4.5.19).
    public enum Method: String, Sendable, CaseIterable { case totalCount, distinctCount, sum, avg, min, max, stddev, sumsq }

    /// How moments are to lie; nil: any way.
    public var relation: Relation?
    /// Microseconds since 1970.
    public var timeAt: Int?
    /// The end of what is between.
    public var endTimeAt: Int?
    /// Which moment counts.
    public var property = Property.observedAt
    /// How many of the last instances of each attribute; nil: all.
    public var lastN: Int?
    /// How values become one.
    public var methods: [Method] = []
    /// Months and microseconds of a period; nil: one period for all.
    public var period: (months: Int, micros: Int)?

    /// Everything.
    public init() {}

    /// - Throws: ``NGSIError`` with `badRequestData`.
    public init(
        relation: String?, timeAt: String?, endTimeAt: String?, property: String?, lastN: String?, methods: String?, period: String?
    ) throws {
        if let relation {
            guard let known = Relation(rawValue: relation) else { throw NGSIError.bad("timerel may be before, after or between") }
            guard let timeAt else { throw NGSIError.bad("timerel goes with timeAt") }
            self.relation = known
            self.timeAt = try Self.moment(timeAt, "timeAt")
            if known == .between {
                guard let endTimeAt else { throw NGSIError.bad("timerel=between goes with endTimeAt") }
                self.endTimeAt = try Self.moment(endTimeAt, "endTimeAt")
            }
        } else if timeAt != nil || endTimeAt != nil {
            throw NGSIError.bad("timeAt and endTimeAt go with timerel")
        }
        if let property {
            guard let known = Property(rawValue: property) else {
                throw NGSIError.bad("timeproperty may be observedAt, createdAt, modifiedAt or deletedAt")
            }
            self.property = known
        }
        if let lastN {
            guard let number = Int(lastN), number > 0 else { throw NGSIError.bad("lastN must be a whole number above 0") }
            self.lastN = number
        }
        try readPeriods(methods, period)
    }

    private mutating func readPeriods(_ methods: String?, _ period: String?) throws {
        self.methods = try (methods ?? "").split(separator: ",").map { word in
            guard let method = Method(rawValue: String(word)) else { throw NGSIError.bad("'\(word.prefix(60))' is no aggrMethod") }
            return method
        }
        guard let period else { return }
        guard let length = NGSITime.duration(period) else {
            throw NGSIError.bad("aggrPeriodDuration must be a duration such as PT1H or P1D")
        }
        if length.months > 0 || length.micros > 0 { self.period = length }
    }

    private static func moment(_ text: String, _ name: String) throws -> Int {
        guard let micros = NGSITime.micros(text) else {
            throw NGSIError.bad("'\(name)' must be a moment in UTC such as 2026-11-28T07:30:00Z")
        }
        return micros
    }

    /// Whether the latest come first.
    var isBackwards: Bool { lastN != nil }

    /// The moment of an instance that counts; nil: it has none.
    func moment(of instance: NGSIAttribute) -> Int? {
        switch property {
        case .observedAt: instance.observedAt.flatMap { NGSITime.micros($0) }
        case .createdAt: instance.createdAt
        case .modifiedAt: instance.modifiedAt
        case .deletedAt: instance.deletedAt
        }
    }

    /// By all of it.
    public static func == (one: Self, other: Self) -> Bool {
        one.relation == other.relation && one.timeAt == other.timeAt && one.endTimeAt == other.endTimeAt && one.property == other.property
            && one.lastN == other.lastN && one.methods == other.methods && one.period?.months == other.period?.months
            && one.period?.micros == other.period?.micros
    }

    /// By the moment and the number.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(timeAt)
        hasher.combine(lastN)
    }
}
