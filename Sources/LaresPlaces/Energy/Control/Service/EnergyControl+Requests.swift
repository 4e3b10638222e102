internal import Foundation
public import LaresControl
internal import LaresJSON

/// What a city asks, as far as people allow it.
extension EnergyControl {
    /// Sets what people allow. What was promised before is kept, unless they allow nothing any more: then it ends at once.
    ///
    /// - Throws: An error of the database.
    public func set(_ settings: FlexibilitySettings, by name: String) throws {
        try store.save(settings.kept, "flexibility")
        flexibility = settings
        flexible?.limits = settings.limits
        if !settings.limits.isWilling {
            (flexible, state.flexible) = (nil, nil)
            // The hour is decided once more without what was promised.
            if state.mode == .automatic, state.trust.stage == .active { (state.hour, state.orders) = (nil, []) }
            revision += 1
        }
        save([EnergyEntry(.settings, ["by": .string(name), "willing": .bool(settings.limits.isWilling)])])
    }

    /// Whether a request could be answered now at all.
    public var mayAnswer: Bool {
        settings.isEnabled && flexibility.limits.isWilling && state.trust.stage == .active && state.mode == .automatic && flexible != nil
            && state.faults.isEmpty
    }

    /// What the home offers for a request; nil: nothing, or not yet. It is kept before it is told.
    ///
    /// Only a controller that is trusted with all of the battery makes promises: any other may not keep them.
    public func offer(for request: FlexibilityRequest) -> FlexibilityOffer? {
        guard mayAnswer, var home = flexible else { return nil }
        guard let offer = home.offer(for: request, token: Self.token()) else { return nil }
        (flexible, state.flexible) = (home, home.state)
        save([
            EnergyEntry(
                .request,
                [
                    "request": .string(request.identifier), "from": .string(ISO8601.text(request.firstHour * 3_600)),
                    "hours": .int(request.hours), "kw": .round(request.change), "offered_kw": .round(offer.change),
                ])
        ])
        return offer
    }

    /// Promises what the city took of an offer.
    ///
    /// - Returns: Whether it is promised: not what wasn't offered, is more than was, or comes too late.
    @discardableResult
    public func take(_ award: FlexibilityAward) -> Bool {
        guard flexibility.limits.isWilling, state.trust.stage == .active, let kept = state.flexible else { return false }
        var home: FlexibleHome
        if let flexible {
            home = flexible
        } else {
            // After a restart within the hour it isn't planned yet; what was offered is known all the same.
            guard let design = try? settings.battery?.design(),
                let made = try? FlexibleHome(
                    design, limits: flexibility.limits, forecaster: GivenForecaster(forecast: nil), setting: EnergyController.Setting())
            else { return false }
            home = made
            home.state = kept
        }
        guard home.take(award) else { return false }
        state.flexible = home.state
        if flexible != nil { flexible = home }
        save([EnergyEntry(.promise, ["request": .string(award.request), "kw": .round(award.change)])])
        return true
    }

    /// 128 random bits: a name for one offer, which nobody can guess and nothing follows from.
    static func token() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let text = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
    }
}
