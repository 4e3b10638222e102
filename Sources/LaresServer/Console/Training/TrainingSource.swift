import LaresServing

/// Where the data of a new training come from.
enum TrainingSource: Sendable {
    /// A data set of this place.
    case kept(DataSet)
    /// A file of this machine, by its full path.
    case file(String, DataSummary)

    /// What the recipe calls it.
    var file: String {
        switch self {
        case .kept(let set): set.name
        case .file(let path, _): path
        }
    }

    var summary: DataSummary {
        switch self {
        case .kept(let set): set.summary
        case .file(_, let summary): summary
        }
    }

    var data: JobData {
        switch self {
        case .kept(let set): .kept(set.id)
        case .file: .named
        }
    }

    /// The field that carries it from page to page.
    var field: (name: String, value: String) {
        switch self {
        case .kept(let set): ("data", set.id)
        case .file(let path, _): ("path", path)
        }
    }
}
