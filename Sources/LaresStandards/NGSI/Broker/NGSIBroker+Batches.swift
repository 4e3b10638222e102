import GRDB

/// Many entities at once (clauses 5.6.7 to 5.6.10 and 5.6.20), all in one transaction; each succeeds or fails by itself.
extension NGSIBroker {
    /// What is done with each.
    public enum BatchKind: Sendable {
        case create
        /// Made, or put in place of what is there; or, `updates`, changed.
        case upsert(updates: Bool)
        case update(overwrites: Bool)
        case merge
    }

    /// What came of a batch.
    public struct BatchResult: Sendable {
        /// Those that were made.
        public var created: [String] = []
        /// Those that were changed.
        public var updated: [String] = []
        /// Those that failed, and why.
        public var errors: [(id: String, error: NGSIError)] = []
    }

    /// - Throws: An error of the database: nothing was done then.
    public func batch(_ entities: [NGSIEntity], _ kind: BatchKind, tenant: String) throws -> BatchResult {
        let makes: Bool =
            switch kind {
            case .create, .upsert: true
            default: false
            }
        return try write(tenant, makesTenant: makes) { transaction in
            var result = BatchResult()
            for entity in entities {
                do {
                    let isNew = try perform(kind, entity, &transaction, result)
                    if isNew {
                        result.created.append(entity.id)
                    } else if !result.updated.contains(entity.id) {
                        result.updated.append(entity.id)
                    }
                } catch let error as NGSIError { result.errors.append((entity.id, error)) }
            }
            return result
        }
    }

    /// - Returns: Whether the entity was made.
    private func perform(_ kind: BatchKind, _ entity: NGSIEntity, _ transaction: inout NGSITransaction, _ result: BatchResult) throws
        -> Bool
    {
        switch kind {
        case .create:
            try create(entity, &transaction)
            return true
        case .upsert(let updates):
            guard try transaction.find(entity.id) != nil else {
                try create(entity, &transaction)
                return true
            }
            if updates { _ = try append(entity, true, nil, &transaction) } else { try replace(entity, nil, &transaction) }
            // One that this batch made stays one that was made.
            return false
        case .update(let overwrites):
            let outcome = try append(entity, overwrites, nil, &transaction)
            if !outcome.notUpdated.isEmpty {
                throw NGSIError.bad("some attributes of '\(entity.id)' are there already, and weren't to be overwritten")
            }
            return false
        case .merge:
            try merge(entity, nil, nil, nil, &transaction)
            return false
        }
    }

    /// Takes entities away.
    public func batchDelete(_ ids: [String], tenant: String) throws -> BatchResult {
        try write(tenant) { transaction in
            var result = BatchResult()
            for id in ids {
                do {
                    try delete(id, nil, &transaction)
                    result.updated.append(id)
                } catch let error as NGSIError { result.errors.append((id, error)) }
            }
            return result
        }
    }
}
