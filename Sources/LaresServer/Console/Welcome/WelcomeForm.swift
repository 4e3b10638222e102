import Foundation
import LaresJSON
import LaresPlaces
import LaresThings

/// Where a home is and who owns it, as a form describes it.
struct WelcomeForm {
    static let checked = ["name", "zone", "latitude", "longitude", "owner", "new-pin"]
    private static let entries = ["name", "zone", "latitude", "longitude", "owner"]

    private var values: [String: String]
    let language: Language

    /// What is known already.
    init(_ site: SiteSettings, zone: String, _ language: Language) {
        self.language = language
        values = ["name": site.name ?? "", "zone": site.zone ?? zone]
        values["latitude"] = site.position.map { "\($0.latitude)" }
        values["longitude"] = site.position.map { "\($0.longitude)" }
    }

    /// What a person filled in.
    init(_ form: Form, _ usual: Language) {
        language = Language(rawValue: form["language"]) ?? usual
        values = Self.entries.reduce(into: [:]) { $0[$1] = form[$1] }
    }

    var owner: String { values["owner"] ?? "" }

    /// The fields of the template `welcome`.
    var fields: [String: Any] {
        var fields: [String: Any] = [:]
        for name in Self.entries { fields["\(name)Value"] = values[name] ?? "" }
        fields["languages"] = Language.allCases.map {
            ["code": $0.rawValue, "name": $0.ownName, "chosen": $0 == language] as [String: Any]
        }
        return fields
    }

    /// The settings with what the form says; what it doesn't ask for stays.
    ///
    /// - Throws: ``FieldFault`` naming the field that can't be used.
    func site(_ old: SiteSettings) throws -> SiteSettings {
        var members = JSON.Members()
        if case .object(let kept) = old.json { members = kept }
        members["language"] = .string(language.rawValue)
        members["name"] = text("name").map { .string($0) }
        members["zone"] = text("zone").map { .string($0) }
        let (latitude, longitude) = (try number("latitude", 90), try number("longitude", 180))
        switch (latitude, longitude) {
        case (let latitude?, let longitude?): members["position"] = ["latitude": .double(latitude), "longitude": .double(longitude)]
        case (nil, nil): members["position"] = nil
        case (nil, _): throw FieldFault("latitude", "welcome.wrong.latitude")
        case (_, nil): throw FieldFault("longitude", "welcome.wrong.longitude")
        }
        do { return try SiteSettings(.object(members)) } catch {
            let field = error.message.contains("'zone'") ? "zone" : "name"
            throw FieldFault(field, field == "zone" ? "welcome.wrong.zone" : "welcome.wrong.name")
        }
    }

    private func text(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    private func number(_ name: String, _ most: Double) throws -> Double? {
        guard let text = text(name) else { return nil }
        guard let number = Double(text.replacing(",", with: ".")), (-most...most).contains(number) else {
            throw FieldFault(name, name == "latitude" ? "welcome.wrong.latitude" : "welcome.wrong.longitude")
        }
        return number
    }
}
