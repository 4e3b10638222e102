import LaresJSON
import LaresPlaces
import LaresThings

/// The blanks of a blueprint as a form: what suits an input is chosen, not written.
struct BlueprintForm {
    let blueprint: Blueprint
    let text: RuleText
    let seen: [ThingView]
    let given: Form?
    /// More than these aren't listed: they are written, with help.
    private static let most = 200

    /// A form; `given` is what was filled in and could not be kept.
    init(_ blueprint: Blueprint, _ text: RuleText, _ seen: [ThingView], _ given: Form?) {
        (self.blueprint, self.text, self.seen, self.given) = (blueprint, text, seen, given)
    }

    private func word(_ texts: [String: String]) -> String { texts[text.words.language.rawValue] ?? texts["en"] ?? "" }

    /// The fields of the template `new-rule` for it.
    var fields: [String: Any] {
        [
            "id": blueprint.id, "label": word(blueprint.names), "title": given?["name"] ?? word(blueprint.names),
            "inputs": blueprint.inputs.map(field),
        ]
    }

    private func field(_ input: Blueprint.Input) -> [String: Any] {
        let name = "in-" + input.name, all = given?.all(name) ?? []
        let value = all.isEmpty ? input.usual.map { $0.text ?? $0.serialized } ?? "" : all.joined(separator: ", ")
        let chosen = Set(all.flatMap(Self.parts))
        var fields: [String: Any] = [
            "name": name, "label": word(input.labels), "value": value, "required": !input.isOptional && input.usual == nil,
            "isList": input.isList, "checks": false, "select": false, "write": true, "options": [[String: Any]](), "help": false,
        ]
        guard case .property(let quantity) = input.kind else { return fields }
        let suiting = suiting(quantity), known = Set(suiting.map(\.address))
        fields["options"] = suiting.map {
            ["field": name, "option": $0.address, "optionLabel": $0.label, "picked": chosen.contains($0.address)]
        }
        fields["help"] = !suiting.isEmpty
        guard !suiting.isEmpty, suiting.count <= Self.most, chosen.isSubset(of: known) else { return fields }
        return fields.merging(["checks": input.isList, "select": !input.isList, "write": false]) { $1 }
    }

    /// What suits an input: what measures that, or, for any, what is on or off; what can be set first.
    private func suiting(_ quantity: String?) -> [(address: String, label: String)] {
        let wanted = quantity.map(Self.kin)
        return seen.flatMap { view -> [(property: Property, address: String, label: String)] in
            let own = view.thing.properties.filter { property in
                wanted.map { property.quantity.map($0.contains) ?? false } ?? (property.kind == .boolean && property.role == .primary)
            }
            return own.map { property in
                let name = text.name(view.thing)
                let label = own.count == 1 ? name : text.words("rule.of", ["thing": name, "property": text.said.label(property)])
                return (property, "\(view.thing.id)/\(property.name)", label)
            }
        }.sorted { ($0.property.isWritable ? 0 : 1, $0.label) < ($1.property.isWritable ? 0 : 1, $1.label) }.map { ($0.address, $0.label) }
    }

    /// What counts as a quantity: a window is as good as a door.
    private static func kin(_ quantity: String) -> Set<String> {
        switch quantity {
        case "door", "window", "opening": ["door", "window", "opening", "garage_door"]
        case "presence", "motion": ["presence", "occupancy", "motion"]
        default: [quantity]
        }
    }

    private static func parts(_ text: String) -> [String] { text.split(separator: ",").map { String($0).trimmingSpaces() } }

    /// What was filled in: numbers, true and false as JSON, lists by boxes or commas, the rest as text.
    static func inputs(_ form: Form, of blueprint: Blueprint) -> [String: JSON] {
        blueprint.inputs.reduce(into: [:]) { inputs, input in
            let name = "in-" + input.name
            let given = input.isList ? form.all(name).flatMap(parts).filter { !$0.isEmpty } : [form[name]].filter { !$0.isEmpty }
            guard !given.isEmpty else { return }
            let values = given.map { part -> JSON in
                switch input.kind {
                case .number, .value: (try? JSON(parsing: Array(part.utf8))) ?? .string(part)
                default: .string(part)
                }
            }
            inputs[input.name] = input.isList ? .array(values) : values[0]
        }
    }
}
