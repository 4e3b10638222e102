import Foundation
public import LaresJSON
import LaresNeural
public import LaresServing

extension RegisteredModel {
    /// The network with all its versions, as `/lares/v1/registry` and `lares registry show --json` show it.
    ///
    /// - Parameter trial: how its trial goes, where that is known.
    public func json(_ trial: TrialStanding? = nil) -> JSON {
        [
            "name": .string(name), "kind": .string(kind.rawValue), "serving": standard.map { .int($0.number) } ?? .null,
            "aliases": .object(aliases.sorted { $0.key < $1.key }.reduce(into: JSON.Members()) { $0.append($1.key, .int($1.value)) }),
            "trial": rollout.map { $0.json(trial) } ?? .null, "versions": .array(versions.map { $0.json(aliases(of: $0.number)) }),
        ]
    }
}

extension Rollout {
    fileprivate func json(_ trial: TrialStanding?) -> JSON {
        [
            "version": .int(number), "kind": .string(kind.rawValue), "percent": .int(percent), "error_share": .double(errorShare),
            "least": .int(least), "answers": .int(trial?.answers ?? 0), "failures": .int(trial?.failures ?? 0),
            "largest_difference": trial.map { .double(Double($0.difference)) } ?? .null,
            "disagreements": .int(trial?.disagreements ?? 0), "skipped": .int(trial?.skipped ?? 0),
        ]
    }
}

extension ModelVersion {
    fileprivate func json(_ aliases: [String]) -> JSON {
        [
            "version": .int(number), "aliases": .array(aliases.map { .string($0) }), "sha256": .string(digest.description),
            "bytes": .int(bytes), "created": .int(Int(created.timeIntervalSince1970)), "card": card.json,
            "job": lineage.job.map { .string($0) } ?? .null, "data_sha256": lineage.dataHash.map { .string($0) } ?? .null,
            "inputs": .array(signature.inputs.map(\.json)), "outputs": .array(signature.outputs.map(\.json)),
        ]
    }
}

extension ModelCard {
    fileprivate var json: JSON {
        [
            "summary": summary.map { .string($0) } ?? .null, "data": data.map { .string($0) } ?? .null,
            "metrics": .object(metrics.sorted { $0.key < $1.key }.reduce(into: JSON.Members()) { $0.append($1.key, .double($1.value)) }),
            "code_version": codeVersion.map { .string($0) } ?? .null, "licence": licence.map { .string($0) } ?? .null,
            "parents": .array(parents.map { .string($0) }),
        ]
    }
}
