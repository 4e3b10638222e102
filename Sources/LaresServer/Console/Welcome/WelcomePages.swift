import HTTPTypes
import Hummingbird
import LaresAccess
import LaresPlaces
import LaresThings

/// The page of a place that nobody set up yet: its language, name and position, and its owner.
struct WelcomePages: Sendable {
    let console: Console
    let services: HomeServices
    /// The zone of the home's clocks as they go now.
    let zone: String

    /// The cookie of a browser in which somebody said "later".
    private static let later = "welcome"

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/welcome", use: welcome)
        router.post("/welcome", use: save)
    }

    /// Whether the first page is this one: for an owner, while nobody said where the place is nor who lives there.
    func isFirst(_ request: Request, _ context: LaresContext) throws -> Bool {
        guard context.caller.mayAdminister, request.cookies[Self.later] == nil else { return false }
        return try services.store.site() == SiteSettings() && console.people?.list().isEmpty ?? true
    }

    @Sendable private func welcome(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            try show(WelcomeForm(services.store.site(), zone: zone, viewer.language), viewer)
        }
    }

    private func show(_ form: WelcomeForm, _ viewer: Viewer, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer)
        var fields = form.fields
        fields["asksOwner"] = try console.people?.list().isEmpty ?? false
        fields.merge(Trouble.fields(trouble, title: words("welcome.wrong"), form: WelcomeForm.checked)) { $1 }
        return try console.html(
            .welcome, title: words("welcome.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    /// Keeps what was filled in; with `act` `later` nothing, and this browser isn't asked again.
    @Sendable private func save(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.administer(incoming, context) { viewer, _ in
            var response = Response.redirect(to: "/home")
            response.setCookie(console.preference(Self.later, "later"))
            guard form["act"] != "later" else { return response }
            let words = console.words(viewer), filled = WelcomeForm(form, viewer.language)
            do {
                let site = try filled.site(services.store.site())
                try await addOwner(filled, form["new-pin"], viewer.caller.principal)
                try services.store.save(site)
                try await console.automations?.move(to: site)
                console.audit.note(.homeChanged, "site", by: context.caller, context.logger)
                response.setCookie(console.preference("lang", filled.language.rawValue))
                return response
            } catch let fault as FieldFault {
                return try show(filled, viewer, trouble: Trouble(fault.sentence(words), field: fault.field))
            } catch let error as AccessError {
                var trouble = Trouble(access: error, words, pin: "new-pin")
                if trouble.field == "name" { trouble.field = "owner" }
                return try show(filled, viewer, trouble: trouble)
            }
        }
    }

    /// Adds the first person. One whose PIN isn't taken isn't added either.
    private func addOwner(_ form: WelcomeForm, _ pin: String, _ principal: Principal) async throws {
        guard let people = console.people, !form.owner.isEmpty, try people.list().isEmpty else {
            guard pin.isEmpty else { throw FieldFault("owner", "welcome.wrong.owner") }
            return
        }
        try await offTheThreads {
            let owner = try people.add(name: form.owner, role: .owner, language: form.language.rawValue, by: principal)
            guard !pin.isEmpty else { return }
            do { try people.setPIN(pin, of: owner.id, by: principal) } catch {
                try people.remove(owner.id, by: principal)
                throw error
            }
        }
    }
}
