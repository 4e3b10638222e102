internal import Foundation
internal import LaresJSON
internal import LaresThings

/// As plain data, for a restart.
extension RuleTrace {
    var kept: JSON {
        var members: JSON.Members = [
            "date": .double(date.timeIntervalSince1970), "occasion": occasion.kept, "outcome": .string(outcome.rawValue),
            "seen": .array(seen.map { ["address": .string($0.address.description), "value": $0.value?.json ?? .null] }),
            "steps": .array(steps.map(\.kept)),
        ]
        members["run"] = run.map { .int($0) }
        members["reason"] = reason?.kept
        members["ended_at"] = endedAt.map { .double($0.timeIntervalSince1970) }
        if further > 0 { members["further"] = .int(further) }
        if count > 1 { members["count"] = .int(count) }
        return .object(members)
    }

    init(_ fields: JSONFields, of rule: RuleID) throws(JSONError) {
        var fields = fields
        guard let occasion = try fields.fields("occasion"), let outcome: Outcome = try fields.choice("outcome") else {
            throw fields.error("outcome", "or 'occasion' is missing")
        }
        var seen: [Seen] = []
        for object in try fields.objects("seen") ?? [] {
            var object = object
            seen.append(Seen(address: try object.address("address"), value: object.value("value").flatMap { PropertyValue($0) }))
        }
        self.init(
            rule: rule, run: try fields.int("run", in: 0...Int.max / 2), date: try fields.date("date") ?? .distantPast,
            occasion: try RuleOccasion(occasion), seen: seen, outcome: outcome, reason: try fields.value("reason").map(RuleSentence.init),
            endedAt: try fields.date("ended_at"))
        for object in try fields.objects("steps") ?? [] { steps.append(try Step(object)) }
        further = try fields.int("further", in: 0...Int.max / 2) ?? 0
        count = try fields.int("count", in: 1...Int.max / 2) ?? 1
        try fields.end()
    }
}

extension RuleTrace.Step {
    fileprivate var kept: JSON {
        ["date": .double(date.timeIntervalSince1970), "path": .array(path.map { .int($0) }), "what": what.kept]
    }

    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let path = (fields.value("path")?.elements ?? []).compactMap { $0.number.flatMap { Int(exactly: $0) } }
        self.init(date: try fields.date("date") ?? .distantPast, path: path, what: try RuleSentence(fields.value("what") ?? .null))
    }
}

extension RuleSentence {
    fileprivate var kept: JSON {
        var members = JSON.Members()
        for (name, argument) in arguments.sorted(by: { $0.key < $1.key }) { members.append(name, argument.kept) }
        return ["key": .string(key), "with": .object(members)]
    }

    fileprivate init(_ json: JSON) throws(JSONError) { try self.init(json, depth: 8) }

    fileprivate init(_ json: JSON, depth: Int) throws(JSONError) {
        guard depth > 0, let key = json["key"]?.text, case .object(let members)? = json["with"] else {
            throw JSONError(message: "a sentence must have 'key' and 'with'")
        }
        var arguments: [String: Argument] = [:]
        for (name, value) in members { arguments[name] = try Argument(value, depth: depth - 1) }
        self.init(key, arguments)
    }
}

extension RuleSentence.Argument {
    fileprivate var kept: JSON {
        switch self {
        case .text(let text): .string(text)
        case .sentence(let sentence): sentence.kept
        case .list(let sentences): .array(sentences.map(\.kept))
        }
    }

    fileprivate init(_ json: JSON, depth: Int) throws(JSONError) {
        if let text = json.text {
            self = .text(text)
        } else if let elements = json.elements {
            var sentences: [RuleSentence] = []
            for element in elements { sentences.append(try RuleSentence(element, depth: depth)) }
            self = .list(sentences)
        } else {
            self = .sentence(try RuleSentence(json, depth: depth))
        }
    }
}
