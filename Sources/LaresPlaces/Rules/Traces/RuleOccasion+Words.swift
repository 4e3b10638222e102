internal import LaresJSON
internal import LaresThings

extension RuleOccasion {
    /// What it was, in words.
    public var sentence: RuleSentence {
        var arguments: [String: RuleSentence.Argument] = [:]
        if let address { arguments["property"] = .text(address.description) }
        arguments["value"] = kind == "availability" ? .text(data?.text ?? "") : .of(new)
        if let name { arguments["name"] = .text(name) }
        return RuleSentence("on.\(kind)", arguments)
    }
}

extension RuleSentence.Argument {
    /// A value, or that there is none.
    static func of(_ value: PropertyValue?) -> Self {
        guard let value else { return .sentence(RuleSentence("unknown")) }
        return .text(value.text ?? value.json.serialized)
    }

    static func of(_ values: [PropertyValue]) -> Self { .text(values.map { $0.text ?? $0.json.serialized }.joined(separator: " / ")) }
}
