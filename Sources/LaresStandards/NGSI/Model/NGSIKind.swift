/// What an attribute is (clause 4.5): its type, and the member its value stands in.
public enum NGSIKind: String, Sendable, Hashable, CaseIterable {
    case property = "Property"
    case relationship = "Relationship"
    case geo = "GeoProperty"
    case language = "LanguageProperty"
    case json = "JsonProperty"
    case vocab = "VocabProperty"
    case list = "ListProperty"
    case listRelationship = "ListRelationship"

    /// The member that holds the value in the normalised form.
    public var member: String {
        switch self {
        case .property, .geo: "value"
        case .relationship: "object"
        case .language: "languageMap"
        case .json: "json"
        case .vocab: "vocab"
        case .list: "valueList"
        case .listRelationship: "objectList"
        }
    }

    /// The member that holds the value there was before, in notifications.
    var previousMember: String {
        switch self {
        case .property, .geo: "previousValue"
        case .relationship: "previousObject"
        case .language: "previousLanguageMap"
        case .json: "previousJson"
        case .vocab: "previousVocab"
        case .list: "previousValueList"
        case .listRelationship: "previousObjectList"
        }
    }

    /// The member that holds the values of all instances in the simplified temporal form.
    var pluralMember: String {
        switch self {
        case .property, .geo: "values"
        case .relationship: "objects"
        case .language: "languageMaps"
        case .json: "jsons"
        case .vocab: "vocabs"
        case .list: "valueLists"
        case .listRelationship: "objectLists"
        }
    }
}
