import LaresJSON

/// JSON Patch (RFC 6902): operations that change a JSON value, all of them or none.
struct JSONPatch {
    private let operations: [JSON]

    /// - Throws: ``SensorThingsError`` (400) for anything but an array of up to 1,000 operations.
    init(_ json: JSON) throws {
        guard let operations = json.elements, operations.count <= 1_000 else {
            throw SensorThingsError.bad("a JSON Patch is an array of at most 1,000 operations")
        }
        self.operations = operations
    }

    /// A value after all operations.
    ///
    /// - Throws: ``SensorThingsError``: 400 for one that can't be done, 409 for a test that fails.
    func applied(to json: JSON) throws -> JSON {
        var json = json
        for (i, operation) in operations.enumerated() { try apply(operation, i, &json) }
        return json
    }

    private func apply(_ operation: JSON, _ i: Int, _ json: inout JSON) throws {
        guard let name = operation["op"]?.text, let path = Self.path(operation["path"]) else {
            throw SensorThingsError.bad("operation \(i) of the JSON Patch needs 'op' and a 'path' such as \"/properties/room\"")
        }
        switch name {
        case "add": try json.put(try value(operation, i), at: path[...], isNew: true)
        case "replace":
            _ = try json.found(at: path[...])
            try json.put(try value(operation, i), at: path[...], isNew: false)
        case "remove": try json.remove(at: path[...])
        case "move", "copy":
            guard let from = Self.path(operation["from"]) else {
                throw SensorThingsError.bad("operation \(i) of the JSON Patch needs 'from'")
            }
            let value = try json.found(at: from[...])
            if name == "move" {
                guard !path.starts(with: from) || path == from else {
                    throw SensorThingsError.bad("operation \(i) moves a value into itself")
                }
                try json.remove(at: from[...])
            }
            try json.put(value, at: path[...], isNew: true)
        case "test":
            guard try json.found(at: path[...]).isSame(try value(operation, i)) else {
                throw SensorThingsError(
                    409, "operation \(i) of the JSON Patch: the value at '/\(path.joined(separator: "/"))' is another one")
            }
        default: throw SensorThingsError.bad("operation \(i) of the JSON Patch: 'op' may be add, remove, replace, move, copy, test")
        }
    }

    private func value(_ operation: JSON, _ i: Int) throws -> JSON {
        guard let value = operation["value"] else { throw SensorThingsError.bad("operation \(i) of the JSON Patch needs 'value'") }
        return value
    }

    /// The names of a JSON Pointer (RFC 6901); nil for anything else.
    private static func path(_ json: JSON?) -> [String]? {
        guard let text = json?.text, text.isEmpty || text.hasPrefix("/") else { return nil }
        let names = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        return names.count > JSON.maximumDepth ? nil : names.map { String($0).replacing("~1", with: "/").replacing("~0", with: "~") }
    }
}

extension JSON {
    private static func nothing(_ name: String) -> SensorThingsError {
        .bad("the JSON Patch names '\(name.prefix(60))', which isn't there")
    }

    fileprivate func found(at path: ArraySlice<String>) throws -> JSON {
        guard let name = path.first else { return self }
        switch self {
        case .object(let members):
            guard let value = members[name] else { throw Self.nothing(name) }
            return try value.found(at: path.dropFirst())
        case .array(let elements):
            guard let i = Int(name), elements.indices.contains(i) else { throw Self.nothing(name) }
            return try elements[i].found(at: path.dropFirst())
        default: throw Self.nothing(name)
        }
    }

    fileprivate mutating func put(_ value: JSON, at path: ArraySlice<String>, isNew: Bool) throws {
        guard let name = path.first else { return self = value }
        let rest = path.dropFirst()
        switch self {
        case .object(var members):
            var inner = members[name]
            if rest.isEmpty {
                inner = value
            } else {
                guard inner != nil else { throw Self.nothing(name) }
                try inner?.put(value, at: rest, isNew: isNew)
            }
            members[name] = inner
            self = .object(members)
        case .array(var elements):
            let i = name == "-" ? elements.count : Int(name) ?? -1
            if rest.isEmpty, isNew {
                guard (0...elements.count).contains(i) else { throw Self.nothing(name) }
                elements.insert(value, at: i)
            } else {
                guard elements.indices.contains(i) else { throw Self.nothing(name) }
                try elements[i].put(value, at: rest, isNew: isNew)
            }
            self = .array(elements)
        default: throw Self.nothing(name)
        }
    }

    fileprivate mutating func remove(at path: ArraySlice<String>) throws {
        guard let name = path.first else { return self = .null }
        let rest = path.dropFirst()
        switch self {
        case .object(let members):
            guard var inner = members[name] else { throw Self.nothing(name) }
            if !rest.isEmpty { try inner.remove(at: rest) }
            var left = Members()
            for (key, value) in members where key != name || !rest.isEmpty { left.append(key, key == name ? inner : value) }
            self = .object(left)
        case .array(var elements):
            guard let i = Int(name), elements.indices.contains(i) else { throw Self.nothing(name) }
            if rest.isEmpty { elements.remove(at: i) } else { try elements[i].remove(at: rest) }
            self = .array(elements)
        default: throw Self.nothing(name)
        }
    }

    /// Whether two values are the same, whatever the order of members, and 1 the same as 1.0.
    fileprivate func isSame(_ other: JSON) -> Bool {
        if let number, let theirs = other.number { return number == theirs }
        switch (self, other) {
        case (.object(let a), .object(let b)):
            return a.count == b.count && a.allSatisfy { name, value in b[name].map { value.isSame($0) } ?? false }
        case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy { $0.isSame($1) }
        default: return self == other
        }
    }
}
