import LaresJSON
import LaresPlaces
import LaresThings

/// How somebody changes a rule: in fields, or as its text.
enum RuleEditing: Sendable {
    case fields(RuleDraft)
    case text(String)

    init(_ form: Form) { self = form.has("source") ? .text(form.exact("source")) : .fields(RuleDraft(form)) }

    /// The rule that it makes. Throws ``RuleError`` with `badRule`.
    func rule(in home: Home) throws(RuleError) -> Rule {
        switch self {
        case .fields(let draft): try Rule(draft.json(in: home))
        case .text(let text): try Self.rule(text)
        }
    }

    /// JSON or YAML, which no rule in JSON is taken for: its errors say more.
    private static func rule(_ text: String) throws(RuleError) -> Rule {
        text.first { !$0.isWhitespace } == "{" ? try Rule(parsing: Array(text.utf8)) : try Rule(parsingYAML: Array(text.utf8))
    }

    /// What a button makes of it: the other way to change it, or other parts. Throws ``RuleError`` with `badRule` if it can't be read.
    func after(_ act: String, _ form: Form, in home: Home) throws(RuleError) -> RuleEditing {
        switch (self, act) {
        case (.fields(let draft), "text"): return .text(try draft.json(in: home).indented)
        case (.text(let text), "fields"): return .fields(RuleDraft(try Self.rule(text).json, in: home))
        case (.fields(var draft), _):
            draft.apply(act, form)
            return .fields(draft)
        case (.text, _): return self
        }
    }
}

/// The fields of the template `rule-editor`.
struct RuleEditor {
    /// What the reader sees; nothing else is offered or described.
    let seen: [ThingView]
    let said: ThingWords
    let scenes: [Scene]

    private var words: Words { said.words }

    func fields(_ editing: RuleEditing) -> [String: Any] {
        switch editing {
        case .text(let text): ["isText": true, "source": text]
        case .fields(let draft): fields(draft)
        }
    }

    private func fields(_ draft: RuleDraft) -> [String: Any] {
        [
            "isText": false, "rest": JSON.object(draft.rest).serialized, "nameValue": draft.name,
            "modes": options(RuleDraft.modes.map { ($0, words("rule.mode.\($0)")) }, draft.mode),
            "sections": RuleSection.allCases.map { section in
                list(draft.parts[section] ?? [], at: section.rawValue, of: section)
                    .merging(["title": words("rule.\(section.rawValue)"), "about": words("rule.\(section.rawValue).about")]) { $1 }
            },
            "addresses": addresses, "things": things,
        ]
    }

    private func list(_ parts: [RulePart], at path: String, of section: RuleSection) -> [String: Any] {
        let kinds = section.kinds.map { ($0.name, words("part.\($0.name)")) } + [("", words("part.text"))]
        return [
            "listPath": path, "kinds": options(kinds, kinds[0].0), "isEmptyList": parts.isEmpty,
            "addLabel": words("rule.add", ["what": words("rule.\(section.rawValue)")]),
            "parts": parts.enumerated().map { part($1, at: "\(path).\($0)", of: section, isFirst: $0 == 0) },
        ]
    }

    private func part(_ part: RulePart, at path: String, of section: RuleSection, isFirst: Bool) -> [String: Any] {
        let kind = part.kind.flatMap(section.kind)
        let title = words(kind.map { "part.\($0.name)" } ?? "part.text")
        let fields = (kind?.fields ?? []).map { self.field($0, of: part, at: path) }
        let inner = (kind?.fields ?? []).compactMap { self.inner($0, of: part, at: path) }
        return [
            "path": path, "kind": kind?.name ?? "", "partTitle": title, "isWritten": kind == nil, "written": part.text,
            "fields": fields.compactMap(\.self), "inner": inner, "mayUp": !isFirst, "up": words("rule.up", ["what": title]),
            "remove": words("rule.takeAway", ["what": title]),
        ]
    }

    /// Parts inside a part; nil: the field is none for such.
    private func inner(_ field: RulePartKind.Field, of part: RulePart, at path: String) -> [String: Any]? {
        guard let section = field.section else { return nil }
        return list(part.inner[field.key] ?? [], at: "\(path).\(field.key)", of: section)
    }

    private func field(_ field: RulePartKind.Field, of part: RulePart, at path: String) -> [String: Any]? {
        if field.section != nil { return nil }
        let value = part.values[field.key] ?? ""
        var result: [String: Any] = [
            "id": "\(path).\(field.key)", "label": label(field, of: part), "value": value, "isNeeded": field.isNeeded, "list": false,
            "looks": false, "options": [] as [Any], "isChoice": false, "days": [] as [Any], "isDays": false, "hint": false,
            "inputmode": "text",
        ]
        switch field.input {
        case .address: result.merge(["list": "addresses", "looks": true]) { $1 }
        case .thing: result["list"] = "things"
        case .number: result["inputmode"] = "decimal"
        case .moment: result["hint"] = words("part.hint.moment")
        case .span, .seconds: result["hint"] = words("part.hint.span")
        case .list: result["hint"] = words("rules.several")
        case .scene: choose(scenes.map { ($0.id, $0.name.printable) }, value, field, &result)
        case .choice(let all): choose(all.map { ($0, words("part.is.\($0)")) }, value, field, &result, none: "part.usual")
        case .flag: choose([("", words("part.no")), ("true", words("part.yes"))], value, field, &result)
        case .days: result.merge(["isDays": true, "days": days(value, at: path, field)]) { $1 }
        case .value(let other): describe(property(part.values[other]), value, field, &result)
        case .text, .json, .parts: break
        }
        let hint = "part.hint.\(part.kind ?? "").\(field.key)"
        if words.has(hint) { result["hint"] = words(hint) }
        return result
    }

    private func label(_ field: RulePartKind.Field, of part: RulePart) -> String {
        let own = "part.\(part.kind ?? "").\(field.key)"
        if words.has(own) { return words(own) }
        return switch field.input {
        case .address: words("part.address")
        case .thing: words("part.thing")
        case .value: words("part.value")
        default: words("part.\(field.key)")
        }
    }

    private func property(_ address: String?) -> Property? { address.flatMap { PropertyAddress($0) }.flatMap(seen.property) }

    /// What the property can be: a choice where there are few values, with its unit and range otherwise.
    private func describe(_ property: Property?, _ value: String, _ field: RulePartKind.Field, _ result: inout [String: Any]) {
        guard let property, !value.contains("{{") else { return }
        switch property.kind {
        case .boolean:
            choose([true, false].map { ("\($0)", said.value(.boolean($0), of: property)) }, value, field, &result)
        case .action: choose([("true", said.value(.boolean(true), of: property))], value, field, &result)
        case .choice(let texts): choose(texts.map { ($0, said.value(.text($0), of: property)) }, value, field, &result)
        case .number(let range):
            let bounds = [range.least, range.greatest].map { $0.map { said.value(.number($0), of: property) } ?? "…" }
            result["inputmode"] = "decimal"
            result["hint"] =
                range.least ?? range.greatest == nil ? property.unit?.description.printable ?? false : bounds.joined(separator: " – ")
        case .text, .color: break
        }
    }

    private func choose(
        _ all: [(String, String)], _ value: String, _ field: RulePartKind.Field, _ result: inout [String: Any], none: String = "part.any"
    ) {
        var all = all
        if !all.contains(where: { $0.0 == value }) { all.insert((value, value.isEmpty ? words(none) : value.printable), at: 0) }
        if !field.isNeeded, !all.contains(where: { $0.0.isEmpty }) { all.insert(("", words(none)), at: 0) }
        result.merge(["isChoice": true, "options": options(all, value)]) { $1 }
    }

    private func days(_ value: String, at path: String, _ field: RulePartKind.Field) -> [[String: Any]] {
        let chosen = Set(value.split(separator: ",").map { String($0.trimmingSpaces()) })
        return Weekday.allCases.map { day in
            [
                "name": "\(path).\(field.key).\(day.rawValue)", "dayLabel": words("week.\(day.rawValue)"),
                "checked": chosen.contains(day.rawValue),
            ]
        }
    }

    private func options(_ all: [(String, String)], _ chosen: String) -> [[String: Any]] {
        all.map { ["option": $0.0, "optionLabel": $0.1, "chosen": $0.0 == chosen] }
    }

    /// The properties that rules may name, with what people call them.
    var addresses: [[String: Any]] {
        seen.flatMap { view in
            view.thing.properties.map {
                ["option": "\(view.thing.id)/\($0.name)", "optionLabel": "\(said.name(view.thing)): \(said.label($0))"]
            }
        }
    }

    private var things: [[String: Any]] { seen.map { ["option": "\($0.thing.id)", "optionLabel": said.name($0.thing)] } }
}

extension [ThingView] {
    /// A property of one of them.
    func property(_ address: PropertyAddress) -> Property? { first { $0.thing.id == address.thing }?.thing.property(address.property) }
}

extension RulePartKind.Field {
    /// What stands inside; nil: nothing.
    /// Never inlined: there the optimizer of Swift 6.3 ends with an error.
    @inline(never)
    fileprivate var section: RuleSection? { if case .parts(let section) = input { section } else { nil } }
}
