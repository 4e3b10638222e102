internal import LaresForecast

/// What looks at one series, by the kind of its watch.
enum WatchDetector: Sendable {
    case odd(EnsembleDetector)
    case flow(FlowDetector)

    init?(_ plan: WatchPlan) {
        guard let settings = try? DetectorSettings(learning: plan.learning) else { return nil }
        switch plan.kind {
        case .odd: self = .odd(EnsembleDetector(settings))
        case .flow: self = .flow(FlowDetector(settings))
        }
    }

    /// Goes on with what was kept; nil where that can't be read or was learnt in another way.
    init?(_ plan: WatchPlan, state: [UInt8]) {
        switch plan.kind {
        case .odd:
            guard let detector = try? EnsembleDetector(state: state) else { return nil }
            self = .odd(detector)
        case .flow:
            guard let detector = try? FlowDetector(state: state) else { return nil }
            self = .flow(detector)
        }
        if learning != plan.learning { return nil }
    }

    /// How odd the next value is, 0 to 1.
    mutating func observe(_ value: Double, at time: Int64) -> Double {
        switch self {
        case .odd(var detector):
            defer { self = .odd(detector) }
            return detector.observe(value, at: time)
        case .flow(var detector):
            defer { self = .flow(detector) }
            return detector.observe(value, at: time)
        }
    }

    var oddness: Double {
        switch self {
        case .odd(let detector): detector.oddness
        case .flow(let detector): detector.trouble == nil ? 0 : 1
        }
    }

    var kind: WatchPlan.Kind {
        switch self {
        case .odd: .odd
        case .flow: .flow
        }
    }

    var learning: Int {
        switch self {
        case .odd(let detector): detector.settings.learning
        case .flow(let detector): detector.settings.learning
        }
    }

    var count: Int {
        switch self {
        case .odd(let detector): detector.count
        case .flow(let detector): detector.count
        }
    }

    var state: [UInt8] {
        switch self {
        case .odd(let detector): detector.state
        case .flow(let detector): detector.state
        }
    }

    /// What found it, and which version of that.
    var model: (name: String, version: String) {
        switch self {
        case .odd: (EnsembleDetector.name, EnsembleDetector.version)
        case .flow(let detector): ("flow-" + (detector.trouble?.word ?? "over"), "1")
        }
    }
}
