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
            var (published, lineage) = try ModelCard.reading(card)
            lineage.job = job.id
            try self.registry.publish(folder + "/" + kind.file, as: name, card: published, lineage: lineage)
            self.registryChanged(name)
        }
    }
}
