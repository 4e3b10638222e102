import LaresJSON

extension Serving {
    /// What happens to what a job learnt: a language model or an adapter becomes a model of the store, everything else a version of the
    /// registry; nothing without a name.
    public var publishing: TrainingJobs.Publishing {
        let (store, versions) = (store, networks.publishing)
        return { job, folder in
            guard let file = TrainedFile.name(in: folder), [TrainedFile.model, TrainedFile.adapter].contains(file) else {
                return try await versions(job, folder)
            }
            guard let name = job.recipe["name"]?.text else { return }
            try await store.importModel(at: folder + "/" + file, name: name, base: job.recipe["tuning"]?["model"]?.text)
        }
    }
}
