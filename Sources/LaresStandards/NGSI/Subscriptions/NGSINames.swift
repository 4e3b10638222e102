package import LaresJSON

/// Names in subscriptions and registrations, from one context into another.
package enum NGSINames {
    /// The value of a member with its names changed.
    package static func renamed(_ name: String, _ value: JSON, _ rename: (String) -> String) -> JSON {
        switch (name, value) {
        case ("entities", .array(let elements)): return .array(elements.map { selector($0, rename) })
        case ("watchedAttributes", .array(let names)), ("propertyNames", .array(let names)), ("relationshipNames", .array(let names)),
            ("attributes", .array(let names)), ("attributeNames", .array(let names)):
            return .array(names.map { $0.text.map { .string(rename($0)) } ?? $0 })
        case ("notification", .object(let members)), ("geoQ", .object(let members)):
            var renamed = JSON.Members()
            for (name, value) in members { renamed.append(name, self.renamed(name, value, rename)) }
            return .object(renamed)
        case ("geoproperty", .string(let text)): return .string(rename(text))
        case ("information", .array(let elements)):
            return .array(
                elements.map { element in
                    guard case .object(let members) = element else { return element }
                    var renamed = JSON.Members()
                    for (name, value) in members { renamed.append(name, self.renamed(name, value, rename)) }
                    return .object(renamed)
                })
        default: return value
        }
    }

    /// An object with the names in its members changed.
    package static func renamed(_ json: JSON, _ rename: (String) -> String) -> JSON {
        guard case .object(let members) = json else { return json }
        var renamed = JSON.Members()
        for (name, value) in members { renamed.append(name, self.renamed(name, value, rename)) }
        return .object(renamed)
    }

    /// A registration whose types are arrays, as those are who have several.
    static func withTypeLists(_ registration: JSON) -> JSON {
        guard var members = registration.members, let information = members["information"]?.elements else { return registration }
        members["information"] = .array(
            information.map { part in
                guard var inner = part.members, let entities = inner["entities"]?.elements else { return part }
                inner["entities"] = .array(
                    entities.map { entity in
                        guard var selector = entity.members, case .string? = selector["type"] else { return entity }
                        selector["type"] = .array([selector["type"] ?? .null])
                        return .object(selector)
                    })
                return .object(inner)
            })
        return .object(members)
    }

    private static func selector(_ json: JSON, _ rename: (String) -> String) -> JSON {
        guard case .object(var members) = json, let type = members["type"] else { return json }
        switch type {
        case .string(let text): members["type"] = .string(expression(text, rename))
        case .array(let names): members["type"] = .array(names.map { $0.text.map { .string(rename($0)) } ?? $0 })
        default: break
        }
        return .object(members)
    }

    /// The names of an expression of types.
    private static func expression(_ text: String, _ rename: (String) -> String) -> String {
        var (result, word) = ("", "")
        for sign in text + "," {
            if ",;|()".contains(sign) {
                result += (word.isEmpty || word == "*" ? word : rename(word)) + String(sign)
                word = ""
            } else {
                word.append(sign)
            }
        }
        return String(result.dropLast())
    }
}
