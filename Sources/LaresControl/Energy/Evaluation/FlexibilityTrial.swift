/// What became of a city's requests to recorded homes, against the same homes on the same hours without them.
public struct FlexibilityTrial: Sendable {
    /// One request, and what came of it.
    public struct Outcome: Codable, Hashable, Sendable {
        /// What was asked for.
        public let request: FlexibilityRequest
        /// What homes offered, and what the city could count on before it began, in kW.
        public let offered: Double, committed: Double
        /// How many homes offered something.
        public let offers: Int
        /// By how much the homes used more than without the request, in each of its hours, in kW; below 0 less.
        public let delivered: [Double]

        /// How far the worst hour was from what was committed, as a share of it; 0 when nothing was.
        public var worstMiss: Double { committed == 0 ? 0 : miss(of: committed) }
        /// How far the worst hour was from what was asked for, as a share of it, whatever homes' limits let them commit.
        public var worstMissOfAsked: Double { miss(of: request.change) }

        private func miss(of wanted: Double) -> Double { delivered.map { abs($0 - wanted) / abs(wanted) }.max() ?? 0 }

        /// Whether all that was asked for was offered.
        public var isCovered: Bool { abs(committed) >= abs(request.change) * (1 - 1e-9) }
    }

    /// In the order of the requests.
    public private(set) var outcomes: [Outcome] = []
    /// What each battery took in each hour with the requests, and without, in kWh, `[home][hour]`.
    public private(set) var used: [[Double]], usual: [[Double]]
    /// The least share that each battery held in an hour that it was told to change.
    public private(set) var lowestShares: [Double]
    private var homes: [FlexibleHome], others: [FlexibleHome]
    private var run: DistrictRun, usualRun: DistrictRun
    private var rounds: [FlexibilityRound] = []

    /// Plays a record twice.
    ///
    /// - Parameters:
    ///   - limits: What the people of each home allow.
    ///   - requests: By their hours, none overlapping another.
    ///   - notice: Hours that homes hear of a request before it begins.
    ///   - setting: How homes plan.
    ///   - forecaster: Makes a home's forecaster.
    /// - Throws: ``EnergyControlError`` for limits or requests that don't fit the record.
    public init(
        _ record: DistrictRecord, limits: [FlexibilityLimits], requests: [FlexibilityRequest], notice: Int = 8,
        setting: EnergyController.Setting = EnergyController.Setting(), forecaster: (Int) -> any EnergyForecaster
    ) throws {
        guard limits.count == record.homes.count, record.homes.allSatisfy({ $0.battery != nil }), notice >= 2 else {
            throw EnergyControlError(
                .badSetting, "\(limits.count) limits for \(record.homes.count) homes: every home has limits and a battery")
        }
        func homes(_ own: (Int) -> FlexibilityLimits) throws -> [FlexibleHome] {
            try record.homes.indices.compactMap { home in
                try record.homes[home].battery.map {
                    try FlexibleHome($0, limits: own(home), forecaster: forecaster(home), setting: setting)
                }
            }
        }
        self.homes = try homes { limits[$0] }
        // The same reserves, so that the requests alone are what differs.
        others = try homes { home in
            var unwilling = limits[home]
            unwilling.isWilling = false
            return unwilling
        }
        (run, usualRun) = (DistrictRun(record), DistrictRun(record))
        (used, usual, lowestShares) = ([], [], limits.map { _ in 1 })
        play(requests, notice: notice, horizon: setting.horizon)
    }

    private mutating func play(_ requests: [FlexibilityRequest], notice: Int, horizon: Int) {
        let record = run.record
        while run.goesOn {
            let hour = run.hour, ahead = record.ahead(from: hour + 1, horizon)
            let orders = FlexibilityTrial.orders(&homes, run, ahead), usualOrders = FlexibilityTrial.orders(&others, usualRun, ahead)
            for request in requests where request.firstHour == hour + notice { ask(request, hour) }
            run.go(orders)
            usualRun.go(usualOrders)
            for home in homes.indices where requests.contains(where: { $0.window.contains(run.hour) }) {
                lowestShares[home] = min(lowestShares[home], run.batteries[home]?.share ?? 1)
            }
        }
        (used, usual) = (run.used, usualRun.used)
        outcomes = rounds.filter { $0.request.window.upperBound <= record.count }.map { outcome($0) }
    }

    private static func orders(_ homes: inout [FlexibleHome], _ run: DistrictRun, _ ahead: [KnownHour]) -> [Double] {
        let seen = run.record.seen(run.hour), readings = run.readings
        return homes.indices.map { home in
            let own = SeenHour(load: [seen.load[home]], solar: [seen.solar[home]], emission: seen.emission, known: seen.known)
            return homes[home].decide(after: own, number: run.hour, ahead: ahead, battery: readings[home]).energy
        }
    }

    /// The city asks, homes offer, the city awards.
    private mutating func ask(_ request: FlexibilityRequest, _ hour: Int) {
        var round = FlexibilityRound(request), owners: [String: Int] = [:]
        for home in homes.indices {
            let token = "\(request.identifier)-\(home)"
            guard let offer = homes[home].offer(for: request, token: token), (try? round.take(offer)) != nil else { continue }
            owners[token] = home
        }
        for award in round.awards { owners[award.token].map { _ = homes[$0].take(award) } }
        rounds.append(round)
    }

    private func outcome(_ round: FlexibilityRound) -> Outcome {
        let delivered = round.request.window.map { hour in
            used.indices.reduce(0) { $0 + used[$1][hour] - usual[$1][hour] }
        }
        return Outcome(
            request: round.request, offered: round.offered, committed: round.committed, offers: round.awards.count, delivered: delivered)
    }
}
