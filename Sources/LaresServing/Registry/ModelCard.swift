/// What people should know of a version: its data, how good it is, and what may be done with it.
public struct ModelCard: Sendable, Hashable, Codable {
    /// What it is for, in a few sentences.
    public var summary: String?
    /// What it was trained on.
    public var data: String?
    /// How good it was when it was scored: "accuracy": 0.97. Finite numbers.
    public var metrics: [String: Double]
    /// The version of the program that made it.
    public var codeVersion: String?
    /// Under which licence it may be used: an SPDX identifier, or a name.
    public var licence: String?
    /// What it was made from: "name:version" of other networks, or names of models.
    public var parents: [String]

    /// A card; what is left out isn't known.
    public init(
        summary: String? = nil, data: String? = nil, metrics: [String: Double] = [:], codeVersion: String? = nil, licence: String? = nil,
        parents: [String] = []
    ) {
        self.summary = summary
        self.data = data
        self.metrics = metrics
        self.codeVersion = codeVersion
        self.licence = licence
        self.parents = parents
    }

    private enum CodingKeys: String, CodingKey {
        case summary, data, metrics, licence, parents
        case codeVersion = "code_version"
    }

    /// Reads a card; every member may be left out.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            summary: try values.decodeIfPresent(String.self, forKey: .summary),
            data: try values.decodeIfPresent(String.self, forKey: .data),
            metrics: try values.decodeIfPresent([String: Double].self, forKey: .metrics) ?? [:],
            codeVersion: try values.decodeIfPresent(String.self, forKey: .codeVersion),
            licence: try values.decodeIfPresent(String.self, forKey: .licence),
            parents: try values.decodeIfPresent([String].self, forKey: .parents) ?? [])
    }

    /// Refuses cards that are too large to be shown.
    ///
    /// - Throws: ``RegistryError`` with code `badCard`.
    func check() throws {
        let texts = [summary, data, codeVersion, licence].compactMap { $0 } + parents + metrics.keys
        guard texts.allSatisfy({ $0.utf8.count <= 16_384 }), parents.count <= 64, metrics.count <= 256 else {
            throw RegistryError(.badCard, "a model card has texts of at most 16,384 bytes, 64 parents and 256 metrics: shorten it")
        }
        guard metrics.values.allSatisfy(\.isFinite) else {
            throw RegistryError(.badCard, "a metric of the model card is not finite: leave out what couldn't be measured")
        }
    }
}

/// Where a version came from.
public struct Lineage: Sendable, Hashable, Codable {
    /// The training job that made it.
    public var job: String?
    /// SHA-256 of the data it was trained on.
    public var dataHash: String?

    /// A lineage; what is left out isn't known.
    public init(job: String? = nil, dataHash: String? = nil) {
        self.job = job
        self.dataHash = dataHash
    }

    private enum CodingKeys: String, CodingKey {
        case job
        case dataHash = "data_sha256"
    }
}
