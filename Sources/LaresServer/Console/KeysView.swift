import Foundation
import LaresAccess

/// The page of keys: those in use, and the one just made.
struct KeysView {
    let keys: [APIKey]
    var made: NewKey?
    var problem: String?
    let amount: Amount
    let now: Date

    /// The fields of the template `keys`.
    var fields: [String: Any] {
        let words = amount.words
        var fields: [String: Any] = [
            "sentence": words("keys.sentence", ["count": "\(keys.count)"]), "any": !keys.isEmpty, "keys": keys.map(row), "made": false,
            "problem": problem ?? false, "problemTitle": words("keys.failed"),
        ]
        if let made { fields["made"] = ["madeTitle": words("keys.madeTitle", ["name": made.key.name]), "secret": made.secret] }
        return fields
    }

    private func row(_ key: APIKey) -> [String: Any] {
        let words = amount.words
        return [
            "name": key.name, "id": key.id, "madeOn": amount.date(key.created), "madeExact": amount.exact(key.created),
            "used": key.lastUsed.map { amount.ago($0, now: now) } ?? words("keys.never"),
            "revoke": "/keys/\(key.id)/revoke", "revokeName": words("keys.revokeName", ["name": key.name]),
        ]
    }
}
