internal import LaresJSON
internal import LaresYAML

extension Rule {
    /// Reads a rule written as YAML, the same data as in ``init(_:)-(JSON)``; at most a megabyte.
    ///
    /// - Throws: ``RuleError`` with `badRule`: it names the line where the text isn't plain data, and the member where it is no rule.
    public init(parsingYAML bytes: [UInt8]) throws(RuleError) {
        let json: JSON
        do throws(YAMLError) {
            json = try JSON(parsingYAML: bytes)
        } catch {
            throw RuleError(.badRule, "the rule: \(error.message)")
        }
        try self.init(json)
    }

    /// The rule as YAML, for people and version control; ``init(parsingYAML:)`` reads it back as the same rule.
    public var yaml: String { json.yaml }
}
