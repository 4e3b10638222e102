public import LaresJSON

/// A forecaster that has learnt and can be kept in a file.
public protocol StorableForecaster: FittedForecaster {
    /// All that it learnt.
    var stored: JSON { get }
    /// What each series chose, for people.
    var names: [String] { get }
}

/// A forecaster that learnt several series together.
protocol SharedForecaster: FittedForecaster {
    /// What forecasts one of them, and can be kept in a file.
    func alone(_ place: Int) -> any StorableForecaster
}

/// The forecasters that a plan may name.
public struct ForecasterKinds: Sendable {
    /// One of them.
    public struct Kind: Sendable {
        /// The name in plans and files.
        public let name: String
        /// Whether "auto" tries it.
        public let isChosen: Bool
        /// Whether it looks at what is known beforehand.
        public let takesCovariates: Bool
        /// Whether it learns all series of a plan together.
        public let isShared: Bool
        /// Makes one with a plan's settings; nil where the plan has none for it, such as no season.
        public let make: @Sendable (ForecastPlan) throws -> (any Forecaster)?
        /// Reads what ``StorableForecaster/stored`` wrote; throws for anything else.
        public let read: @Sendable (JSON) throws -> any StorableForecaster

        /// A kind of forecaster.
        public init(
            _ name: String, isChosen: Bool = true, takesCovariates: Bool = false, isShared: Bool = false,
            make: @escaping @Sendable (ForecastPlan) throws -> (any Forecaster)?,
            read: @escaping @Sendable (JSON) throws -> any StorableForecaster
        ) {
            (self.name, self.isChosen, self.takesCovariates, self.make, self.read) = (name, isChosen, takesCovariates, make, read)
            self.isShared = isShared
        }
    }

    /// All of them, in the order in which "auto" tries them.
    public let kinds: [Kind]

    /// These kinds.
    public init(_ kinds: [Kind]) { self.kinds = kinds }

    /// Exponential smoothing, what it has to be better than, and the one that knows calendars, which "auto" tries where a plan has one.
    public static let classic = ForecasterKinds([
        Kind("ets", make: { try AutoSmoothing(seasons: $0.seasons) }, read: { try FittedSmoothing($0) }),
        Kind(
            "seasonal-naive", make: { plan in try plan.seasons.last.map { try SeasonalNaive(season: $0) } }, read: { try FittedNaive($0) }),
        Kind("naive", make: { _ in Naive() }, read: { try FittedNaive($0) }),
        Kind("linear", takesCovariates: true, make: { try CalendarLinear($0) }, read: { try FittedCalendarMap<FittedLinear>($0) }),
        Kind(
            "stid", isChosen: false, takesCovariates: true, isShared: true, make: { try CalendarNeural($0) },
            read: { try FittedCalendarMap<FittedNeural>($0) }),
        Kind("drift", isChosen: false, make: { _ in Drift() }, read: { try FittedNaive($0) }),
    ])

    /// The kinds that a plan's model means.
    ///
    /// - Throws: `ForecastError.badSetting` for an unknown name, for a model that the plan lacks the settings of, and for covariates that none looks at.
    func kinds(for plan: ForecastPlan) throws -> [(kind: Kind, forecaster: any Forecaster)] {
        let isAuto = plan.model == "auto"
        let wanted = kinds.filter { isAuto ? $0.isChosen : $0.name == plan.model }
        guard !wanted.isEmpty else {
            throw ForecastError(
                .badSetting, "there is no model '\(plan.model)': use 'auto', \(kinds.map { "'\($0.name)'" }.joined(separator: ", "))")
        }
        let made = try wanted.compactMap { kind in try kind.make(plan).map { (kind, $0) } }
        guard !made.isEmpty else { throw ForecastError(.badSetting, "the model '\(plan.model)' needs a season: add 'seasons' to the plan") }
        if !plan.covariates.isEmpty || plan.calendar != nil, !made.contains(where: \.0.takesCovariates) {
            throw ForecastError(
                .badSetting, "the model '\(plan.model)' doesn't look at covariates or a calendar: leave them out, or name another model")
        }
        if plan.network != nil, plan.model != "stid" {
            throw ForecastError(.badSetting, "the model '\(plan.model)' is no network: leave 'network' out, or name 'stid'")
        }
        return made
    }

    func named(_ name: String) -> Kind? { kinds.first { $0.name == name } }
}
