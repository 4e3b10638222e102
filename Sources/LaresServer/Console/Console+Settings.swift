import Hummingbird

extension Console {
    func addSettingsRoutes(to router: Router<LaresContext>) {
        router.get("/settings", use: showSettings)
        router.post("/settings", use: saveSettings)
        router.post("/language", use: switchLanguage)
    }

    @Sendable private func showSettings(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await page(request, context) { viewer in
            let words = words(viewer)
            let languages = Language.allCases.map {
                ["code": $0.rawValue, "name": $0.ownName, "chosen": $0 == viewer.language] as [String: Any]
            }
            let themes = Theme.allCases.map {
                ["code": $0.rawValue, "name": words("settings.\($0.rawValue)"), "chosen": $0 == viewer.theme] as [String: Any]
            }
            let session = viewer.isSignedIn && keys != nil ? words("settings.sessionText", ["name": viewer.caller.name]) as Any : false
            return try html(
                .settings, title: words("settings.title"),
                [
                    "languages": languages, "themes": themes, "saved": request.queryFields.get("saved") != nil,
                    "signedIn": session, "version": settings.version,
                    "mayPlace": home != nil && viewer.caller.mayAdminister,
                    "mayAudit": audit != nil && viewer.caller.mayAdminister, "address": viewer.origin + "/v1",
                ], viewer: viewer)
        }
    }

    @Sendable private func saveSettings(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await page(incoming, context) { viewer in
            var request = incoming
            let form = try await Form(&request)
            guard let language = Language(rawValue: form["language"]), let theme = Theme(rawValue: form["theme"]) else { throw FormError() }
            var response = Response.redirect(to: "/settings?saved=1")
            response.setCookie(preference("lang", language.rawValue))
            response.setCookie(preference("theme", theme.rawValue))
            return response
        }
    }

    @Sendable private func switchLanguage(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await page(incoming, context) { viewer in
            var request = incoming
            let form = try await Form(&request)
            guard let language = Language(rawValue: form["language"]) else { throw FormError() }
            var response = Response.redirect(to: localPath(form["back"]))
            response.setCookie(preference("lang", language.rawValue))
            return response
        }
    }

    func preference(_ name: String, _ value: String) -> Cookie {
        Cookie(name: name, value: value, maxAge: 365 * 86_400, path: "/", secure: settings.isSecure, httpOnly: true, sameSite: .lax)
    }
}
