import LaresJSON
import LaresNeural
import LaresServing

extension ModelVersion.Kind {
    /// Whether requests with samples are answered from memory: what a form can ask, and a trial can compare.
    var takesSamples: Bool {
        switch self {
        case .network, .words, .translator: true
        case .forecaster, .detector, .signals: false
        }
    }
}

/// The page that tries a network: a form made from its signature, the answer, and the same request for programs.
struct TryView {
    let model: RegisteredModel
    let version: ModelVersion
    /// The version that was asked for, as it was named; empty: the one that requests get.
    let reference: String
    let inputs: [TryInput]
    /// What stands in the fields; nil: nothing was filled in yet.
    let values: Form?
    var answer: TryAnswer?
    var trouble: Trouble?
    let isClosed: Bool
    let mayChange: Bool
    let origin: String
    let asksForKey: Bool
    let amount: Amount

    private var words: Words { amount.words }

    /// The fields of the template `try`.
    var fields: [String: Any] {
        let fields: [String: Any] = [
            "name": model.name, "page": model.page, "action": model.page + "/try",
            "sentence": words("try.sentence", ["version": "\(version.number)"]),
            "versions": choices, "inputs": inputs.map(field), "closed": isClosed,
            "load": isClosed && mayChange ? model.page + "/load" : false,
            "answer": answer?.fields(amount) ?? false, "curl": call ?? false,
            "callText": words(asksForKey ? "model.callKey" : "try.callText"),
        ]
        return fields.merging(Trouble.fields(trouble, title: words("try.failed"))) { $1 }
    }

    /// The version that requests get, then each alias and number.
    private var choices: [[String: Any]] {
        let standard = ["value": "", "label": words("try.standard"), "selected": reference.isEmpty] as [String: Any]
        let others = model.versions.reversed().map { version -> [String: Any] in
            let names = model.aliases(of: version.number).joined(separator: ", ")
            let label = words("net.version", ["version": "\(version.number)"])
            return [
                "value": "\(version.number)", "selected": reference == "\(version.number)",
                "label": names.isEmpty ? label : words("try.named", ["version": label, "names": names]),
            ]
        }
        return [standard] + others
    }

    private func field(_ input: TryInput) -> [String: Any] {
        var fields: [String: Any] = [
            "id": input.id, "label": input.signature.name, "type": input.signature.words, "value": text(input.id, input),
            "wrong": wrong(input.id), "isChoice": false, "isFlag": false, "isText": false, "isList": false, "isNone": false,
            "numbers": false, "group": false, "help": false, "grid": false, "noForm": words("try.noForm"),
        ]
        switch input.kind {
        case .choice(let names):
            fields["isChoice"] = true
            let chosen = text(input.id, input)
            fields["options"] = names.map {
                ["option": $0, "shown": $0.isEmpty ? words("try.nothing") : $0, "selected": $0 == chosen] as [String: Any]
            }
        case .flag:
            fields["isFlag"] = true
            fields["yes"] = text(input.id, input) == "1"
        case .text: fields["isText"] = true
        case .numbers(let count):
            fields["group"] = count > 1
            fields["numbers"] = (0..<count).map { number(input, $0, of: count) }
        case .list(let count):
            fields["isList"] = true
            fields["help"] = listHelp(input, count)
            fields["grid"] = input.grid ?? false
        case .none: fields["isNone"] = true
        }
        return fields
    }

    private func number(_ input: TryInput, _ element: Int, of count: Int) -> [String: Any] {
        let field = input.field(element)
        let label = count == 1 ? input.signature.name : input.labels.isEmpty ? "\(element + 1)" : input.labels[element]
        var help: Any = false
        if let usual = input.usualRange(element) {
            help = words("try.usual", ["low": usual.low, "high": usual.high])
        } else if let bounds = input.hint.range {
            help = words("try.between", ["low": "\(bounds.lowerBound)", "high": "\(bounds.upperBound)"])
        }
        if input.hint.mayBeMissing { help = [help as? String, words("try.mayBeMissing")].compactMap { $0 }.joined(separator: "; ") }
        let fault = wrong(field)
        let described = [help is String ? "\(field)-h" : nil, fault is String ? "\(field)-wrong" : nil].compactMap { $0 }
        return [
            "field": field, "title": label, "number": text(field, input), "fault": fault, "usual": help,
            "described": described.isEmpty ? false : described.joined(separator: " "),
            "step": input.bounds == nil ? "any" : "1", "min": input.bounds.map { "\($0.lowerBound)" } ?? false,
            "max": input.bounds.map { "\($0.upperBound)" } ?? false, "required": !input.hint.mayBeMissing,
        ]
    }

    private func listHelp(_ input: TryInput, _ count: Int?) -> String {
        let missing = input.hint.mayBeMissing ? " " + words("try.missingInList") : ""
        return listHelp(of: input, count) + missing
    }

    private func listHelp(of input: TryInput, _ count: Int?) -> String {
        if input.signature.datatype == .bytes { return words("try.lines") }
        guard let count else { return words("try.many") }
        return words("try.list", ["count": amount.whole(count), "row": amount.whole(input.rowLength)])
    }

    private func text(_ field: String, _ input: TryInput) -> String { values?.exact(field) ?? input.usual(field) }

    private func wrong(_ field: String) -> Any { trouble.flatMap { $0.field == field ? $0.sentence : nil } ?? false }

    /// The request with curl, when the fields can be read.
    private var call: String? {
        var tensors: [JSON] = []
        for input in inputs {
            guard let value = try? input.value({ text($0, input) }) else { return nil }
            tensors.append([
                "name": .string(input.signature.name), "shape": .array(value.shape.map { .int($0) }),
                "datatype": .string(input.signature.datatype.rawValue), "data": TensorText.json(value, input.signature.datatype),
            ])
        }
        let path = reference.isEmpty ? "" : "/versions/" + reference.pathEscaped
        let key = asksForKey ? " \\\n  -H \"Authorization: Bearer $LARES_KEY\"" : ""
        let body: JSON = ["inputs": .array(tensors)]
        return "curl \(origin)/v2/models/\(model.name.pathEscaped)\(path)/infer\(key) \\\n  -H 'Content-Type: application/json' \\\n"
            + "  -d \(body.serialized.quotedForShell)"
    }
}
