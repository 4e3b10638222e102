internal import LaresForecast
public import LaresJSON
internal import LaresThings

/// Detectors of the registry.
extension Watching {
    /// Looks at which detectors there are now, and has them watch or shadowed.
    ///
    /// - Returns: Whether something changed.
    @discardableResult
    package func arrange() -> Bool {
        guard let models, let all = try? models.all() else { return false }
        let wanted = all.filter { $0.kind == .detector }.flatMap { model in
            [(model.production, false), model.candidate.map { ($0, true) }].compactMap(\.self).map { (model.name, $0.0, $0.1) }
        }.filter { !engine.trained.unreadable.contains("\($0.0):\($0.1.number)") }
        let isSame =
            wanted.count == engine.trained.watches.count
            && wanted.allSatisfy { engine.trained.has($0.0, $0.1.number, isShadow: $0.2) }
        guard !isSame else { return false }
        let before = Set(engine.trained.watches.keys)
        engine.trained.keep(wanted.map { (name: $0.0, number: $0.1.number, isShadow: $0.2) })
        for (name, version, isShadow) in wanted where engine.trained.watches["\(name):\(version.number)"] == nil {
            // One that can't be read watches nothing; the registry's page shows its file's fault.
            guard let model = try? DetectorModel(contentsOf: version.path) else {
                engine.trained.unreadable.insert("\(name):\(version.number)")
                continue
            }
            let states = (try? store.states(of: "\(name):\(version.number)")) ?? [:]
            engine.trained.add(model, name, version.number, isShadow: isShadow, states: states)
        }
        for gone in before.subtracting(engine.trained.watches.keys) { try? store.removeStates(of: gone) }
        return true
    }

    /// How the versions of a detector do that watch or are shadowed; nil: there is none of that name.
    public func standing(of name: String) -> JSON? { engine.trained.standing(of: name) }
}
