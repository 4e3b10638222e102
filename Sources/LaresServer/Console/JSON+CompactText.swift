extension JSON {
    /// The value as JSON text.
    var compactText: String { String(decoding: data, as: UTF8.self) }
}
