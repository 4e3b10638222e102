internal import Foundation
internal import LaresJSON
internal import LaresThings

extension RuleMemory.Watch {
    func json(_ key: RuleMemory.WatchKey) -> JSON {
        var members = JSON.Members()
        members["rule"] = key.rule.map { .string($0.description) }
        members["run"] = key.run.map { .int($0) }
        members["strand"] = key.run.map { _ in .int(key.strand) }
        members["number"] = .int(key.trigger)
        members["trigger"] = trigger.json
        members["stage"] = .string(stage.rawValue)
        members["last"] = last?.json
        members["due"] = due.map { .double($0.timeIntervalSince1970) }
        members["occasion"] = occasion?.kept
        return .object(members)
    }

    static func read(_ fields: JSONFields) throws(JSONError) -> (RuleMemory.WatchKey, RuleMemory.Watch) {
        var fields = fields
        let count = 0...Int.max / 2
        let key = RuleMemory.WatchKey(
            rule: try fields.string("rule").flatMap { RuleID($0) }, run: try fields.int("run", in: count),
            strand: try fields.int("strand", in: count) ?? 0, trigger: try fields.int("number", in: count) ?? 0)
        guard let trigger = try fields.fields("trigger"), let stage: RuleWatch.Stage = try fields.choice("stage") else {
            throw fields.error("trigger", "or 'stage' is missing")
        }
        let (last, due) = (fields.value("last").flatMap { PropertyValue($0) }, try fields.date("due"))
        guard (stage == .pending) == (due != nil) else { throw fields.error("due", "is for what is pending") }
        let occasion = try fields.fields("occasion").map { (inner) throws(JSONError) in try RuleOccasion(inner) }
        try fields.end()
        return (key, Self(trigger: try RuleTrigger(trigger), stage: stage, last: last, due: due, occasion: occasion))
    }
}
