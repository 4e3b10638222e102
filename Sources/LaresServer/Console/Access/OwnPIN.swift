import LaresAccess

/// The PIN of whoever changes people or the policy, as a form asks for it.
struct OwnPIN {
    let people: People
    let principal: Principal

    /// The fields of the template `own-pin`; false where no PIN is asked for: at this machine, and where nobody has one.
    ///
    /// - Parameters:
    ///   - id: The field's id, one for each form of a page.
    ///   - trouble: What went wrong with a form.
    ///   - isOptional: Whether it may be left empty.
    func field(_ id: String, _ trouble: Trouble?, isOptional: Bool = false) throws -> Any {
        guard principal != .local, try people.hasPIN(principal) else { return false }
        let persons = principal.person == nil ? try people.list().filter(\.hasPIN) : []
        return [
            "pinID": id, "pinWrong": trouble?.field == id ? trouble?.sentence ?? "" : false, "anyPersons": !persons.isEmpty,
            "pinRequired": !isOptional,
            "persons": persons.map { ["id": $0.id, "label": $0.name.printable] },
        ] as [String: Any]
    }

    /// What a form brings along.
    static func assurance(_ form: Form) -> Assurance {
        form["pin"].isEmpty ? .confirmed : .pin(form["pin"], of: form["pin-person"].isEmpty ? nil : form["pin-person"])
    }
}

extension Trouble {
    /// What a person is told when people, PINs, the policy or an answer aren't taken.
    ///
    /// - Parameter pin: The id of the field of the form's own PIN.
    init(access error: AccessError, _ words: Words, pin: String) {
        let key = "access.\(error.code.name)"
        let field: String? =
            switch error.code {
            case .badName, .nameTaken: "name"
            case .badRole: "role"
            case .badPIN: "new-pin"
            case .needsPIN, .wrongPIN, .tooManyTries: pin
            default: nil
            }
        self.init(
            words.has(key) ? words(key, ["n": "\(error.retryAfter ?? 0)"]) : words("access.other"),
            detail: words.has(key) ? nil : error.message, field: field)
    }
}
