extension Optional where Wrapped: Sendable {
    /// What becomes of a value, where there is one.
    func asyncMap<R>(_ body: (Wrapped) async throws -> R) async rethrows -> R? {
        guard let self else { return nil }
        return try await body(self)
    }
}
