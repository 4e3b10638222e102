import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess

/// The pages of people: who lives here, their PINs and keys, and what is asked of whom.
struct PeoplePages: Sendable {
    let console: Console
    let people: People
    let policies: PolicyStore?

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/people", use: list)
        router.post("/people", use: add)
        router.post("/people/policy", use: setPolicy)
        router.get("/people/:person", use: person)
        router.post("/people/:person", use: change)
        router.get("/people/:person/remove", use: askToRemove)
        router.post("/people/:person/remove", use: remove)
    }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            try show(viewer, isSaved: request.queryFields.get("saved") != nil)
        }
    }

    func show(_ viewer: Viewer, _ form: Form? = nil, isSaved: Bool = false, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer), all = try people.list()
        let pin = OwnPIN(people: people, principal: viewer.caller.principal)
        var fields: [String: Any] = [
            "sentence": all.isEmpty
                ? words("people.none") : words("people.sentence", ["n": "\(all.count)", "pins": "\(all.count(where: \.hasPIN))"]),
            "people": all.map { row($0, words) }, "any": !all.isEmpty, "saved": isSaved, "nameValue": form?["name"] ?? "",
            "roles": PersonWords(words).roles(form.map { Role(rawValue: $0["role"]) } ?? .resident),
            "languages": PersonWords(words).languages(form?["language"] ?? viewer.language.rawValue),
            "pinAdd": try pin.field("pin-add", trouble), "policy": false,
        ]
        if let policies {
            let (revision, policy) = try policies.current()
            let table = PolicyTable(policy: policy, words: words)
            fields["policy"] = table.fields.merging(["revision": "\(revision)", "pinPolicy": try pin.field("pin-policy", trouble)]) { $1 }
        }
        fields.merge(Trouble.fields(trouble, title: words("people.wrong"), form: ["name", "role"])) { $1 }
        return try console.html(
            .people, title: words("people.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    private func row(_ person: Person, _ words: Words) -> [String: Any] {
        [
            "person": person.name.printable, "href": "/people/\(person.id)", "role": words("role.\(person.role.rawValue)"),
            "reads": PersonWords.name(of: person.language), "hasPIN": person.hasPIN,
        ]
    }

    /// Shows a person to owners, and to themselves.
    @Sendable private func person(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            guard let person = try shown(context, viewer) else { return try console.missingPage(request, context) }
            return try show(person, viewer, isSaved: request.queryFields.get("saved") != nil)
        }
    }

    /// The person of the address, for whoever may see them.
    func shown(_ context: LaresContext, _ viewer: Viewer) throws -> Person? {
        let id = context.parameter("person") ?? ""
        guard viewer.caller.mayAdminister || viewer.caller.principal.person == id else { return nil }
        return try people.person(id)
    }

    func show(_ person: Person, _ viewer: Viewer, isSaved: Bool = false, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer), amount = console.amount(viewer), now = Date()
        let pin = OwnPIN(people: people, principal: viewer.caller.principal)
        let keys = try console.keys?.list().filter { $0.person == person.id && $0.isUsable(at: now) } ?? []
        var fields: [String: Any] = [
            "name": person.name.printable, "href": "/people/\(person.id)", "saved": isSaved, "mayAct": viewer.caller.mayAdminister,
            "sentence": words(
                person.hasPIN ? "person.sentence.pin" : "person.sentence", ["role": words("role.\(person.role.rawValue)")]),
            "roles": PersonWords(words).roles(person.role), "languages": PersonWords(words).languages(person.language),
            "hasPIN": person.hasPIN, "pinChange": try pin.field("pin-change", trouble), "pinSet": try pin.field("pin-set", trouble),
            "keys": keys.map { key in
                [
                    "key": key.name.printable, "role": words("role.\(key.role.rawValue)"),
                    "used": key.lastUsed.map { amount.ago($0, now: now) } ?? words("keys.never"),
                ]
            }, "anyKeys": !keys.isEmpty,
        ]
        fields.merge(Trouble.fields(trouble, title: words("people.wrong"), form: ["name", "role", "new-pin"])) { $1 }
        return try console.html(
            .person, title: person.name.printable, fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }
}

/// Roles and languages of people as choices of a form.
struct PersonWords {
    let words: Words

    init(_ words: Words) { self.words = words }

    func roles(_ chosen: Role?, among roles: [Role] = Role.allCases.filter { $0 != .agent }) -> [[String: Any]] {
        roles.map { ["value": $0.rawValue, "label": words("role.\($0.rawValue)"), "chosen": $0 == chosen] }
    }

    func languages(_ chosen: String) -> [[String: Any]] {
        let known = Language.allCases.map(\.rawValue)
        return (known.contains(chosen) ? known : known + [chosen]).map {
            ["value": $0, "label": Self.name(of: $0), "chosen": $0 == chosen]
        }
    }

    static func name(of language: String) -> String { Language(rawValue: language)?.ownName ?? language.printable }
}
