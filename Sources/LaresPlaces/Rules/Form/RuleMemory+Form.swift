internal import Foundation
public import LaresJSON
internal import LaresThings

extension RuleMemory {
    /// As plain data.
    public var json: JSON {
        var marks = JSON.Members()
        for (id, mark) in self.marks.sorted(by: { $0.key < $1.key }) { marks.append(id.description, .string(mark)) }
        return [
            "version": 1, "checked_until": .double(checkedUntil.timeIntervalSince1970), "last_run": .int(lastRun), "marks": .object(marks),
            "watches": .array(watches.map { $1.json($0) }.sorted { $0.serialized < $1.serialized }), "runs": .array(runs.map(\.json)),
        ]
    }

    /// Reads what ``json`` writes. Throws ``RuleError`` with `badMemory`.
    public init(_ json: JSON) throws(RuleError) {
        do throws(JSONError) {
            var fields = try JSONFields(json)
            guard try fields.int("version", in: 1...1) != nil else { throw fields.error("version", "is missing") }
            checkedUntil = try fields.date("checked_until") ?? .distantPast
            lastRun = try fields.int("last_run", in: 0...Int.max / 2) ?? 0
            var marks: [RuleID: String] = [:]
            if case .object(let members)? = fields.value("marks") {
                for (key, value) in members { if let id = RuleID(key), let mark = value.text { marks[id] = mark } }
            }
            self.marks = marks
            var runs: [RuleRun] = []
            for object in try fields.objects("runs") ?? [] { runs.append(try RuleRun(object)) }
            guard runs.count <= 100_000, runs.allSatisfy({ [lastRun] in $0.number <= lastRun }), Set(runs.map(\.number)).count == runs.count
            else {
                throw fields.error("runs", "must have numbers of their own, up to 'last_run'")
            }
            self.runs = runs
            var watches: [WatchKey: Watch] = [:]
            for object in try fields.objects("watches") ?? [] {
                let (key, watch) = try Watch.read(object)
                watches[key] = watch
            }
            self.watches = watches
            try fields.end()
        } catch {
            throw RuleError(
                .badMemory, "what was kept of rules at work can't be read: \(error.message); it is left out, and nothing is gone on with")
        }
    }
}

extension RuleRun {
    fileprivate var json: JSON {
        var variables = JSON.Members()
        for (name, value) in self.variables.sorted(by: { $0.key < $1.key }) { variables.append(name, value) }
        var members: JSON.Members = [
            "number": .int(number), "rule": .string(rule.description), "started_at": .double(startedAt.timeIntervalSince1970),
            "occasion": occasion.kept, "chain": .array(chain.map { .string($0.description) }), "variables": .object(variables),
            "strands": .array(strands.map(\.json)), "last_strand": .int(lastStrand), "last_effect": .int(lastEffect), "steps": .int(steps),
        ]
        if isQueued { members["queued"] = true }
        if isDoubted { members["doubted"] = true }
        return .object(members)
    }

    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let count = 0...1_000_000
        let number = try fields.int("number", in: 1...Int.max / 2) ?? 1
        guard let rule = RuleID(try fields.string("rule") ?? ""), let occasion = try fields.fields("occasion") else {
            throw fields.error("rule", "or 'occasion' is missing")
        }
        let chain = (try fields.strings("chain") ?? []).compactMap { RuleID($0) }
        self.init(
            number, rule, try RuleOccasion(occasion), chain: chain, at: try fields.date("started_at") ?? .distantPast, seen: [])
        if case .object(let members)? = fields.value("variables") { for (name, value) in members { variables[name] = value } }
        strands = []
        for object in try fields.objects("strands") ?? [] { strands.append(try Strand(object)) }
        lastStrand = try fields.int("last_strand", in: count) ?? 0
        lastEffect = try fields.int("last_effect", in: count) ?? 0
        steps = try fields.int("steps", in: count) ?? 0
        isQueued = try fields.bool("queued") ?? false
        if try fields.bool("doubted") == true { isDoubted = true }
        let ids = strands.map(\.id)
        guard !ids.isEmpty, ids.count <= 10_000, Set(ids).count == ids.count, ids.allSatisfy({ [lastStrand] in $0 <= lastStrand }) else {
            throw fields.error("strands", "must have numbers of their own")
        }
        guard isQueued || strands.allSatisfy({ isWaited(by: $0) }) else { throw fields.error("strands", "must wait for what comes") }
        try fields.end()
    }
}

extension RuleRun {
    /// Whether something will set a strand going again, and its parent came before it.
    private func isWaited(by strand: Strand) -> Bool {
        guard strand.parent.map({ $0 < strand.id }) ?? true else { return false }
        guard case .strands(let count) = strand.wait else { return strand.wait != nil }
        return count > 0 && count == strands.count { $0.parent == strand.id }
    }
}

extension RuleRun.Strand {
    private enum Kind: String, CaseIterable { case time, triggers, effects, strands }

    fileprivate var json: JSON {
        var members: JSON.Members = ["id": .int(id), "frames": .array(frames.map(\.json))]
        members["parent"] = parent.map { .int($0) }
        members["until"] = until.map { .double($0.timeIntervalSince1970) }
        switch wait {
        case nil: break
        case .time: members["wait"] = .string(Kind.time.rawValue)
        case .triggers(let goesOn): (members["wait"], members["goes_on"]) = (.string(Kind.triggers.rawValue), .bool(goesOn))
        case .effects(let numbers, let variable, let goesOn):
            (members["wait"], members["goes_on"]) = (.string(Kind.effects.rawValue), .bool(goesOn))
            members["effects"] = .array(numbers.sorted().map { .int($0) })
            members["into"] = variable.map { .string($0) }
        case .strands(let count): (members["wait"], members["count"]) = (.string(Kind.strands.rawValue), .int(count))
        }
        return .object(members)
    }

    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let count = 0...1_000_000
        id = try fields.int("id", in: count) ?? 0
        parent = try fields.int("parent", in: count)
        until = try fields.date("until")
        frames = []
        for object in try fields.objects("frames") ?? [] { frames.append(try RuleRun.Frame(object)) }
        let goesOn = try fields.bool("goes_on") ?? false
        let numbers = Set(try fields.ints("effects", in: count) ?? [])
        let (variable, children) = (try fields.string("into"), try fields.int("count", in: count) ?? 0)
        let kind: Kind? = try fields.choice("wait")
        wait =
            switch kind {
            case nil: nil
            case .time: .time
            case .triggers: .triggers(goesOn: goesOn)
            case .effects: .effects(numbers, into: variable, goesOn: goesOn)
            case .strands: .strands(children)
            }
        guard kind == nil || kind == .strands || until != nil else { throw fields.error("until", "is missing: every wait ends") }
        try fields.end()
    }
}

extension RuleRun.Frame {
    fileprivate var json: JSON {
        var members: JSON.Members = ["path": .array(path.map { .int($0) }), "next": .int(next)]
        members["rounds"] = rounds.map { .int($0) }
        return .object(members)
    }

    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let count = 0...1_000_000
        self.init(
            path: try fields.ints("path", in: count) ?? [], next: try fields.int("next", in: count) ?? 0,
            rounds: try fields.int("rounds", in: count))
        guard path.count <= 2 * Rule.depth, path.count.isMultiple(of: 2) else { throw fields.error("path", "must be the place of a block") }
        try fields.end()
    }
}

extension RuleOccasion {
    var kept: JSON {
        var members: JSON.Members = ["kind": .string(kind), "date": .double(date.timeIntervalSince1970)]
        members["id"] = id.map { .string($0) }
        members["address"] = address.map { .string($0.description) }
        members["old"] = old?.json
        members["new"] = new?.json
        members["by"] = cause.map { .string($0.kind.rawValue) }
        members["by_name"] = cause.map { .string($0.name) }
        members["command"] = cause?.command.map { .int($0) }
        members["name"] = name.map { .string($0) }
        members["data"] = data
        if isDoubted { members["doubted"] = true }
        return .object(members)
    }

    init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        self.init(try fields.string("kind") ?? "manual", at: try fields.date("date") ?? .distantPast)
        id = try fields.string("id")
        address = try fields.string("address").flatMap { PropertyAddress($0) }
        old = fields.value("old").flatMap { PropertyValue($0) }
        new = fields.value("new").flatMap { PropertyValue($0) }
        let (kind, name, command) = (
            try fields.choice("by", of: Cause.Kind.self), try fields.string("by_name"), try fields.int("command", in: 0...Int.max / 2)
        )
        cause = kind.map { Cause($0, name: name ?? "", command: command) }
        self.name = try fields.string("name")
        data = fields.value("data")
        isDoubted = try fields.bool("doubted") ?? false
        try fields.end()
    }
}

extension JSONFields {
    /// A moment as seconds since 1970; nil when it is left out.
    mutating func date(_ key: String) throws(JSONError) -> Date? {
        try double(key, in: -1e11...1e11).map { Date(timeIntervalSince1970: $0) }
    }
}
