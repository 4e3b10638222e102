import Foundation
import LaresNeural
import LaresServing

/// The page of one version: its card, where it came from, what it takes and gives.
struct VersionDetail {
    let version: ModelVersion
    let model: RegisteredModel
    /// The training that made it, where that is still known.
    let job: Job?
    /// The pages of those parents that are here.
    let parents: [String: String]
    let amount: Amount
    let mayChange: Bool
    var now = Date()

    private var words: Words { amount.words }
    private var isProduction: Bool { model.aliases[RegisteredModel.production] == version.number }

    var title: String { words("ver.title", ["name": model.name, "version": "\(version.number)"]) }

    /// The fields of the template `version`.
    var fields: [String: Any] {
        let isHeld = !model.aliases(of: version.number).isEmpty || model.rollout?.number == version.number
        return [
            "name": model.name, "page": model.page, "number": "\(version.number)", "heading": title, "sentence": sentence,
            "try": version.kind.takesSamples ? "\(model.page)/try?version=\(version.number)" : false,
            "anySignature": version.kind != .detector, "promote": mayChange && !isProduction,
            "promoteName": words("net.promoteName", ["version": "\(version.number)"]),
            "remove": mayChange && !isHeld ? version.page + "/remove" : false,
            "removeTitle": words("ver.removeTitle", ["name": model.name, "version": "\(version.number)"]),
            "removeText": words("ver.removeText", ["size": amount.bytes(version.bytes)]), "summary": version.card.summary ?? false,
            "facts": facts, "metrics": MetricText(words).rows(of: version.card.metrics).map { ["label": $0.label, "value": $0.value] },
            "anyMetrics": !version.card.metrics.isEmpty, "origin": origin,
            "inputs": version.signature.inputs.map(tensor), "outputs": version.signature.outputs.map(tensor),
        ]
    }

    private var sentence: String {
        let ago = amount.ago(version.created, now: now)
        if isProduction { return words("ver.sentence.production", ["ago": ago]) }
        if let rollout = model.rollout, rollout.number == version.number {
            return words("ver.sentence.\(rollout.kind.rawValue)", ["ago": ago, "percent": "\(rollout.percent)"])
        }
        return words("ver.sentence.other", ["ago": ago])
    }

    private var facts: [[String: Any]] {
        let names = model.aliases(of: version.number)
        return [
            Fact.plain(words("ver.names"), names.isEmpty ? words("unit.none") : names.joined(separator: ", ")),
            Fact.plain(words("ver.published"), amount.moment(version.created)), Fact.plain(words("ver.size"), amount.bytes(version.bytes)),
            Fact.plain(words("ver.licence"), version.card.licence ?? words("ver.unsaid")),
            Fact.plain(words("ver.code"), version.card.codeVersion ?? words("ver.unsaid")),
            Fact.code(words("ver.file"), version.digest.description),
        ]
    }

    /// Data, training and parents.
    private var origin: [[String: Any]] {
        var facts = [Fact.plain(words("ver.data"), version.card.data ?? words("ver.unsaid"))]
        if let hash = version.lineage.dataHash { facts.append(Fact.code(words("ver.dataHash"), hash)) }
        if let id = version.lineage.job {
            facts.append(
                job.map { Fact.link(words("ver.job"), JobText(words).title(of: $0), $0.page) }
                    ?? Fact.plain(words("ver.job"), words("ver.jobGone", ["id": id])))
        }
        let made = version.card.parents
        facts += made.map { parent in
            parents[parent].map { Fact.link(words("ver.parent"), parent, $0) } ?? Fact.plain(words("ver.parent"), parent)
        }
        if made.isEmpty { facts.append(Fact.plain(words("ver.parent"), words("ver.noParent"))) }
        return facts
    }

    private func tensor(_ tensor: TensorSignature) -> [String: Any] { ["tensor": tensor.name, "type": tensor.words] }
}

/// A line of a list of facts: plain, a code, or a link.
enum Fact {
    static func plain(_ label: String, _ value: String) -> [String: Any] { make(label, value, false, false) }
    static func code(_ label: String, _ value: String) -> [String: Any] { make(label, value, true, false) }
    static func link(_ label: String, _ value: String, _ href: String) -> [String: Any] { make(label, value, false, href) }

    private static func make(_ label: String, _ value: String, _ isCode: Bool, _ href: Any) -> [String: Any] {
        ["label": label, "value": value, "code": isCode, "link": href, "plain": !isCode && (href as? String) == nil]
    }
}
