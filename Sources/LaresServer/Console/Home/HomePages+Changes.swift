import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// What people do on the pages of the home.
extension HomePages {
    /// Sets a property: form fields `thing`, `property`, and `value` or `step`; `confirm` for what is dangerous.
    @Sendable func set(_ request: Request, _ context: LaresContext) async throws -> Response {
        var request = request
        let isScript = request.headers[.accept] == "application/json"
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            let back = Self.page(form["back"])
            do {
                try context.requireResident()
                guard let view = try ThingID(form["thing"]).flatMap({ try sight(viewer.caller).thing($0) }) else {
                    throw APIError.invalid("there is no such thing")
                }
                try await carryOut(form, view, viewer, context)
                return isScript ? .json(["said": "ok"]) : .redirect(to: back)
            } catch let error as APIError where error.asksPerson {
                let page = "/home/confirm?" + Self.query(form, back) + error.question
                return isScript ? .json(["page": .string(page)]) : .redirect(to: page)
            } catch let error as APIError {
                let sentence = sentence(error, viewer)
                // Browsers write every answer of 400 and more to their console as a fault of the page.
                guard !isScript else { return .json(["message": .string(sentence)]) }
                return try await failed(back, sentence, error.status.code < 500 ? error.status : .conflict, viewer)
            }
        }
    }

    private func carryOut(_ form: Form, _ view: ThingView, _ viewer: Viewer, _ context: LaresContext) async throws {
        let value = form["step"].isEmpty ? form["value"] : form["step"]
        var members: JSON.Members = [form["property"]: .string(value)]
        if !form["code"].isEmpty, view.thing.takesCode { members.append("code", .string(form["code"])) }
        for (name, value) in Self.assurance(form) { members.append(name, value) }
        let order = try ThingOrder(.object(members), for: view.thing)
        _ = try await changes(context).carryOut(order)
    }

    /// What a form says that it is meant with, as a request has it.
    static func assurance(_ form: Form) -> JSON.Members {
        var members = JSON.Members()
        if form["confirm"] == "true" { members.append("confirm", true) }
        for name in ["pin", "person"] where !form[name].isEmpty { members.append(name, .string(form[name])) }
        return members
    }

    func changes(_ context: LaresContext) -> ThingChanges {
        ThingChanges(
            home: home, guardian: console.guardian, audit: console.audit, caller: context.caller, path: .console, logger: context.logger)
    }

    /// The page that was left, with what went wrong above it.
    private func failed(_ back: String, _ sentence: String, _ status: HTTPResponse.Status, _ viewer: Viewer) async throws -> Response {
        if back.hasPrefix("/things/"), let id = ThingID(String(back.dropFirst("/things/".count))),
            let view = try sight(viewer.caller).thing(id)
        {
            return try await show(view, viewer, trouble: sentence, status: status)
        }
        let room = back.hasPrefix("/home/rooms/") ? AreaID(String(back.dropFirst("/home/rooms/".count))) : nil
        return try show(room, viewer, trouble: sentence, status: status)
    }

    func sentence(_ error: APIError, _ viewer: Viewer) -> String {
        let words = console.words(viewer), key = "home.fault.\(error.code ?? "")"
        return words.has(key) ? words(key) : error.message.printable
    }

    /// A page of the home to come back to.
    private static func page(_ text: String) -> String { ["/home", "/things"].contains { text.hasPrefix($0) } ? localPath(text) : "/home" }

    static func query(_ form: Form, _ back: String) -> String {
        ["thing": form["thing"], "property": form["property"], "value": form["step"].isEmpty ? form["value"] : form["step"], "back": back]
            .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.pathEscaped)" }.joined(separator: "&")
    }

    /// Asks whether what is dangerous is meant.
    @Sendable func confirm(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let query = request.queryFields
            func field(_ name: Substring) -> String { query.get(String(name)) ?? "" }
            guard let view = try ThingID(field("thing")).flatMap({ try sight(viewer.caller).thing($0) }),
                let property = view.thing.property(field("property")),
                let value = try? property.value(from: .string(field("value")))
            else { return try console.missingPage(request, context) }
            let said = said(viewer), words = console.words(viewer)
            let act =
                property.base == "locked" ? words("tile.unlock") : property.kind == .action ? said.plainAct(property) : words("thing.do")
            let name = said.name(view.thing), text = said.value(value, of: property)
            return try console.html(
                .confirmThing, title: said.name(view.thing),
                [
                    "question": property.kind == .action
                        ? words("home.confirmAct", ["name": name, "act": act])
                        : words("home.confirm", ["name": name, "property": said.label(property), "value": text]),
                    "takesCode": view.thing.takesCode, "act": act,
                    "keep": property.base == "locked" ? words("home.keepLocked") : words("home.keep"),
                ].merging(
                    try self.form(
                        asking: field("ask"), viewer, to: "/home/set", back: Self.page(field("back")),
                        ["thing": view.thing.id.description, "property": property.name, "value": field("value")])
                ) { $1 }, viewer: viewer)
        }
    }

    /// The form of a page that asks: where it goes, what it says again, and what is asked for.
    func form(
        asking ask: String, _ viewer: Viewer, to action: String, back: String, _ fields: [String: String]
    ) throws -> [String: Any] {
        let people = try persons(viewer)
        let all = fields.merging(["back": back]) { $1 }.sorted { $0.key < $1.key }
        return [
            "action": action, "back": back, "fields": all.map { ["name": $0.key, "value": $0.value] }, "asksPIN": !ask.isEmpty,
            "wrong": ask == "wrong_pin", "people": people, "anyPeople": !people.isEmpty,
        ]
    }

    /// Those whose PIN may be given where the key is nobody's own.
    private func persons(_ viewer: Viewer) throws -> [[String: Any]] {
        guard viewer.caller.principal.person == nil else { return [] }
        return (try console.people?.list() ?? []).map { ["id": $0.id, "label": $0.name.printable] }
    }

    /// Changes what people call a thing and where it is.
    @Sendable func word(_ request: Request, _ context: LaresContext) async throws -> Response {
        var request = request
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            try context.requireAdministrator()
            guard let view = found(context) else { return try console.missingPage(request, context) }
            do {
                try home.set(try wording(form, of: view), of: view.thing.id)
            } catch let error as JSONError {
                return try await show(view, viewer, trouble: error.message, status: .badRequest)
            } catch let error as ThingsError {
                return try await show(view, viewer, trouble: error.message, status: .badRequest)
            }
            return .redirect(to: view.thing.page)
        }
    }

    /// An area that nobody named before is made.
    private func wording(_ form: Form, of view: ThingView) throws -> Wording {
        var members = JSON.Members()
        if !form["name"].isEmpty { members.append("name", .string(form["name"])) }
        var names = home.wording(of: view.thing.id).names
        names["zh"] = form["zh"].isEmpty ? nil : form["zh"]
        if !names.isEmpty { members.append("names", .object(names.reduce(into: JSON.Members()) { $0.append($1.key, .string($1.value)) })) }
        let aliases = form["aliases"].split(whereSeparator: { ",，、".contains($0) }).map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
        if !aliases.isEmpty { members.append("aliases", .array(aliases.map { .string(String($0)) })) }
        if !form["area"].isEmpty {
            let known = home.areas().first { $0.name == form["area"] || $0.id.description == form["area"] }
            let area = try known ?? Area(["name": .string(form["area"])])
            if known == nil { try home.set(area) }
            members.append("area", .string(area.id.description))
        }
        var hazards = JSON.Members()
        for property in view.thing.properties where !form["hazard-\(property.name)"].isEmpty {
            hazards.append(property.name, .string(form["hazard-\(property.name)"]))
        }
        if hazards.count > 0 { members.append("hazards", .object(hazards)) }
        return try Wording(.object(members))
    }
}

extension APIError {
    /// Whether a person must give something first, on a page that asks for it.
    var asksPerson: Bool { ["needs_confirmation", "needs_pin", "wrong_pin"].contains(code) }

    /// What is asked for, at the end of that page's address.
    var question: String { code == "needs_confirmation" ? "" : "&ask=\(code ?? "")" }
}
