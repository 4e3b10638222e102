internal import Foundation
package import LaresControl
internal import LaresThings

/// Who controls a junction, and whether that is what its trust was earned by.
extension StreetRunner {
    /// Seconds of our time between two looks for a version that couldn't be had.
    private static let patience = 60.0

    /// Another controller, another version of it, or other sensors, which begin in the shadow.
    package func configure(_ place: Int, _ settings: JunctionSettings) {
        guard junctions.indices.contains(place) else { return }
        let old = junctions[place].issuer
        keepTrust(place)
        junctions[place].settings.change(control: settings.control, model: settings.model, sensors: settings.sensors)
        control(place, insteadOf: old)
    }

    /// How far a controller is trusted.
    package func trust(_ stage: Stage, at place: Int) {
        guard junctions.indices.contains(place) else { return }
        street.change(place) { $0.trust(stage) }
        keepTrust(place)
    }

    /// The proof of a junction's shell failed: from now on its own programme runs.
    package func disprove(_ why: String, at place: Int) {
        guard junctions.indices.contains(place) else { return }
        junctions[place].disproof = why
        withhold(place)
    }

    /// Has the junction's settings say what its keeper has learnt since.
    func keepTrust(_ place: Int) {
        if let ladder = street.keepers[place].ladder { junctions[place].settings.ladder = ladder }
    }

    /// Has a junction controlled as its settings say. Whose version can't be had isn't heard; its trust waits for it.
    func control(_ place: Int, insteadOf old: OrderIssuer) {
        let model = load(place)
        if junctions[place].missing == nil { recognise(place) }
        let settings = junctions[place].settings, new = junctions[place].issuer
        if !new.isSame(as: old) { writing { try book.pass(junctions[place].actuator, from: old, to: new) } }
        street.change(place) { $0.use(settings.control.controller(model), ladder: settings.control.hasStages ? settings.ladder : nil) }
        withhold(place)
        if port?.sensors.indices.contains(place) == true { port?.sensors[place] = settings.sensors }
        ownersAt = .distantPast
    }

    private func withhold(_ place: Int) {
        let junction = junctions[place]
        street.change(place) { $0.withheld = junction.disproof.map { .unproven($0) } ?? (junction.missing == nil ? nil : .model) }
    }

    /// The version that the settings mean now; nil: what comes with Lares, or it can't be had, which is told of.
    private func load(_ place: Int) -> SignalModel? {
        (junctions[place].version, junctions[place].triedAt) = (nil, clock.now)
        guard junctions[place].settings.control == .learned, let reference = junctions[place].settings.model else {
            junctions[place].missing = nil
            return nil
        }
        do {
            let parts = reference.split(separator: ":", maxSplits: 1).map(String.init)
            guard let models, let name = parts.first else { throw TrafficError(.badSetting, "there is no registry here") }
            let version = try models.signalModel(name, parts.count > 1 ? parts[1] : nil), model = try SignalModel(contentsOf: version.path)
            (junctions[place].version, junctions[place].missing) = ((name, version.number), nil)
            return model
        } catch {
            if junctions[place].missing == nil {
                note(place, "model", "'\(reference)' can't be used, so its programme runs until it can: \(error)")
            }
            junctions[place].missing = "\(error)"
            return nil
        }
    }

    /// What another one earned isn't its own.
    private func recognise(_ place: Int) {
        let settings = junctions[place].settings, now = TrustedControl(settings, junctions[place].version)
        junctions[place].settings.earned = now
        guard let earned = settings.earned, earned != now else { return }
        junctions[place].settings.ladder.set(.shadow)
        guard settings.control.hasStages, settings.ladder.stage != .shadow else { return }
        note(place, "trust", "\(now) begins in the shadow: the stage \(settings.ladder.stage.rawValue) was earned by \(earned)")
    }

    /// Looks once a minute for versions that couldn't be had. The same one is trusted as before.
    func lookForVersions() {
        let now = clock.now
        for place in junctions.indices
        where junctions[place].missing != nil && abs(now.timeIntervalSince(junctions[place].triedAt)) >= Self.patience {
            keepTrust(place)
            control(place, insteadOf: junctions[place].issuer)
        }
    }
}
