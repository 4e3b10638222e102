import Foundation
import LaresServing

/// The trained networks as rows, and the sentence above them.
struct NetworkRows {
    let entries: [(model: RegisteredModel, standing: NetworkStanding)]
    let amount: Amount
    var now = Date()

    private var words: Words { amount.words }

    /// One sentence that says how things are.
    var sentence: String {
        let inMemory = entries.filter { !$0.standing.loaded.isEmpty }
        let bytes = inMemory.reduce(0) { $0 + $1.standing.bytes }
        return words(
            "nets.sentence", ["count": "\(entries.count)", "loaded": "\(inMemory.count)", "bytes": amount.bytes(bytes)])
    }

    /// Those in memory first, then by name.
    var rows: [[String: Any]] {
        entries.sorted { ($0.standing.loaded.isEmpty ? 1 : 0, $0.model.name) < ($1.standing.loaded.isEmpty ? 1 : 0, $1.model.name) }
            .map { row($0.model, $0.standing) }
    }

    private func row(_ model: RegisteredModel, _ standing: NetworkStanding) -> [String: Any] {
        let fields: [String: Any] = [
            "name": model.name, "href": model.page, "about": about(model) ?? false,
            "production": model.aliases[RegisteredModel.production].map { "\($0)" } ?? words("unit.none"),
            "memory": standing.bytes > 0 ? amount.bytes(standing.bytes) : words("unit.none"),
            "used": standing.lastAnswer.map { amount.ago($0, now: now) } ?? words("unit.none"),
        ]
        return fields.merging(standing.state(of: model).fields(words)) { $1 }
    }

    /// What else than production there is: names, and a trial.
    private func about(_ model: RegisteredModel) -> String? {
        let kind = model.kind == .network ? [] : [words("nets.kind.\(model.kind.rawValue)")]
        let parts =
            kind
            + model.aliases.filter { $0.key != RegisteredModel.production }.sorted { $0.key < $1.key }
            .map { words("nets.alias", ["alias": $0.key, "version": "\($0.value)"]) }
            + (model.rollout.map { [words("nets.\($0.kind.rawValue)", ["version": "\($0.number)", "percent": "\($0.percent)"])] } ?? [])
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }
}

/// How a network stands, in one word.
enum NetworkState: String {
    case loaded, stored, closed, failed

    /// The fields of the template `state`: icon, word and colour, always all three.
    func fields(_ words: Words) -> [String: Any] {
        let looks =
            switch self {
            case .loaded: (tone: "ok", icon: "check")
            case .stored: (tone: "", icon: "off")
            case .closed: (tone: "warn", icon: "stop")
            case .failed: (tone: "bad", icon: "alert")
            }
        return ["state": words("netstate.\(rawValue)"), "tone": looks.tone, "stateIcon": looks.icon]
    }
}

extension NetworkStanding {
    /// The version that requests get decides.
    func state(of model: RegisteredModel) -> NetworkState {
        guard let number = model.standard?.number else { return .stored }
        if isClosed { return .closed }
        if loaded.contains(number) { return .loaded }
        return failures[number] == nil ? .stored : .failed
    }
}

extension RegisteredModel {
    /// The address of its page.
    var page: String { "/networks/" + name.pathEscaped }
}

extension ModelVersion {
    /// The address of its page.
    var page: String { "/networks/\(model.pathEscaped)/versions/\(number)" }
}
