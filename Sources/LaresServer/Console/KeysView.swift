import Foundation
import LaresAccess

/// The page of keys: those in use, and the one just made.
struct KeysView {
    let keys: [APIKey]
    var made: NewKey?
    var trouble: Trouble?
    /// What was typed, when it was refused.
    var typed = ""
    /// The role that was chosen.
    var wanted = Role.viewer
    /// The person that was chosen, by their id.
    var owner = ""
    /// Those whose a key may be.
    var people: [Person] = []
    let amount: Amount
    let now: Date

    /// The fields of the template `keys`.
    var fields: [String: Any] {
        let words = amount.words
        var fields: [String: Any] = [
            "sentence": words("keys.sentence", ["count": "\(keys.count)"]), "any": !keys.isEmpty, "keys": keys.map(row), "made": false,
            "name": typed, "roles": PersonWords(words).roles(wanted, among: Role.allCases), "persons": persons,
            "anyPersons": !people.isEmpty,
        ]
        fields.merge(Trouble.fields(trouble, title: words("keys.failed"), form: ["name"])) { $1 }
        if let made { fields["made"] = ["madeTitle": words("keys.madeTitle", ["name": made.key.name]), "secret": made.secret] }
        return fields
    }

    /// The name was refused: it stays in its field, with the reason.
    mutating func refuse(_ trouble: Trouble, _ form: Form) {
        (self.trouble, typed, wanted, owner) = (trouble, form["name"], Role(rawValue: form["role"]) ?? .viewer, form["person"])
    }

    private var persons: [[String: Any]] {
        [["value": "", "label": amount.words("keys.nobody"), "chosen": owner.isEmpty]]
            + people.map { ["value": $0.id, "label": $0.name.printable, "chosen": $0.id == owner] as [String: Any] }
    }

    private func row(_ key: APIKey) -> [String: Any] {
        let words = amount.words
        return [
            "name": key.name, "id": key.id, "madeOn": amount.date(key.created), "madeExact": amount.exact(key.created),
            "role": words("role.\(key.role.rawValue)"), "owner": people.first { $0.id == key.person }?.name.printable ?? false,
            "usedExact": key.lastUsed.map { amount.exact($0) } ?? false,
            "used": key.lastUsed.map { amount.ago($0, now: now) } ?? words("keys.never"),
            "revoke": "/keys/\(key.id)/revoke", "revokeName": words("keys.revokeName", ["name": key.name]),
        ]
    }
}
