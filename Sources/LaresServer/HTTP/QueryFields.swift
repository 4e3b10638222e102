import Hummingbird

/// The fields of an address as a form writes them: a space is a plus there (URL Standard §5.1), which Hummingbird's own reading leaves as it is.
struct QueryFields: Sendable {
    private let form: Form?

    init(_ request: Request) { form = request.uri.query.flatMap { try? Form($0) } }

    /// The value of a field; nil when there is none, or the query can't be read.
    func get(_ name: String) -> String? {
        guard let form, form.has(name) else { return nil }
        return form.exact(name)
    }
}

extension Request {
    /// What stands behind the question mark, as a form writes it.
    var queryFields: QueryFields { QueryFields(self) }
}
