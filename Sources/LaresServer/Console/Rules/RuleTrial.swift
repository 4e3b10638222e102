/// What trying a rule showed, before it is in place or beside it.
struct RuleTrial {
    /// Its next times; nil: nobody asked.
    var moments: [String]?
    /// Whether its other conditions may hold it back then.
    var isConditional = false
    /// What it would have done, newest first; nil: nobody asked.
    var deeds: [[String: Any]]?
    /// What of it can't be replayed, and why.
    var gaps: [[String: String]] = []
    /// Until when it was replayed, where there was more; nil: all of it was.
    var cut: String?

    /// So many deeds are shown.
    static let mostDeeds = 100

    /// The fields of the template `rule-trial`.
    var fields: [String: Any] {
        [
            "replayed": deeds != nil, "replay": deeds ?? [], "anyReplay": deeds?.isEmpty == false, "gaps": gaps, "anyGaps": !gaps.isEmpty,
            "cut": cut ?? false, "looked": moments != nil, "trialMoments": moments ?? [], "trialConditional": isConditional,
        ]
    }
}
