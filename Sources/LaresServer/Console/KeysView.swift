import Foundation
import LaresAccess

/// The page of keys: those in use, and the one just made.
struct KeysView {
    let keys: [APIKey]
    var made: NewKey?
    var trouble: Trouble?
    /// What was typed, when it was refused.
    var typed = ""
    /// Whether the larger role was chosen.
    var wantsAdmin = false
    let amount: Amount
    let now: Date

    /// The fields of the template `keys`.
    var fields: [String: Any] {
        let words = amount.words
        var fields: [String: Any] = [
            "sentence": words("keys.sentence", ["count": "\(keys.count)"]), "any": !keys.isEmpty, "keys": keys.map(row), "made": false,
            "name": typed, "roles": roles,
        ]
        fields.merge(Trouble.fields(trouble, title: words("keys.failed"), form: ["name"])) { $1 }
        if let made { fields["made"] = ["madeTitle": words("keys.madeTitle", ["name": made.key.name]), "secret": made.secret] }
        return fields
    }

    /// The name was refused: it stays in its field, with the reason.
    mutating func refuse(_ trouble: Trouble, _ name: String, _ isAdmin: Bool) {
        (self.trouble, typed, wantsAdmin) = (trouble, name, isAdmin)
    }

    private var roles: [[String: Any]] {
        [false, true].map { isAdmin in
            ["code": isAdmin ? "admin" : "use", "label": label(isAdmin), "chosen": isAdmin == wantsAdmin]
        }
    }

    private func label(_ isAdmin: Bool) -> String { amount.words(isAdmin ? "keys.roleAdmin" : "keys.roleUse") }

    private func row(_ key: APIKey) -> [String: Any] {
        let words = amount.words
        return [
            "name": key.name, "id": key.id, "madeOn": amount.date(key.created), "madeExact": amount.exact(key.created),
            "role": label(key.mayAdminister), "usedExact": key.lastUsed.map { amount.exact($0) } ?? false,
            "used": key.lastUsed.map { amount.ago($0, now: now) } ?? words("keys.never"),
            "revoke": "/keys/\(key.id)/revoke", "revokeName": words("keys.revokeName", ["name": key.name]),
        ]
    }
}
