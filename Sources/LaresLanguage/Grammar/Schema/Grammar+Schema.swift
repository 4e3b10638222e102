extension Grammar {
    /// JSON that a JSON Schema (2020-12, and what drafts 4 to 2019-09 write differently) admits.
    ///
    /// Members come in the order of the schema, optional ones may be left out, others follow. There is no white space but one space that
    /// may follow `:` and `,`. Whole numbers have at most 20 digits.
    ///
    /// - Throws: ``GrammarError`` naming the keyword and its JSON pointer for what can't be enforced exactly; nothing is ignored but annotations.
    public init(jsonSchema: String, limits: GrammarLimits = GrammarLimits()) throws(GrammarError) {
        try Self.checkSize(jsonSchema.utf8.count, limits)
        let text = try SchemaTextParser.parse(jsonSchema, limits: limits)
        var compiler = try SchemaCompiler(text, limits: limits)
        self.init(try compiler.compile(), limits)
    }

    /// Any JSON object: what `response_format: json_object` asks for.
    public static func jsonObject(limits: GrammarLimits = GrammarLimits()) throws(GrammarError) -> Grammar {
        try Grammar(jsonSchema: #"{"type": "object"}"#, limits: limits)
    }
}
