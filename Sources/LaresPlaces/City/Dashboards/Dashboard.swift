public import LaresThings

/// What somebody put together to look at: panels in an order, under a title.
public struct Dashboard: Hashable, Sendable {
    /// Counts up; 0 until it is kept.
    public internal(set) var number: Int
    /// What it is called, 1 to 100 characters.
    public var title: String
    /// Who made it, and may change it beside owners of the place.
    public let owner: String
    /// Whether others see it; what of it they see is what they may see anyway.
    public var isShared: Bool
    /// What it shows, from the top.
    public var panels: [DashboardPanel]

    /// Dashboards there may be.
    public static let most = 1_000
    /// Panels of one.
    public static let mostPanels = 24
    /// Characters of a title.
    public static let longestTitle = 100

    /// A dashboard that isn't kept yet; nil for a title that is empty or too long.
    public init?(title: String, owner: String, isShared: Bool = true, panels: [DashboardPanel] = []) {
        guard (1...Self.longestTitle).contains(title.count), panels.count <= Self.mostPanels else { return nil }
        (number, self.title, self.owner, self.isShared, self.panels) = (0, title, owner, isShared, panels)
    }

    /// A number for another panel.
    public var nextPanel: Int { (panels.map(\.number).max() ?? 0) + 1 }
}

/// A part of a dashboard.
public struct DashboardPanel: Hashable, Sendable {
    /// What it is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// How its series went.
        case chart
        /// What its series are now.
        case latest
        /// Which alarms there are, of its series' things, or all where it has none.
        case alarms
    }

    /// How far back it looks.
    public enum Span: String, Hashable, Sendable, CaseIterable {
        /// So long ago until now.
        case hour, day, week, month, year

        /// How long it is, in seconds.
        public var seconds: Double {
            switch self {
            case .hour: 3_600
            case .day: 86_400
            case .week: 604_800
            case .month: 30 * 86_400
            case .year: 365 * 86_400
            }
        }
    }

    /// Its number within its dashboard; it keeps it.
    public let number: Int
    /// What it is.
    public let kind: Kind
    /// What it is called, up to 100 characters; empty: nothing.
    public var title: String
    /// How far back it looks.
    public var span: Span
    /// Which series, in order, each once.
    public var series: [SeriesKey]

    /// Series of one panel.
    public static let mostSeries = 100

    /// A panel; nil for a title that is too long and for too many series.
    public init?(number: Int, kind: Kind, title: String = "", span: Span = .day, series: [SeriesKey] = []) {
        guard number > 0, title.count <= Dashboard.longestTitle, series.count <= Self.mostSeries, Set(series).count == series.count else {
            return nil
        }
        (self.number, self.kind, self.title, self.span, self.series) = (number, kind, title, span, series)
    }
}
