/// What went wrong with a form, as its page says it: a summary on top that leads to the field, and a word at the field itself.
struct Trouble: Sendable {
    /// One sentence in the reader's language.
    let sentence: String
    /// More of it in English, where the fault speaks no other language.
    var detail: String?
    /// The field to mend, where it is one.
    var field: String?

    init(_ sentence: String, detail: String? = nil, field: String? = nil) {
        self.sentence = sentence
        self.detail = detail
        self.field = field
    }

    /// What is told of an error; `fallback` where its code has no sentence.
    init(_ error: any Error, _ words: Words, fallback: String, field: String? = nil) {
        let explanation = Explanation(error, words)
        self.init(explanation?.sentence ?? words(fallback), detail: explanation?.detail ?? "\(error)", field: field)
    }

    /// The fields of the template `trouble`, and `wrong-…` for each field of the form.
    static func fields(_ trouble: Trouble?, title: String, form: [String] = []) -> [String: Any] {
        var fields: [String: Any] = [
            "problem": trouble?.sentence ?? false, "problemTitle": title, "problemDetail": trouble?.detail ?? false,
            "problemField": trouble?.field ?? false,
        ]
        for name in form { fields["wrong-\(name)"] = trouble?.field == name }
        return fields
    }
}
