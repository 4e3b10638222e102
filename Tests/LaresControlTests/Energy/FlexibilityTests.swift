import Foundation
import LaresControl
import Testing

@Suite struct FlexibilityTests {
    /// Requests every other day, of random sizes and hours, to homes with random limits.
    private func trial(_ seed: UInt64, homes: Int = 6, days: Int = 30) throws -> (FlexibilityTrial, [FlexibilityLimits]) {
        var random = Seeded(seed)
        let record = try MadeDistrict.record(homes: homes, days: days, seed: seed)
        let limits = try (0..<homes).map { _ in
            try FlexibilityLimits(
                isWilling: random.uniform(0...1) < 0.8, mostLess: random.uniform(0...3), mostMore: random.uniform(0...3),
                reserve: random.uniform(0...0.4), mostInWeek: Int.random(in: 0...5, using: &random), leastPayment: random.uniform(0...0.4))
        }
        let requests = try stride(from: 22, to: days - 1, by: 2).map { day in
            try FlexibilityRequest(
                identifier: "request-\(day)", firstHour: day * 24 + Int.random(in: 8...20, using: &random),
                hours: Int.random(in: 1...3, using: &random),
                change: random.uniform(0...1) < 0.7 ? -random.uniform(1...6) : random.uniform(1...6),
                payment: random.uniform(0.2...0.6))
        }
        // Means of the same time of day: worse than what is learnt, and quick.
        var means = LearntForecaster.Setting()
        means.leastHours = .max
        return (
            try FlexibilityTrial(record, limits: limits, requests: requests, forecaster: { [means] _ in LearntForecaster(means) }), limits
        )
    }

    @Test(arguments: [101, 102, 103] as [UInt64]) func noHomeEverLeavesTheLimitsOfItsPeople(_ seed: UInt64) throws {
        let (trial, limits) = try trial(seed)
        #expect(!trial.outcomes.isEmpty)
        for outcome in trial.outcomes {
            for hour in outcome.request.window {
                for (home, limits) in limits.enumerated() {
                    let change = trial.used[home][hour] - trial.usual[home][hour]
                    let isAllowed = limits.isWilling && limits.mostInWeek > 0 && outcome.request.payment >= limits.leastPayment
                    #expect(change >= -(isAllowed ? limits.mostLess : 0) - 1e-6, "seed \(seed), home \(home), hour \(hour)")
                    #expect(change <= (isAllowed ? limits.mostMore : 0) + 1e-6, "seed \(seed), home \(home), hour \(hour)")
                }
            }
        }
        // A battery begins empty and may be below its reserve before it first fills; in the hours of requests it never goes below.
        for (share, limits) in zip(trial.lowestShares, limits) { #expect(share >= limits.reserve - 0.005) }
    }

    /// Forecasts are means here, so that homes are sometimes not where they thought they would be: one hour of a request may be a little short.
    @Test(arguments: [201, 202, 203, 204] as [UInt64]) func whatWasCommittedIsDelivered(_ seed: UInt64) throws {
        let outcomes = try trial(seed).0.outcomes.filter { abs($0.committed) >= 0.5 }
        #expect(!outcomes.isEmpty)
        for outcome in outcomes {
            let mean = outcome.delivered.reduce(0, +) / Double(outcome.delivered.count)
            #expect(abs(mean - outcome.committed) <= 0.1 * abs(outcome.committed), "seed \(seed): \(outcome)")
            #expect(outcome.worstMiss <= 0.2, "seed \(seed): \(outcome)")
        }
    }

    /// What homes' limits don't let them commit is missed all the same by who asked for it.
    @Test func aMissIsOfWhatWasCommittedAndOfWhatWasAsked() throws {
        func outcome(_ committed: Double, _ delivered: [Double]) throws -> FlexibilityTrial.Outcome {
            let request = #"{"identifier": "r", "firstHour": 5, "hours": 2, "change": -4, "payment": 0.3}"#
            let figures = #""offered": \#(committed), "committed": \#(committed), "offers": 2, "delivered": \#(delivered)"#
            let text = #"{"request": \#(request), \#(figures)}"#
            return try JSONDecoder().decode(FlexibilityTrial.Outcome.self, from: Data(text.utf8))
        }
        let part = try outcome(-2, [-2, -1.5])
        #expect(part.worstMiss == 0.25 && part.worstMissOfAsked == 0.625 && !part.isCovered)
        let whole = try outcome(-4, [-4.5, -4])
        #expect(whole.worstMiss == 0.125 && whole.worstMissOfAsked == 0.125 && whole.isCovered)
        let none = try outcome(0, [0, 0])
        #expect(none.worstMiss == 0 && none.worstMissOfAsked == 1)
    }

    @Test func anOfferSaysOneNumberAndNothingElse() throws {
        let offer = try FlexibilityOffer(request: "r", token: "t", change: -1.25)
        let object = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(offer)) as? [String: Any])
        #expect(Set(object.keys) == ["request", "token", "change"])
        #expect(throws: EnergyControlError.self) { try FlexibilityOffer(request: "r", token: "t", change: -1.2) }
        #expect(throws: EnergyControlError.self) { try FlexibilityOffer(request: "r", token: "t", change: 25.25) }
        #expect(throws: EnergyControlError.self) { try FlexibilityOffer(request: "r", token: "t", change: .nan) }
    }

    @Test(arguments: [
        #"{"identifier": "a", "firstHour": 5, "hours": 25, "change": -1, "payment": 0}"#,
        #"{"identifier": "a", "firstHour": 5, "hours": 2, "change": 0, "payment": 0}"#,
        #"{"identifier": "a", "firstHour": 9223372036854775807, "hours": 2, "change": -1, "payment": 0}"#,
        #"{"identifier": "", "firstHour": 5, "hours": 2, "change": -1, "payment": 0}"#,
        #"{"identifier": "a", "firstHour": 5, "hours": 2, "change": -1, "payment": -3}"#,
    ]) func requestsThatCannotBeAreRefused(_ text: String) {
        #expect(throws: EnergyControlError.self) { try JSONDecoder().decode(FlexibilityRequest.self, from: Data(text.utf8)) }
    }

    @Test func awardsComeToWhatIsAskedForAndNoOfferIsExceeded() throws {
        var round = FlexibilityRound(try FlexibilityRequest(identifier: "r", firstHour: 10, hours: 2, change: -3))
        for (token, change) in [("a", -1.0), ("b", -2), ("c", -1.5)] {
            try round.take(FlexibilityOffer(request: "r", token: token, change: change))
        }
        #expect(abs(round.awards.reduce(0) { $0 + $1.change } + 3) < 1e-9)
        #expect(zip(round.awards, [-1.0, -2, -1.5]).allSatisfy { $0.change >= $1 })
        #expect(round.committed == -3 && round.offered == -4.5)
        #expect(throws: EnergyControlError.self) { try round.take(FlexibilityOffer(request: "r", token: "d", change: 1)) }
        #expect(throws: EnergyControlError.self) { try round.take(FlexibilityOffer(request: "other", token: "d", change: -1)) }
    }

    @Test func anAwardThatWasNotOfferedIsNotPromised() throws {
        let record = try MadeDistrict.record(homes: 1, days: 5, seed: 9)
        var home = try FlexibleHome(
            try #require(record.homes[0].battery), limits: FlexibilityLimits(isWilling: true, mostLess: 3, mostMore: 3),
            forecaster: KnowingForecaster(record), setting: EnergyController.Setting())
        var run = DistrictRun(record)
        for hour in 0..<60 {
            run.go([
                home.decide(after: record.seen(hour), number: hour, ahead: record.ahead(from: hour + 1, 30), battery: run.readings[0])
                    .energy
            ])
        }
        _ = home.decide(after: record.seen(60), number: 60, ahead: record.ahead(from: 61, 30), battery: run.readings[0])
        let request = try FlexibilityRequest(identifier: "r", firstHour: 66, hours: 2, change: -2)
        let offered = home.offer(for: request, token: "t"), again = home.offer(for: request, token: "again")
        let offer = try #require(offered)
        #expect(again == nil)
        let isOthersKept = home.take(FlexibilityAward(request: "r", token: "other", change: offer.change))
        let isMoreKept = home.take(FlexibilityAward(request: "r", token: "t", change: 2 * offer.change))
        #expect(!isOthersKept && !isMoreKept)
    }

    @Test func theUnwillingAreNeverHeardOf() throws {
        let limits = try FlexibilityLimits()
        let request = try FlexibilityRequest(identifier: "r", firstHour: 10, hours: 2, change: -3, payment: 9)
        #expect(limits.most(for: request, answered: 0) == 0)
    }
}
