internal import LaresJSON

/// What accounts may do.
extension BrokerAccounts {
    /// Whether a role may do something with topics. What it may not wins over what it may.
    struct Rule: Sendable, Hashable {
        /// "publishClientSend" and its like, as the plugin calls them.
        let kind: String
        /// A filter.
        let topic: String
        let isAllowed: Bool

        init(_ kind: String, _ topic: String, isAllowed: Bool = true) { (self.kind, self.topic, self.isAllowed) = (kind, topic, isAllowed) }

        /// As the broker tells it.
        init?(_ json: JSON) {
            guard let kind = json["acltype"]?.text, let topic = json["topic"]?.text else { return nil }
            self.init(kind, topic, isAllowed: json["allow"] == true)
        }

        var json: JSON {
            ["acltype": .string(kind), "topic": .string(topic), "priority": .int(isAllowed ? 0 : 10), "allow": .bool(isAllowed)]
        }
    }

    private static let sends = "publishClientSend", hears = "subscribePattern"
    private static let tasmota = ["tasmota/discovery/+/config", "tasmota/discovery/+/sensors"]
    /// Levels of topics that take commands, whoever they belong to.
    private static let commands: Set = ["set", "command", "cmd"]
    /// How many levels may stand between the beginning of an account's topics and one of ``commands``.
    private static let depth = 6

    /// What an account may do.
    ///
    /// - Parameters:
    ///   - guarded: Filters of topics where things take commands, those of any account.
    ///   - discovery: Below which topics it announces itself.
    static func rules(for account: Account, besides guarded: [String], below discovery: DiscoveryPrefix) -> [Rule] {
        let greeting = discovery.status
        let families = families(of: account)
        let own = guarded.filter { concerns($0, families) }
        let refused = ["cmnd/#", greeting] + account.topics.flatMap(refusals) + own
        // Who calls all of their topics commands may publish nothing there.
        let reports = families.filter { !levels($0).contains(where: commands.contains) }.flatMap { [$0, $0 + "/#"] }
        let allowed = Set(discovery.announcements + tasmota + reports).subtracting(refused)
        let heard = [greeting, "cmnd/tasmotas/#"] + account.topics.flatMap { [$0, $0 + "/#", "cmnd/\($0)/#"] }
        // In their order, which ``topics(of:)`` gives back.
        return allowed.sorted().map { Rule(sends, $0) }
            + heard.enumerated().filter { heard.firstIndex(of: $1) == $0 }.map { Rule(hears, $1) }
            + Set(refused).sorted().map { Rule(sends, $0, isAllowed: false) }
    }

    /// The beginnings that an account was made with: what it hears with all that is below. Of the greeting, below whatever prefix, it hears that alone.
    static func topics(of rules: [Rule]) -> [String] {
        let heard = rules.filter { $0.kind == hears && $0.isAllowed }.map(\.topic), all = Set(heard)
        return heard.filter { !$0.hasSuffix("#") && all.contains($0 + "/#") }
    }

    /// The beginnings of the topics where an account may publish.
    private static func families(of account: Account) -> [String] { account.topics.flatMap { [$0, "tele/\($0)", "stat/\($0)"] } }

    /// What nobody may publish below the beginning of an account's topics: commands by their usual names, and requests to a Zigbee2MQTT.
    private static func refusals(below start: String) -> [String] {
        (0...depth).map { start + String(repeating: "/+", count: $0) }.flatMap { place in
            commands.flatMap { ["\(place)/\($0)", "\(place)/\($0)/#"] } + ["\(place)/bridge/request/#"]
        }
    }

    private static func levels(_ topic: String) -> [String] {
        topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    /// Whether every account's rules refuse a topic of commands, whatever things there are.
    static func isRefused(_ filter: String) -> Bool {
        if filter.hasPrefix("cmnd/") { return true }
        // Beginnings have one level at least, and are refused as a whole where one of theirs is such a level.
        guard !filter.hasPrefix("tele/"), !filter.hasPrefix("stat/") else { return false }
        let levels = levels(filter)
        return !levels.contains("") && levels.dropFirst().prefix(depth + 1).contains(where: commands.contains)
    }

    /// Whether somebody who may publish below these beginnings could publish there.
    private static func concerns(_ filter: String, _ families: [String]) -> Bool {
        let isTree = filter.hasSuffix("/#"), base = isTree ? String(filter.dropLast(2)) : filter
        return families.contains { base == $0 || base.hasPrefix($0 + "/") || (isTree && $0.hasPrefix(base + "/")) }
    }

    /// What the broker is told so that accounts may do what they are to: one command for each that may do otherwise now.
    ///
    /// `modifyRole` puts all rules in place at once and leaves connections as they are; `addRoleACL` ends those of everybody who has the role.
    static func changes(
        _ standing: [(account: Account, rules: Set<Rule>)], guarding guarded: [String], below discovery: DiscoveryPrefix
    ) -> [JSON] {
        standing.compactMap { account, rules in
            let wanted = Self.rules(for: account, besides: guarded, below: discovery)
            guard Set(wanted) != rules else { return nil }
            return ["command": "modifyRole", "rolename": .string("device-" + account.name), "acls": .array(wanted.map(\.json))]
        }
    }

    /// Commands in as few messages as the broker takes.
    static func messages(of commands: [JSON]) -> [[JSON]] {
        var (batches, bytes) = ([[JSON]](), 0)
        for command in commands {
            let size = command.serialized.utf8.count + 40
            if let last = batches.indices.last, bytes + size < mostBytes {
                batches[last].append(command)
                bytes += size
            } else {
                batches.append([command])
                bytes = size
            }
        }
        return batches
    }

    private static let mostBytes = 900_000
    /// Bytes that the rules of things' topics may take: with 20 beginnings of 200 bytes they fit into one packet of the broker (``BrokerSettings``).
    static let room = 500_000
    /// Bytes that such a rule takes.
    static func size(of filter: String) -> Int { Rule(sends, filter, isAllowed: false).json.serialized.utf8.count + 1 }
}
