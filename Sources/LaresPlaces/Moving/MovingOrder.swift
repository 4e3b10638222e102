public import LaresJSON

/// What a request or a command asks for: a home, what to do about conflicts, and whether to do it.
///
/// `{"home": …, "policy": …, "apply": true}`, or `{"home_assistant": [… what is in its files …], …}` instead of a home. Without `apply` nothing is written.
public struct MovingOrder: Sendable {
    /// The home that moves in.
    public let file: HomeFile
    /// What has no place here.
    public let remarks: [MovingRemark]
    /// What to do about conflicts.
    public let policy: MovingPolicy
    /// Whether it is done; else only planned.
    public let applies: Bool

    /// Reads an order.
    ///
    /// - Throws: ``MovingError``.
    public init(_ json: JSON) throws(MovingError) {
        let (home, storage, policy, applies): (JSON?, [JSON]?, JSON?, Bool)
        do throws(JSONError) {
            var fields = try JSONFields(json)
            (home, storage) = (fields.value("home"), try fields.array("home_assistant"))
            (policy, applies) = (fields.value("policy"), try fields.bool("apply") ?? false)
            // What shows that a person wants it is for who asks for it.
            for member in ["pin", "person", "confirm"] { _ = fields.value(member) }
            try fields.end()
        } catch {
            throw MovingError(.badPolicy, "the import: \(error.message)")
        }
        self.applies = applies
        self.policy = try policy.map { json throws(MovingError) in try MovingPolicy(json) } ?? MovingPolicy()
        switch (home, storage) {
        case (let home?, nil): (file, remarks) = (try HomeFile(home), [])
        case (nil, let storage?):
            let storage = try HomeAssistantStorage(contents: storage)
            (file, remarks) = (storage.home, storage.remarks)
        default: throw MovingError(.badPolicy, "the import: give either 'home' or 'home_assistant'")
        }
    }

    /// Plans it, or does it.
    ///
    /// - Returns: The plan as JSON, with the remarks.
    /// - Throws: ``MovingError``; an error of a database.
    public func carryOut(by transfer: HomeTransfer) async throws -> JSON {
        let plan = applies ? try await transfer.apply(file, policy) : try transfer.plan(file, policy)
        guard case .object(var members) = plan.json else { return plan.json }
        members["applied"] = .bool(applies)
        members["remarks"] = .array(remarks.map(\.json))
        return .object(members)
    }
}

extension MovingRemark {
    /// As JSON for the API.
    public var json: JSON {
        [
            "kind": .string(kind.rawValue), "count": .int(count), "names": .array(names.map { .string($0) }),
            "sentence": .string(description),
        ]
    }
}
