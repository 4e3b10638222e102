public import LaresJSON

/// Who orders: a person, or a controller with the version of the model that decided.
public struct OrderIssuer: Sendable, Hashable {
    /// What they are.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Somebody with a name.
        case person
        /// A program that decides by itself.
        case controller
    }

    /// What they are.
    public let kind: Kind
    /// Their name.
    public let name: String
    /// The model that decided; nil: none did.
    public let model: String?
    /// Its version.
    public let version: Int?

    /// A person.
    public static func person(_ name: String) -> OrderIssuer { OrderIssuer(kind: .person, name: name, model: nil, version: nil) }

    /// A controller.
    public static func controller(_ name: String, model: String? = nil, version: Int? = nil) -> OrderIssuer {
        OrderIssuer(kind: .controller, name: name, model: model, version: version)
    }

    /// Whether it is the same one, whichever version of its model decided.
    public func isSame(as other: OrderIssuer) -> Bool { kind == other.kind && name == other.name }

    /// As the API shows it.
    public var json: JSON {
        var members: JSON.Members = ["kind": .string(kind.rawValue), "name": .string(name)]
        if let model { members["model"] = .string(model) }
        if let version { members["version"] = .int(version) }
        return .object(members)
    }

    /// Reads what was kept; nil for what is none.
    init?(kept json: JSON?) {
        guard let json, let kind = json["kind"]?.text.flatMap(Kind.init(rawValue:)), let name = json["name"]?.text else { return nil }
        (self.kind, self.name) = (kind, name)
        (model, version) = (json["model"]?.text, json["version"]?.number.flatMap { Int(exactly: $0) })
    }

    private init(kind: Kind, name: String, model: String?, version: Int?) {
        (self.kind, self.name, self.model, self.version) = (kind, String(name.prefix(128)), model.map { String($0.prefix(128)) }, version)
    }
}
