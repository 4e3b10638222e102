import Foundation
import LaresJSON
import LaresServing

/// The page of a network: its versions, its names, the trial beside it, and what may be done.
struct NetworkDetail {
    let model: RegisteredModel
    let standing: NetworkStanding
    let trial: TrialStanding?
    let amount: Amount
    let mayChange: Bool
    /// The version that a step back leads to.
    var previous: Int?
    /// What was just done, as a sentence.
    var done: String?
    /// Why a change could not be made.
    var trouble: Trouble?
    var now = Date()

    /// How its versions do as they are served, where it is a forecaster or a detector.
    var live: JSON = .null

    private var words: Words { amount.words }
    private var production: Int? { model.aliases[RegisteredModel.production] }

    /// The fields of the template `network`.
    var fields: [String: Any] {
        var fields = standing.state(of: model).fields(words)
        fields["name"] = model.name
        fields["sentence"] = sentence
        fields["try"] = model.kind.takesSamples ? model.page + "/try" : false
        fields["live"] = liveRows.isEmpty ? false : liveRows
        fields["trouble-live"] = live["trouble"]?.text ?? false
        fields["page"] = model.page
        fields["change"] = mayChange
        fields["load"] =
            mayChange && model.kind.takesSamples && (standing.isClosed || standing.loaded.isEmpty) ? model.page + "/load" : false
        fields["unload"] = mayChange && model.kind.takesSamples && !standing.loaded.isEmpty ? model.page + "/unload" : false
        fields["remove"] = mayChange ? model.page + "/remove" : false
        fields["removeTitle"] = words("net.removeTitle", ["name": model.name])
        fields["removeText"] = words("net.removeText", ["count": "\(model.versions.count)"])
        fields["done"] = done ?? false
        fields["failure"] = model.standard.flatMap { standing.failures[$0.number] } ?? false
        fields["versions"] = model.versions.reversed().map(row)
        fields["aliases"] = model.aliases.sorted { $0.key < $1.key }.map(alias)
        fields["choices"] = model.versions.reversed().map(choice)
        fields["back"] = mayChange && previous != nil
        fields["rollback"] = words("net.rollback", ["version": "\(previous ?? 0)"])
        fields.merge(trialFields) { $1 }
        return fields.merging(Trouble.fields(trouble, title: words("net.failed"), form: ["alias", "percent"])) { $1 }
    }

    private var liveRows: [[String: Any]] {
        (live["versions"]?.elements ?? []).map { version in
            func count(_ key: String) -> String { version[key]?.number.map { amount.whole(Int($0)) } ?? words("unit.none") }
            func figure(_ key: String) -> String { version[key]?.number.map { amount.figure($0) } ?? words("unit.none") }
            let facts: [(String, String)] =
                model.kind == .detector
                ? [("net.live.readings", count("readings")), ("net.live.alarms", count("alarms"))]
                : [
                    ("net.live.values", count("values")), ("metric.mae", figure("mae")), ("metric.mase", figure("mase")),
                    ("metric.coverage", version["coverage"]?.number.map { amount.percent($0) } ?? words("unit.none")),
                    ("net.live.drifted", count("drifted_series")),
                ]
            return [
                "title": words("net.version", ["version": "\(Int(version["version"]?.number ?? 0))"]),
                "role": words("net.live.\(version["role"]?.text ?? "production")"),
                "facts": facts.map { ["label": words($0.0), "value": $0.1] },
            ]
        }
    }

    private var sentence: String {
        if model.kind != .network { return words("net.sentence.\(model.kind.rawValue)", ["version": "\(model.standard?.number ?? 0)"]) }
        let state = standing.state(of: model), number = "\(model.standard?.number ?? 0)"
        let memory = amount.bytes(standing.bytes)
        guard let last = standing.lastAnswer, state == .loaded else {
            return words("net.sentence.\(state.rawValue)", ["version": number, "memory": memory])
        }
        return words("net.sentence.used", ["version": number, "memory": memory, "ago": amount.ago(last, now: now)])
    }

    private func row(_ version: ModelVersion) -> [String: Any] {
        let isProduction = version.number == production, rollout = model.rollout
        let names = model.aliases(of: version.number).filter { $0 != RegisteredModel.production }
        return [
            "number": "\(version.number)", "title": words("net.version", ["version": "\(version.number)"]), "href": version.page,
            "names": names.isEmpty ? false : names.joined(separator: ", "), "published": amount.ago(version.created, now: now),
            "publishedExact": amount.exact(version.created), "size": amount.bytes(version.bytes),
            "metric": MetricText(words).best(of: version.card.metrics) ?? words("unit.none"), "isProduction": isProduction,
            "isTried": rollout?.number == version.number && !isProduction, "promote": mayChange && !isProduction,
            "promoteName": words("net.promoteName", ["version": "\(version.number)"]),
        ]
    }

    private func choice(_ version: ModelVersion) -> [String: Any] {
        ["number": "\(version.number)", "label": words("net.version", ["version": "\(version.number)"])]
    }

    private func alias(_ alias: String, _ number: Int) -> [String: Any] {
        [
            "alias": alias, "target": words("net.version", ["version": "\(number)"]),
            "drop": mayChange && alias != RegisteredModel.production, "dropName": words("net.dropName", ["alias": alias]),
        ]
    }

    /// The trial under way, or the versions that one may be begun with.
    private var trialFields: [String: Any] {
        let others = model.versions.reversed().filter { $0.number != model.standard?.number }
        var fields: [String: Any] = [
            "trial": false, "mayTry": mayChange && model.kind.takesSamples && model.rollout == nil && !others.isEmpty,
            "others": others.map(choice),
        ]
        guard let rollout = model.rollout else { return fields }
        var facts = [
            ("net.answers", amount.whole(trial?.answers ?? 0)), ("net.failures", amount.whole(trial?.failures ?? 0)),
        ]
        if rollout.kind == .shadow {
            facts.append(("net.disagreements", amount.whole(trial?.disagreements ?? 0)))
            facts.append(("net.difference", amount.figure(Double(trial?.difference ?? 0))))
            facts.append(("net.skipped", amount.whole(trial?.skipped ?? 0)))
        }
        fields["trial"] =
            [
                "trialText": words(
                    "net.trial.\(rollout.kind.rawValue)", ["version": "\(rollout.number)", "percent": "\(rollout.percent)"]),
                "trialRule": words(
                    "net.trialRule", ["share": amount.percent(rollout.errorShare), "least": amount.whole(rollout.least)]),
                "counts": facts.map { ["label": words($0.0), "value": $0.1] }, "tried": "\(rollout.number)",
            ] as [String: Any]
        return fields
    }
}
