/// Which keywords are handled where. Keywords that are in none of these lists are annotations to JSON Schema and have no effect.
enum SchemaKeywords {
    /// Keywords that concern one type of value, handled together.
    static let ofTypes: Set<String> = [
        "type", "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties",
        "items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern", "format",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "nullable",
    ]

    /// Keywords that say something that is not enforced, with the reason.
    static let refused: [String: String] = [
        "uniqueItems": "an automaton can't remember all items; leave it out or bound the array by 'maxItems': 1",
        "contains": "how many items match can't be counted; describe the items with 'prefixItems'",
        "unevaluatedProperties": "it depends on other keywords; use 'additionalProperties'",
        "unevaluatedItems": "it depends on other keywords; use 'items'",
        "$dynamicRef": "dynamic references are not followed; use '$ref'",
        "$recursiveRef": "dynamic references are not followed; use '$ref'",
        "extends": "it is of draft 3; use 'allOf'",
        "disallow": "it is of draft 3; use 'not'",
        "divisibleBy": "it is of draft 3; use 'multipleOf'",
    ]
}
