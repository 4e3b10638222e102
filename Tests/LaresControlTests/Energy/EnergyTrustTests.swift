import LaresControl
import Testing

@Suite struct EnergyTrustTests {
    private let good = TrialDay(ruled: 10, controlled: 9), bad = TrialDay(ruled: 10, controlled: 11)

    @Test func twoWeeksOfSavingsLeadOneStageOn() {
        var trust = EnergyTrust()
        for _ in 0..<13 { #expect(trust.take(good) == nil) }
        #expect(trust.take(good) == .guarded)
        for _ in 0..<13 { #expect(trust.take(good) == nil) }
        #expect(trust.take(good) == .active)
        for _ in 0..<30 { #expect(trust.take(good) == nil) }
        #expect(trust.stage == .active)
    }

    private func active() -> EnergyTrust {
        var trust = EnergyTrust()
        for _ in 0..<28 { _ = trust.take(good) }
        return trust
    }

    @Test func aWeekOfLossesLeadsBack() {
        var trust = active()
        for _ in 0..<6 { #expect(trust.take(bad) == nil) }
        #expect(trust.take(bad) == .guarded)
    }

    @Test func threeDaysOfFaultsLeadBack() {
        var trust = active()
        let faulty = TrialDay(ruled: 10, controlled: 9, faults: 4)
        #expect(trust.take(faulty) == nil)
        #expect(trust.take(faulty) == nil)
        #expect(trust.take(faulty) == .guarded)
    }

    @Test func aLimitThatWasLeftLeadsToTheShadowAtOnce() {
        var trust = active()
        #expect(trust.take(TrialDay(ruled: 10, controlled: 9, isBreached: true)) == .shadow)
    }

    @Test func figuresThatAreNoNumbersNeverLeadOn() {
        var trust = EnergyTrust()
        for _ in 0..<40 { _ = trust.take(TrialDay(ruled: 10, controlled: .nan)) }
        #expect(trust.stage == .shadow)
    }

    @Test func onlyAnActiveControllerIsSentAsItDecides() {
        var trust = EnergyTrust()
        #expect(trust.sent(planned: 4, ruled: -1, power: 5) == -1)
        for _ in 0..<14 { _ = trust.take(good) }
        #expect(trust.sent(planned: 4, ruled: -1, power: 5) == 0)
        #expect(trust.sent(planned: -4, ruled: -1, power: 5) == -2)
        for _ in 0..<14 { _ = trust.take(good) }
        #expect(trust.sent(planned: 4, ruled: -1, power: 5) == 4)
    }
}
