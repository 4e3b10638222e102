internal import GRDB
internal import LaresJSON
internal import LaresThings

/// What the home does by itself, in the order in which it was put in place.
///
/// Rules come switched off and not trusted, unless the person says otherwise; one that is here as it is stays as it is.
struct RulesSection: MovingSection {
    let automations: Automations?
    let database: any DatabaseWriter
    var name: String { "rules" }
    var isWhole: Bool { true }

    func items(in database: Database) throws -> [MovingItem] { try RuleStore.rules(in: database).map(Self.item) }

    private static func item(_ kept: RuleStore.Kept) -> MovingItem {
        MovingItem(kept.rule.id.description, ["rule": kept.rule.json, "trusted": .bool(kept.isTrusted)])
    }

    func read(_ json: JSON) throws -> MovingItem {
        var fields = try JSONFields(json)
        let rule = try Rule(try fields.required("rule"))
        let kept = RuleStore.Kept(rule: rule, isTrusted: try fields.bool("trusted") ?? false)
        try fields.end()
        return Self.item(kept)
    }

    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        let here = Dictionary(mine.compactMap { item in Self.kept(item.json).map { (item.key, $0) } }, uniquingKeysWith: { $1 })
        var changes: [MovingChange] = []
        for item in theirs {
            guard let kept = Self.kept(item.json) else { continue }
            let incoming = Self.item(kept.coming(in: context.policy, beside: here[item.key])).json
            let choice = context.policy.choice(name, item.key)
            var change = MovingChange(item.key, mine: here[item.key].map { Self.item($0).json }, theirs: incoming, choice, isWhole: true)
            change.reason = remark(kept.rule, context)
            changes.append(change)
        }
        return changes
    }

    /// What should be known of a rule before it is switched on.
    private func remark(_ rule: Rule, _ context: MovingContext) -> String? {
        let text = rule.json.serialized
        let renamed = context.renamed.sorted { $0.key < $1.key }.first { file, _ in
            ["\"\(file)/", "'\(file)/", "\"\(file)\""].contains { text.contains($0) }
        }
        if let (file, here) = renamed { return "it names '\(file)', which is '\(here)' here: change it before you switch it on" }
        guard let site = automations?.site else { return nil }
        do throws(RuleError) {
            try rule.checkSite(site)
            _ = try rule.plan(at: site)
            return nil
        } catch {
            return error.message
        }
    }

    private static func kept(_ json: JSON) -> RuleStore.Kept? {
        guard let rule = json["rule"].flatMap({ try? Rule($0) }) else { return nil }
        return RuleStore.Kept(rule: rule, isTrusted: json["trusted"] == true)
    }

    func write(_ changes: [MovingChange], in database: Database) throws {
        for kept in changes.compactMap(\.outcome).compactMap(Self.kept) {
            try RuleStore.save(kept.rule, isTrusted: kept.isTrusted, in: database)
        }
    }

    func adopt(_ changes: [MovingChange]) async throws {
        await automations?.adopt(changes.compactMap(\.outcome).compactMap(Self.kept))
    }
}

extension RuleStore.Kept {
    /// The rule as it comes in: if it is here but for how it is switched, as it is here.
    fileprivate func coming(in policy: MovingPolicy, beside mine: RuleStore.Kept?) -> RuleStore.Kept {
        var off = rule
        off.isEnabled = false
        var mineOff = mine?.rule
        mineOff?.isEnabled = false
        let isHere = mineOff == off
        var rule = rule
        rule.isEnabled = policy.enablesRules ? rule.isEnabled : isHere && mine?.rule.isEnabled == true
        return RuleStore.Kept(rule: rule, isTrusted: policy.trustsRules ? isTrusted : isHere && mine?.isTrusted == true)
    }
}
