import LaresJSON
import LaresServing

/// The page that adds a model: those that are known by name, and a form for any other.
struct AddView {
    /// What was asked for, when it could not be had.
    var order: PullOrder?
    var trouble: Trouble?
    let words: Words

    /// The fields of the template `add`.
    var fields: [String: Any] {
        let own: [String: Any] = [
            "source": order?.source ?? "", "name": order?.name ?? "", "texts": texts,
            "known": WellKnownModel.all.map { model in
                ["name": model.name, "about": words("known.\(model.name)"), "fetch": words("add.knownDo", ["name": model.name])]
            },
        ]
        return own.merging(Trouble.fields(trouble, title: words("add.failed"), form: ["source", "name"])) { $1 }
    }

    /// What `pull.js` says.
    private var texts: String {
        words.json([
            "starting": "add.starting", "lost": "add.lost", "stopped": "add.stopped", "signedOut": "add.signedOut",
            "forbidden": "add.forbidden", "malformed": "add.malformed", "fault": "add.fault", "signIn": "signin.do",
        ]).serialized
    }
}
