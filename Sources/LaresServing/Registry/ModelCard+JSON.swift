public import LaresJSON

extension ModelCard {
    /// What the first member of a card of a training says.
    private static let trainingFormat = "lares model card 1"

    /// Reads a card that someone wrote, or `card.json` of a training, which also tells where the version came from.
    ///
    /// - Throws: ``RegistryError`` with code `badCard` for members that no card has, which it lists, and for those of another type.
    public static func reading(_ json: JSON) throws(RegistryError) -> (card: ModelCard, lineage: Lineage) {
        guard json["format"]?.text != trainingFormat else { return training(json) }
        do throws(JSONError) {
            return (try ModelCard(written: json), Lineage())
        } catch {
            throw RegistryError(.badCard, "the model card: \(error.message)")
        }
    }

    private init(written json: JSON) throws(JSONError) {
        var fields = try JSONFields(json)
        self.init(
            summary: try fields.string("summary"), data: try fields.string("data"),
            codeVersion: try fields.string("code_version"), licence: try fields.string("licence"),
            parents: try fields.strings("parents") ?? [])
        if let given = fields.value("metrics") {
            guard case .object(let values) = given else { throw fields.error("metrics", "must be an object of numbers, not \(given.kind)") }
            for (name, value) in values {
                guard let number = value.number else { throw fields.error("metrics.\(name)", "must be a number, not \(value.kind)") }
                metrics[name] = number
            }
        }
        try fields.end()
    }

    /// What a training wrote of itself, for the registry.
    private static func training(_ json: JSON) -> (card: ModelCard, lineage: Lineage) {
        let data = json["data"]
        let card = ModelCard(
            summary: json["summary"]?.text, data: data?["text"]?.text ?? data?["file"]?.text, metrics: json.measured,
            codeVersion: json["code"]?.text)
        return (card, Lineage(dataHash: data?["sha256"]?.text))
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
