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
            try signInPage(viewer, back: localPath(request.queryFields.get("back") ?? ""), trouble: nil)
        }
    }

    /// Checks the key and hands it back as a cookie that scripts can't read and that other sites' requests don't carry.
    @Sendable private func signIn(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await page(incoming, context) { viewer in
            var request = incoming
            let form = try await Form(&request)
            let key = form["key"]
            guard key.utf8.count <= 200, try keys?.principal(forSecret: key) != nil else {
                return try signInPage(viewer, back: localPath(form["back"]), trouble: Trouble(words(viewer)("signin.wrong"), field: "key"))
            }
            var response = Response.redirect(to: localPath(form["back"]))
            response.setCookie(session(key, maxAge: 30 * 86_400))
            return response
        }
    }

    @Sendable private func signOut(_ request: Request, _ context: LaresContext) -> Response {
        var response = Response.redirect(to: "/sign-in")
        response.setCookie(session("", maxAge: 0))
        response.headers[.clearSiteData] = "\"storage\""  // the tab's conversation
        return response
    }

    private func session(_ key: String, maxAge: Int) -> Cookie {
        Cookie(
            name: Viewer.keyCookie, value: key, maxAge: maxAge, path: "/", secure: settings.isSecure, httpOnly: true, sameSite: .strict)
    }

    private func signInPage(_ viewer: Viewer, back: String, trouble: Trouble?) throws -> Response {
        let words = words(viewer)
        return try html(
            .signIn, title: words("signin.title"),
            Trouble.fields(trouble, title: words("signin.failed"), form: ["key"]).merging(["back": back]) { $1 },
            viewer: viewer, status: trouble == nil ? .ok : .forbidden)
    }
}

extension HTTPField.Name {
    /// Tells a browser what to forget (W3C Clear Site Data).
    fileprivate static let clearSiteData = Self("Clear-Site-Data")!
}
