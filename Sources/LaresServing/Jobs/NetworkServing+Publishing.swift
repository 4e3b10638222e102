import Foundation
import LaresJSON
import LaresNeural

extension NetworkServing {
    /// Publishes what a job learnt under the name its recipe gives, with a card and where it came from; nothing without a name, and
    /// nothing a second time.
    public var publishing: TrainingJobs.Publishing {
        { job, folder in
            guard let name = job.recipe["name"]?.text else { return }
            let versions = (try? self.registry.model(name).versions) ?? []
            guard !versions.contains(where: { $0.lineage.job == job.id }) else { return }
            let card = try JSON(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/card.json"))))
            let kind = ModelVersion.Kind.allCases.first { FileManager.default.fileExists(atPath: folder + "/" + $0.file) } ?? .network
            let data = card["data"]?["text"]?.text ?? card["data"]?["file"]?.text, hash = card["data"]?["sha256"]?.text
            let published = ModelCard(
                summary: card["summary"]?.text, data: data, metrics: card.measured, codeVersion: card["code"]?.text)
            try self.registry.publish(
                folder + "/" + kind.file, as: name, card: published, lineage: Lineage(job: job.id, dataHash: hash))
            self.registryChanged(name)
        }
    }
}

extension JSON {
    /// "validation accuracy": 0.97, from the metrics of a card of training.
    fileprivate var measured: [String: Double] {
        guard case .object(let parts)? = self["metrics"] else { return [:] }
        var result: [String: Double] = [:]
        for (part, values) in parts {
            guard case .object(let values) = values else { continue }
            for (name, value) in values {
                if let number = value.number, number.isFinite { result["\(part) \(name)"] = number }
            }
        }
        return result
    }
}
