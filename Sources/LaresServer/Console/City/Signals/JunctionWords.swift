import LaresJSON

/// A junction in a reader's words.
struct JunctionWords: Sendable {
    let amount: Amount
    /// Which links of each junction leave which lane, from the network.
    var heads = SignalHeads()

    var words: Words { amount.words }

    /// The fields of one row of the template `junction-rows`.
    func row(_ junction: Junction, page: String) -> [String: Any] {
        [
            "name": junction.id.printable, "href": page, "mode": mode(junction), "stage": stage(junction), "decides": decides(junction),
            "queue": figure(junction.queue, "signals.n"), "delay": figure(junction.delay, "time.seconds"),
            "throughput": figure(junction.throughput, "signals.perHour"),
        ]
    }

    /// "12", "14 s": a dash where nothing is known.
    private func figure(_ value: Double?, _ key: String) -> String {
        guard let value, value.isFinite else { return words("unit.none") }
        if key == "signals.n" { return words(key, ["n": amount.tally(value)]) }
        return words(key, ["n": amount.short(value)])
    }

    /// "From the north, lane 2 of 3"; the network's name where that isn't known.
    func lane(_ lane: String) -> String {
        guard let side = heads.side(of: lane) else { return lane.printable }
        let values: KeyValuePairs = ["side": words("lane.side.\(side.name)"), "n": "\(side.number)", "of": "\(side.count)"]
        return words(side.count == 1 ? "lane.only" : "lane.one", values)
    }

    /// Who goes in a phase: "north, south (lanes 1, 2)"; a dash where nobody drives.
    func goers(_ lanes: [String]) -> String {
        let sides = lanes.compactMap { lane in heads.side(of: lane).map { (lane, $0) } }
        let named = Dictionary(grouping: sides, by: \.1.name).sorted { $0.key < $1.key }.map { name, mine -> String in
            let numbers = mine.map(\.1.number).sorted(), side = words("lane.side.\(name)")
            guard let count = mine.first?.1.count, numbers.count < count else { return side }
            return words("lane.some", ["side": side, "n": numbers.map { "\($0)" }.joined(separator: ", ")])
        }
        let others = lanes.filter { heads.side(of: $0) == nil }.sorted().prefix(8).map(\.printable)
        let all = named + others
        return all.isEmpty ? words("unit.none") : all.joined(separator: words("list.comma"))
    }

    /// Why the programme took over, or what is wrong with a loop: in the reader's words where the reason is one of those that are known.
    func why(_ reason: String?, _ text: String) -> String {
        guard let reason, words.has("signals.why.\(reason)") else { return text }
        return words("signals.why.\(reason)")
    }

    /// The fields of the template `state` for who decides.
    func mode(_ junction: Junction) -> [String: Any] {
        let (tone, icon) =
            switch junction.keeper {
            case .person: ("info", "people")
            case .fallBack: ("warn", "alert")
            case .programme: ("", "clock")
            case .controller: ("ok", "check")
            }
        return ["tone": tone, "stateIcon": icon, "state": words("signals.keeper.\(junction.keeper.rawValue)")]
    }

    /// The fields of the template `state` for how far the controller is trusted; false where the programme runs, which has no stages.
    func stage(_ junction: Junction) -> Any {
        guard !junction.stage.isEmpty else { return false }
        let (tone, icon) =
            switch junction.stage {
            case "active": ("ok", "check")
            case "guarded": ("info", "shield")
            default: ("", "info")
            }
        return ["tone": tone, "stateIcon": icon, "state": stageName(junction.stage)] as [String: Any]
    }

    func stageName(_ stage: String) -> String {
        words.has("signals.stage.\(stage)") ? words("signals.stage.\(stage)") : stage.printable
    }

    func controllerName(_ name: String) -> String {
        words.has("signals.controller.\(name)") ? words("signals.controller.\(name)") : name.printable
    }

    /// "Max-pressure", "Learned: planner, version 2", or the person.
    func decides(_ junction: Junction) -> String {
        if junction.isTakenOver { return junction.owner.printable }
        guard let model = junction.model else { return controllerName(junction.controller) }
        return words(
            "signals.model",
            ["controller": controllerName(junction.controller), "name": model.name.printable, "version": "\(model.version)"])
    }

    /// One sentence on how it is.
    func sentence(_ junction: Junction) -> String {
        let values: KeyValuePairs = [
            "name": decides(junction), "why": why(junction.fallBackReason, junction.fallBack?.printable ?? ""),
            "queue": figure(junction.queue, "signals.n"),
            "controller": controllerName(junction.controller),
        ]
        return words("signals.is.\(junction.keeper.rawValue)", values)
    }

    /// What a light shows, in a word.
    func light(_ letter: Character?) -> String {
        switch letter {
        case "G": words("signals.light.green")
        case "g": words("signals.light.yielding")
        case "y", "Y": words("signals.light.yellow")
        case "r": words("signals.light.red")
        case "s": words("signals.light.arrow")
        default: words("unit.none")
        }
    }

    /// The rows of the table of approaches.
    func approaches(_ junction: Junction) -> [[String: Any]] {
        junction.approaches.map { approach in
            let letter = junction.light(heads.links(of: approach.lane, at: junction.id))
            return [
                "lane": lane(approach.lane), "laneID": heads.side(of: approach.lane) == nil ? false : approach.lane.printable as Any,
                "light": light(letter), "look": Self.look(letter),
                "standing": figure(approach.standing, "signals.n"), "waited": figure(approach.waited, "time.seconds"),
                "faults": approach.faults.isEmpty ? false : approach.faults.map(fault).joined(separator: words("list.comma")),
            ]
        }
    }

    private func fault(_ name: String) -> String {
        words.has("signals.fault.\(name)") ? words("signals.fault.\(name)") : words("signals.fault", ["name": name.printable])
    }

    /// The class of a light, whose shape differs too.
    static func look(_ letter: Character?) -> String {
        switch letter {
        case "G", "g", "s": "go"
        case "y", "Y": "soon"
        case "r": "stop"
        default: "none"
        }
    }

    /// What it does, in figures.
    func figures(_ junction: Junction) -> [[String: Any]] {
        [
            ("queue", figure(junction.queue, "signals.n")), ("vehicles", figure(junction.vehicles, "signals.n")),
            ("delay", figure(junction.delay, "time.seconds")), ("throughput", figure(junction.throughput, "signals.perHour")),
            ("phase", phase(junction)),
        ].map { ["label": words("signals.figure.\($0.0)"), "value": $0.1] }
    }

    private func phase(_ junction: Junction) -> String {
        guard let phase = junction.phase else { return words("signals.changing") }
        return words(
            "signals.phaseFor",
            ["n": "\(phase)", "last": "\(max(0, junction.phases.count - 1))", "long": figure(junction.green, "time.seconds")])
    }

    /// Whether no state that its shell can reach is unsafe; nil: nobody says.
    func shell(_ junction: Junction) -> String? {
        let key = "signals.shell.\(junction.shell)"
        guard words.has(key) else { return nil }
        return words(key, ["n": figure(junction.shellStates, "signals.n"), "why": junction.shellTrouble?.printable ?? ""])
    }

    /// What must hold before the next stage, and what holds.
    func requirements(_ junction: Junction) -> [[String: Any]] {
        junction.needs.map { need in
            [
                "requirement": words("signals.need.\(need.figure)"), "need": said(need, need.needed),
                "there": need.there.map { said(need, $0) } ?? words("unit.none"),
                "holds": [
                    "tone": need.holds ? "ok" : "", "stateIcon": need.holds ? "check" : "clock",
                    "state": words(need.holds ? "signals.holds" : "signals.holdsNot"),
                ],
            ]
        }
    }

    private func said(_ need: Junction.Need, _ value: Double) -> String {
        switch need.figure {
        case "hours": words("time.hours", ["n": amount.short(value)])
        case "asked": figure(value, "signals.n")
        default: amount.percent(value)
        }
    }
}
