import HTTPTypes
import Hummingbird
import LaresAccess

/// What owners change, and people about themselves. PINs take a tenth of a second: not for an event loop.
extension PeoplePages {
    @Sendable func add(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.administer(incoming, context) { viewer, _ in
            let (people, principal) = (people, viewer.caller.principal)
            do {
                let person = try await offTheThreads {
                    try people.add(
                        name: form["name"], role: Role(rawValue: form["role"]) ?? .resident,
                        language: form["language"].isEmpty ? "en" : form["language"], by: principal, OwnPIN.assurance(form))
                }
                return .redirect(to: "/people/\(person.id)?saved=1")
            } catch let error as AccessError {
                return try show(viewer, form, trouble: Trouble(access: error, console.words(viewer), pin: "pin-add"))
            }
        }
    }

    /// Changes a person; with `act` `pin` their PIN, with `unpin` takes it away.
    @Sendable func change(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.page(incoming, context) { viewer in
            guard let person = try shown(context, viewer) else { return try console.missingPage(incoming, context) }
            let (people, principal, act) = (people, viewer.caller.principal, form["act"])
            do {
                try await offTheThreads {
                    switch act {
                    case "pin": try people.setPIN(form["new-pin"], of: person.id, by: principal, OwnPIN.assurance(form))
                    case "unpin": try people.setPIN(nil, of: person.id, by: principal, OwnPIN.assurance(form))
                    default:
                        try people.change(
                            person.id, name: form["name"], role: Role(rawValue: form["role"]),
                            language: form["language"].isEmpty ? nil : form["language"], by: principal, OwnPIN.assurance(form))
                    }
                }
                return .redirect(to: "/people/\(person.id)?saved=1")
            } catch let error as AccessError {
                let field = act == "pin" || act == "unpin" ? "pin-set" : "pin-change"
                return try show(person, viewer, trouble: Trouble(access: error, console.words(viewer), pin: field))
            }
        }
    }

    @Sendable func askToRemove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            guard let person = try shown(context, viewer) else { return try console.missingPage(request, context) }
            return try confirm(person, viewer)
        }
    }

    private func confirm(_ person: Person, _ viewer: Viewer, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer), pin = OwnPIN(people: people, principal: viewer.caller.principal)
        let fields: [String: Any] = [
            "text": words("person.removeText"), "action": "/people/\(person.id)/remove", "back": "/people/\(person.id)",
            "keep": words("person.keep"), "do": words("person.removeDo"), "pinRemove": try pin.field("pin-remove", trouble),
        ]
        return try console.html(
            .confirmPIN, title: words("person.removeTitle", ["name": person.name.printable]),
            fields.merging(Trouble.fields(trouble, title: words("people.wrong"))) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }

    @Sendable func remove(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.administer(incoming, context) { viewer, _ in
            guard let person = try shown(context, viewer) else { return try console.missingPage(incoming, context) }
            let (people, principal) = (people, viewer.caller.principal)
            do {
                try await offTheThreads { try people.remove(person.id, by: principal, OwnPIN.assurance(form)) }
                return .redirect(to: "/people?saved=1")
            } catch let error as AccessError {
                return try confirm(person, viewer, trouble: Trouble(access: error, console.words(viewer), pin: "pin-remove"))
            }
        }
    }

    /// Sets what hazards ask of roles; the rest of the policy stays as it is.
    @Sendable func setPolicy(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.administer(incoming, context) { viewer, _ in
            guard let policies else { return try console.missingPage(incoming, context) }
            let principal = viewer.caller.principal
            do {
                try await offTheThreads {
                    var policy = try policies.current().policy
                    PolicyTable.change(&policy, form)
                    try policies.set(policy, replacing: Int(form["revision"]) ?? -1, by: principal, OwnPIN.assurance(form))
                }
                return .redirect(to: "/people?saved=1")
            } catch let error as AccessError {
                return try show(viewer, trouble: Trouble(access: error, console.words(viewer), pin: "pin-policy"))
            }
        }
    }
}
