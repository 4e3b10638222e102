import Foundation
import LaresJSON
import LaresServer
import LaresServing

/// Networks and versions as the command line shows them.
enum RegistryText {
    static func json(_ models: [RegisteredModel]) -> String { JSON.array(models.map { $0.json() }).serialized }

    /// What a version takes and gives; of what isn't a network, what it is.
    static func what(_ version: ModelVersion) -> String {
        let words = version.signature.words.printable
        switch version.kind {
        case .network: return words
        case .forecaster, .words, .translator, .signals: return version.kind.rawValue + ", " + words
        case .detector: return version.kind.rawValue
        }
    }

    /// Everything that is known of a version: keys of the catalogue's columns, and values.
    static func rows(_ version: ModelVersion, in model: RegisteredModel) -> [(String, String)] {
        let card = version.card
        let metrics = MetricText(words).rows(of: card.metrics).map { "\($0.label): \($0.value)" }.joined(separator: "; ")
        let optional: [(String, String?)] = [
            ("name", model.name), ("kind", version.kind == .network ? nil : version.kind.rawValue), ("version", "\(version.number)"),
            ("aliases", model.aliases(of: version.number).joined(separator: ", ")),
            ("signature", version.kind == .detector ? nil : version.signature.words),
            ("summary", card.summary), ("data", card.data), ("metrics", metrics), ("code", card.codeVersion), ("licence", card.licence),
            ("parents", card.parents.joined(separator: ", ")), ("job", version.lineage.job), ("data-hash", version.lineage.dataHash),
            (
                "trial",
                model.rollout.map {
                    say("cli.registry.trial.\($0.kind.rawValue)", ["version": "\($0.number)", "percent": "\($0.percent)"])
                }
            ),
            ("size", Amounts.bytes(version.bytes)), ("sha256", version.digest.description),
            ("created", version.created.formatted(.iso8601)),
        ]
        return optional.compactMap { key, value in value.flatMap { $0.isEmpty ? nil : (key, $0.printable) } }
    }
}
