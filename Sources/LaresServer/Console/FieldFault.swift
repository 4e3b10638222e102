/// Something in a form that can't be used: which field, and what its page says of it.
package struct FieldFault: Error {
    /// The field's name.
    package let field: String
    let key: String
    let values: [String: String]

    /// - Parameters:
    ///   - field: The field's name.
    ///   - key: The catalogue's key of the sentence.
    ///   - values: What fills the sentence's places.
    init(_ field: String, _ key: String, _ values: [String: String] = [:]) {
        (self.field, self.key, self.values) = (field, key, values)
    }

    func sentence(_ words: Words) -> String {
        values.reduce(words(key)) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
}
