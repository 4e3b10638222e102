import Hummingbird

/// Who looks at a page, and how they want it.
struct Viewer: Sendable {
    let language: Language
    let theme: Theme
    /// The path of the page, for the frame's links.
    let path: String
    /// The path with its query, to come back to after a choice of language.
    let here: String
    /// How this reader reached the server: "http://localhost:11500".
    let origin: String
    let caller: Caller
    /// Whether a key in a cookie let them in.
    let hasSession: Bool

    init(
        language: Language, theme: Theme = .system, path: String, here: String? = nil, origin: String = "http://localhost",
        caller: Caller = .anonymous,
        hasSession: Bool = false
    ) {
        self.language = language
        self.theme = theme
        self.path = path
        self.here = here ?? path
        self.origin = origin
        self.caller = caller
        self.hasSession = hasSession
    }

    /// - Parameters:
    ///   - request: Carries the theme cookie, the path and the host.
    ///   - context: Carries the language and the caller.
    ///   - isSecure: Whether the server speaks TLS.
    init(_ request: Request, _ context: LaresContext, isSecure: Bool) {
        self.init(
            language: context.language, theme: request.cookies["theme"].flatMap { Theme(rawValue: $0.value) } ?? .system,
            path: request.uri.path, here: request.uri.string,
            origin: "\(isSecure ? "https" : "http")://\(request.head.authority ?? "localhost")",
            caller: context.caller, hasSession: request.cookies[Self.keyCookie] != nil)
    }

    /// Whether the key in the cookie is known here: on loopback nobody needs one, and a forgotten cookie says nothing.
    var isSignedIn: Bool { hasSession && caller != .local && caller != .anonymous }

    /// The cookie that carries a person's key.
    static let keyCookie = "lares_key"
}
