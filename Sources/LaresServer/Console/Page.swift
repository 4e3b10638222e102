/// The pages there are, by the name of their file in `Pages`.
enum Page: String, Sendable, CaseIterable {
    case models, model, add, confirm, chat, settings, keys, problem
    case signIn = "sign-in"
    /// Parts of pages.
    case frame, rows, state, trouble
}
