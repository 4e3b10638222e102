public import LaresTemplates

extension TemplateValue {
    /// The value of a JSON text, for templates: whole numbers that fit stay exact.
    ///
    /// - Throws: ``GrammarError`` with the byte for what is not JSON, or is nested deeper than a template takes.
    public init(json: String) throws(GrammarError) {
        var limits = GrammarLimits()
        limits.textDepth = 60
        let text = try SchemaTextParser.parse(json, limits: limits)
        self = Self.value(of: 0, in: text)
    }

    private static func value(of entry: Int, in text: SchemaText) -> TemplateValue {
        switch text[entry] {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .number(let number): value(of: number)
        case .string(let string): .string(string)
        case .array(let items): .array(items.map { value(of: $0, in: text) })
        case .object(let members): .object(TemplateObject(members.map { ($0.key, value(of: $0.value, in: text)) }))
        }
    }

    private static func value(of number: Decimal) -> TemplateValue {
        let sign = number.isNegative ? "-" : ""
        if number.isInteger, number.exponent <= 19 {
            let digits = number.wholeDigits.map { Character(Unicode.Scalar($0 + 0x30)) }
            if let whole = Int(sign + (digits.isEmpty ? "0" : String(digits))) { return .int(whole) }
        }
        let digits = number.digits.map { Character(Unicode.Scalar($0 + 0x30)) }
        return .double(Double("\(sign)0.\(String(digits))e\(number.exponent)") ?? 0)
    }
}
