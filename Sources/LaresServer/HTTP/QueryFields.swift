import Hummingbird
package import LaresPlaces

/// The fields of an address as a form writes them: a space is a plus there (URL Standard §5.1), which Hummingbird's own reading leaves as it is.
/// Nothing else of Lares reads them otherwise.
package struct QueryFields: Sendable {
    private let form: Form?

    init(_ request: Request) { self.init(query: request.uri.query) }

    /// - Parameter query: What stands behind the question mark; nil: nothing.
    package init(query: String?) { form = query.flatMap { try? Form($0) } }

    /// The value of a field, the last where it is repeated; nil when there is none, or the query can't be read.
    package func get(_ name: String) -> String? {
        guard let form, form.has(name) else { return nil }
        return form.exact(name)
    }

    /// A whole number; nil when there is none.
    ///
    /// - Throws: ``APIError`` (400) for what is no number of the range.
    package func whole(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = get(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let end = range.upperBound == .max ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            throw APIError.invalid("'\(name)' must be a whole number \(end)", param: name)
        }
        return number
    }

    /// A number; nil when there is none.
    ///
    /// - Throws: ``APIError`` (400) for what is no finite number.
    package func decimal(_ name: String) throws -> Double? {
        guard let text = get(name) else { return nil }
        guard let number = Double(text), number.isFinite else { throw APIError.invalid("'\(name)' must be a number", param: name) }
        return number
    }

    /// A day; nil when there is none.
    ///
    /// - Throws: ``APIError`` (400) for what is no day.
    package func day(_ name: String) throws -> CalendarDay? {
        guard let text = get(name) else { return nil }
        guard let day = CalendarDay(text) else { throw APIError.invalid("'\(name)' must be a day such as 2026-11-30", param: name) }
        return day
    }

    /// All values of a field that may be repeated.
    package func all(_ name: String) -> [String] { form?.all(name) ?? [] }
}

extension Request {
    /// What stands behind the question mark, as a form writes it.
    var queryFields: QueryFields { QueryFields(self) }
}
