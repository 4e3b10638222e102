/// Writes GBNF rules into an automaton.
struct GBNFWriter {
    /// Longer repetitions are counted instead of unrolled.
    private static let mostUnrolled = 16

    private let rules: [(name: String, node: GBNFNode)]
    private var numbers: [String: Int32] = [:]
    private var builder: AutomatonBuilder
    private var setRules: [ScalarSet: Int32] = [:]
    private let limits: GrammarLimits

    init(_ rules: [(name: String, node: GBNFNode)], _ limits: GrammarLimits) {
        self.rules = rules
        self.limits = limits
        builder = AutomatonBuilder(limits: limits)
    }

    mutating func compile() throws(GrammarError) -> Automaton {
        for rule in rules { numbers[rule.name] = builder.reserveRule() }
        guard let root = numbers["root"] else { throw GrammarError(.badReference, "the GBNF grammar has no rule 'root'") }
        for rule in rules {
            guard let number = numbers[rule.name] else { continue }
            try write(rule.node, asRule: number)
        }
        builder.setRoot(root)
        return try builder.finish()
    }

    private mutating func write(_ node: GBNFNode, asRule rule: Int32) throws(GrammarError) {
        let start = try builder.node()
        let end = try builder.node()
        builder.setStart(rule, start)
        builder.setAccepts(end)
        try write(node, start, end)
    }

    private mutating func write(_ node: GBNFNode, _ from: Int32, _ to: Int32) throws(GrammarError) {
        switch node {
        case .text(let bytes): builder.edge(try builder.literal(from, bytes), .nothing, to)
        case .set(let set): builder.edge(from, .rule(try rule(of: set)), to)
        case .rule(let name, let at):
            guard let number = numbers[name] else {
                throw GrammarError(.badReference, place: "character \(at)", "the rule '\(name)' is not defined")
            }
            builder.edge(from, .rule(number), to)
        case .choice(let branches): for branch in branches { try write(branch, from, to) }
        case .sequence(let parts):
            var at = from
            for part in parts {
                let next = try builder.node()
                try write(part, at, next)
                at = next
            }
            builder.edge(at, .nothing, to)
        case .repeated(let part, let minimum, let maximum): try repeated(part, minimum, maximum, from, to)
        }
    }

    private mutating func repeated(_ part: GBNFNode, _ minimum: Int, _ maximum: Int?, _ from: Int32, _ to: Int32) throws(GrammarError) {
        let body = builder.reserveRule()
        try write(part, asRule: body)
        var at = from
        if max(minimum, maximum ?? 0) > Self.mostUnrolled {
            let counted = try builder.countedRule(body: body, minimum: minimum, maximum: maximum ?? minimum)
            at = try builder.node()
            builder.edge(from, .rule(counted), at)
        } else {
            for index in 0..<(maximum ?? minimum) {
                if index >= minimum { builder.edge(at, .nothing, to) }
                let next = try builder.node()
                builder.edge(at, .rule(body), next)
                at = next
            }
        }
        if maximum == nil {
            let loop = try builder.node()
            builder.edge(at, .nothing, loop)
            builder.edge(loop, .rule(body), loop)
            at = loop
        }
        builder.edge(at, .nothing, to)
    }

    private mutating func rule(of set: ScalarSet) throws(GrammarError) -> Int32 {
        if let known = setRules[set] { return known }
        let rule = builder.reserveRule()
        let start = try builder.node()
        let end = try builder.node()
        builder.setStart(rule, start)
        builder.setAccepts(end)
        setRules[set] = rule
        let automaton = try CharacterAutomaton(.set(set), searches: false, limits: limits)
        try CharacterWriter.write(automaton, from: start, to: end, close: nil, isJSON: false, into: &builder)
        return rule
    }
}
