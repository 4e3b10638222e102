public import LaresJSON

/// Mean delay per trip of several ways to control the same signals, in the same simulations.
public struct TrafficEvaluation: Sendable {
    /// A method's delays on one network.
    public struct Row: Sendable, Hashable {
        /// The method, and what it saw.
        public let name: String
        /// Whether others measured it, with another SUMO and other seeds.
        public let isPublished: Bool
        /// Seconds for each trip, by seed.
        public let delays: Spread
        /// What monitors saw that must not be.
        public let violations: Int
        /// Times that a signal fell back to its programme.
        public let fallBacks: Int
        /// Wall time of a run, in seconds; nil for published ones.
        public let seconds: Double?

        package init(name: String, isPublished: Bool, delays: Spread, violations: Int, fallBacks: Int, seconds: Double?) {
            (self.name, self.isPublished, self.delays) = (name, isPublished, delays)
            (self.violations, self.fallBacks, self.seconds) = (violations, fallBacks, seconds)
        }
    }

    /// The learned controller beside the best of the others.
    public struct Comparison: Sendable, Hashable {
        /// The best of the others.
        public let best: String
        /// How much less than with that, as a share; negative: more.
        public let gain: Double
        /// Half the width of its 95% interval, over paired seeds.
        public let halfWidth: Double?
        /// Whether it is better than the network's own programme with the worst of its seeds.
        public let isWorstBetterThanFixed: Bool
        /// Its delay with loops only, as a multiple of that with all vehicles seen.
        public let loopsOnly: Double?
    }

    /// One network's rows.
    public struct Table: Sendable, Hashable {
        /// The network.
        public let network: String
        /// In the order in which they are shown.
        public var rows: [Row]

        package init(network: String, rows: [Row]) { (self.network, self.rows) = (network, rows) }

        /// The learned controller beside the best of the others; nil without both.
        public var comparison: Comparison? {
            let here = rows.filter { !$0.isPublished }
            guard let learned = here.first(where: { $0.name == "learned" }), let fixed = here.first(where: { $0.name == "fixed" }),
                let best = here.filter({ !$0.name.hasPrefix("learned") }).min(by: { $0.delays.mean < $1.delays.mean })
            else { return nil }
            let gains = Spread(zip(learned.delays.values, best.delays.values).map { ($1 - $0) / best.delays.mean })
            let isBetter = zip(learned.delays.values, fixed.delays.values).allSatisfy { $0 < $1 }
            let loops = here.first { $0.name == "learned, loops only" }.map { $0.delays.mean / learned.delays.mean }
            return Comparison(
                best: best.name, gain: gains.mean, halfWidth: gains.halfWidth, isWorstBetterThanFixed: isBetter, loopsOnly: loops)
        }
    }

    /// What others published, as means of the last ten episodes in RESCO's own results (Ault & Sharon 2021), with SUMO 1.9.
    public static let published: [String: [(String, Double)]] = [
        "cologne1": [
            ("FIXED", 56.5), ("MAXWAVE", 27.6), ("MAXPRESSURE", 135.5), ("IDQN", 28.9), ("IPPO", 210.8), ("MPLight", 53.2), ("FMA2C", 32.3),
        ],
        "cologne3": [
            ("FIXED", 39.8), ("MAXWAVE", 179.2), ("MAXPRESSURE", 114.4), ("IDQN", 95.5), ("IPPO", 123.3), ("MPLight", 713.9),
            ("FMA2C", 106.3),
        ],
        "cologne8": [
            ("FIXED", 65.1), ("MAXWAVE", 21.9), ("MAXPRESSURE", 39.6), ("IDQN", 22.3), ("IPPO", 22.5), ("MPLight", 252.4), ("FMA2C", 37.5),
        ],
        "ingolstadt1": [("FIXED", 39.5), ("MAXWAVE", 28.6), ("MAXPRESSURE", 23.5), ("IDQN", 22.2), ("IPPO", 22.7), ("FMA2C", 31.8)],
        "ingolstadt7": [
            ("FIXED", 91.5), ("MAXWAVE", 79.2), ("MAXPRESSURE", 46.4), ("IDQN", 35.6), ("IPPO", 32.5), ("MPLight", 83.1), ("FMA2C", 56.3),
        ],
        "ingolstadt21": [
            ("FIXED", 137.6), ("MAXWAVE", 69.1), ("MAXPRESSURE", 112.8), ("IDQN", 86.2), ("IPPO", 397.2), ("MPLight", 377.3),
            ("FMA2C", 115.9),
        ],
    ]

    /// Runs every method with every seed.
    ///
    /// - Parameter progress: Is told what runs.
    /// - Throws: ``TrafficError``.
    public static func table(
        of run: TrafficRun, _ methods: [(method: SignalMethod, hasLoopsOnly: Bool)], seeds: Range<Int>, progress: (String) -> Void,
        watch: ([TrafficEvent]) -> Void = { _ in }
    ) throws -> Table {
        var rows = (published[run.scenario.name] ?? []).map {
            Row(name: "\($0.0) (RESCO)", isPublished: true, delays: Spread([$0.1]), violations: 0, fallBacks: 0, seconds: nil)
        }
        for (method, hasLoopsOnly) in methods {
            let name = method.name + (hasLoopsOnly ? ", loops only" : "")
            var results: [TrafficRun.Result] = []
            let start = ContinuousClock.now
            for seed in seeds {
                progress("\(run.scenario.name), \(name), \(seed)")
                results.append(try run(method, seed: seed, hasLoopsOnly: hasLoopsOnly, watch: watch))
            }
            let took = (ContinuousClock.now - start) / seeds.count
            rows.append(
                Row(
                    name: name, isPublished: false, delays: Spread(results.map(\.delays.mean)),
                    violations: results.reduce(0) { $0 + $1.violations.count },
                    fallBacks: results.reduce(0) { $0 + $1.events.count { if case .fellBack = $0.kind { true } else { false } } },
                    seconds: Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18))
        }
        return Table(network: run.scenario.name, rows: rows)
    }
}

extension TrafficEvaluation.Table {
    /// `{"network": …, "rows": [{"name", "published", "mean", "half_width", "worst", "delays", "violations", "fall_backs", "seconds"}], "comparison": …}`.
    public var json: JSON {
        let rows = rows.map { row -> JSON in
            [
                "name": .string(row.name), "published": .bool(row.isPublished), "mean": .double(row.delays.mean),
                "half_width": row.delays.halfWidth.map { .double($0) } ?? .null, "worst": .double(row.delays.worst),
                "delays": .array(row.delays.values.map { .double($0) }), "violations": .int(row.violations),
                "fall_backs": .int(row.fallBacks),
                "seconds": row.seconds.map { .double($0) } ?? .null,
            ]
        }
        let comparison = comparison.map { comparison -> JSON in
            [
                "best": .string(comparison.best), "gain": .double(comparison.gain),
                "half_width": comparison.halfWidth.map { .double($0) } ?? .null,
                "worst_better_than_fixed": .bool(comparison.isWorstBetterThanFixed),
                "loops_only": comparison.loopsOnly.map { .double($0) } ?? .null,
            ]
        }
        return ["network": .string(network), "rows": .array(rows), "comparison": comparison ?? .null]
    }
}
