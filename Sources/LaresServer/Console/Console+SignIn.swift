import HTTPTypes
import Hummingbird
import LaresAccess

extension Console {
    func addSignInRoutes(to router: Router<LaresContext>) {
        router.get("/sign-in", use: showSignIn)
        router.post("/sign-in", use: signIn)
        router.post("/sign-out", use: signOut)
    }

    @Sendable private func showSignIn(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await page(request, context) { viewer in
            try signInPage(viewer, back: localPath(request.uri.queryParameters.get("back") ?? ""), problem: nil)
        }
    }

    /// Checks the key and hands it back as a cookie that scripts can't read and that other sites' requests don't carry.
    @Sendable private func signIn(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await page(incoming, context) { viewer in
            var request = incoming
            let form = try await Form(&request)
            let key = form["key"]
            guard key.utf8.count <= 200, try keys?.principal(forSecret: key) != nil else {
                return try signInPage(viewer, back: localPath(form["back"]), problem: words(viewer)("signin.wrong"))
            }
            var response = Response.redirect(to: localPath(form["back"]))
            response.setCookie(session(key, maxAge: 30 * 86_400))
            return response
        }
    }

    @Sendable private func signOut(_ request: Request, _ context: LaresContext) -> Response {
        var response = Response.redirect(to: "/sign-in")
        response.setCookie(session("", maxAge: 0))
        return response
    }

    private func session(_ key: String, maxAge: Int) -> Cookie {
        Cookie(
            name: Viewer.keyCookie, value: key, maxAge: maxAge, path: "/", secure: settings.isSecure, httpOnly: true, sameSite: .strict)
    }

    private func signInPage(_ viewer: Viewer, back: String, problem: String?) throws -> Response {
        let words = words(viewer)
        return try html(
            .signIn, title: words("signin.title"),
            ["back": back, "problem": problem ?? false, "problemTitle": words("signin.failed")],
            viewer: viewer, status: problem == nil ? .ok : .forbidden)
    }
}
