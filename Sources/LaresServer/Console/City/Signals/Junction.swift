package import LaresJSON

/// A junction as the API tells of it, read once. What is missing or no number is nil: a page shows a dash, never a guess.
package struct Junction: Sendable {
    /// One approach of it.
    package struct Approach: Sendable {
        package let lane: String
        let standing: Double?
        let waited: Double?
        /// What is wrong with its loops.
        package let faults: [String]
    }

    /// Who decides what its lights show.
    package enum Keeper: String, Sendable {
        /// A person took it over.
        case person
        /// Its own programme, since the controller can't be heard.
        case fallBack
        /// Its own programme, while the controller is compared.
        case programme
        /// The controller.
        case controller
    }

    package let id: String
    package let position: (x: Double, y: Double)?
    let controller: String
    package let model: (name: String, version: Int)?
    let stage: String
    let owner: String
    let isTakenOver: Bool
    let fallBack: String?
    /// One of the reasons that are known, in a word.
    let fallBackReason: String?
    package let phase: Int?
    let phases: [String]
    let aspects: String
    let green: Double?
    let queue, vehicles, delay, throughput: Double?
    package let approaches: [Approach]
    private let requirements, figures: JSON
    /// How the proof of its shell stands, in a word of the API's, and why it isn't proven; empty: nobody says.
    let shell: String, shellTrouble: String?
    let shellStates: Double?
    /// Its histories by what they are of.
    let series: [String: String]

    /// Nil where it has no name.
    package init?(_ json: JSON) {
        guard let id = json["id"]?.text, !id.isEmpty else { return nil }
        self.id = id
        let at = json["position"]?.elements?.compactMap { $0.number.flatMap { $0.isFinite ? $0 : nil } } ?? []
        position = at.count == 2 ? (at[0], at[1]) : nil
        controller = json["controller"]?.text ?? ""
        model = json["model"].flatMap { model in
            model["name"]?.text.map { ($0, Int(exactly: model["version"]?.number ?? 0) ?? 0) }
        }
        stage = json["stage"]?.text ?? ""
        owner = json["owner"]?["name"]?.text ?? ""
        isTakenOver = json["takenOver"] == true
        fallBack = json["fallBack"]?.text
        fallBackReason = json["fallBackReason"]?.text
        phase = json["phase"]?.number.flatMap { Int(exactly: $0) }
        phases = json["phases"]?.elements?.compactMap(\.text) ?? []
        aspects = json["aspects"]?.text ?? ""
        (green, queue, vehicles) = (json["green"]?.number, json["queue"]?.number, json["vehicles"]?.number)
        (delay, throughput) = (json["delay"]?.number, json["throughput"]?.number)
        approaches = json["approaches"]?.elements?.compactMap(Self.approach) ?? []
        (requirements, figures) = (json["requirements"] ?? .null, json["figures"] ?? .null)
        let proof = json["shell"]
        (shell, shellTrouble, shellStates) = (proof?["state"]?.text ?? "", proof?["why"]?.text, proof?["states"]?.number)
        var series: [String: String] = [:]
        if case .object(let members)? = json["series"] { for (name, key) in members { series[name] = key.text } }
        self.series = series
    }

    private static func approach(_ json: JSON) -> Approach? {
        guard let lane = json["lane"]?.text else { return nil }
        return Approach(
            lane: lane, standing: json["standing"]?.number, waited: json["waited"]?.number,
            faults: json["loops"]?.elements?.compactMap { $0["fault"]?.text } ?? [])
    }

    /// Who decides.
    package var keeper: Keeper {
        isTakenOver
            ? .person : fallBack != nil ? .fallBack : stage == "shadow" || stage.isEmpty || controller == "fixed" ? .programme : .controller
    }

    /// Something that must hold before its controller is trusted more.
    package struct Need: Sendable, Hashable {
        /// A figure of the API: `hours`, `asked`, `answered`, `wished` or `queue`.
        package let figure: String
        package let needed: Double
        /// How it is; nil: nothing is known yet.
        package let there: Double?
        /// Whether it is to be as much at most, not at least.
        package var isMost: Bool { figure == "queue" }
        package var holds: Bool { there.map { isMost ? $0 <= needed : $0 >= needed } ?? false }
    }

    /// What must hold before the next stage, by the rules of this one; empty: there is no next.
    package var needs: [Need] {
        let hours = requirements["hours"]?.number, anHour = requirements["askedAnHour"]?.number
        func need(_ figure: String, _ needed: Double?) -> Need? {
            needed.map { Need(figure: figure, needed: $0, there: figures[figure]?.number) }
        }
        let always = [
            need("hours", hours), need("asked", hours.flatMap { hours in anHour.map { hours * $0 } }),
            need("answered", requirements["answered"]?.number),
        ]
        switch stage {
        case "shadow": return (always + [need("wished", requirements["wished"]?.number)]).compactMap(\.self)
        case "guarded": return (always + [need("queue", requirements["queueToRise"]?.number)]).compactMap(\.self)
        default: return []
        }
    }

    /// Whether somebody should look at it.
    package var needsLook: Bool { fallBack != nil || isTakenOver || approaches.contains { !$0.faults.isEmpty } }

    /// The address of its page.
    package var page: String { "/signals/" + id.pathEscaped }

    /// The address of the map with its panel.
    var onMap: String { "/city?at=junction/" + id.pathEscaped }

    /// What a link shows: the letter of SUMO's states; nil: it has none.
    func light(_ link: Int) -> Character? {
        let letters = Array(aspects)
        return letters.indices.contains(link) ? letters[link] : nil
    }

    /// Whether a link goes in a phase.
    package static func goes(_ link: Int, in letters: String) -> Bool { link >= 0 && "Gg".contains(letters.dropFirst(link).first ?? "r") }

    /// What an approach shows whose links these are: who may go decides, then who may soon not.
    package func light(_ links: [Int]) -> Character? {
        let letters = links.compactMap(light)
        return "GgyYsr".first { letters.contains($0) }
    }
}
