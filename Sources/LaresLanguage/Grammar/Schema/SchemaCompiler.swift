/// Compiles a JSON Schema: every conjunction of schemas that can meet at one place becomes a rule.
///
/// `form(of:)` brings schemas into ``NormalForm``; `write` turns forms into rules. Members and items stay references until their
/// own turn comes, so that recursive schemas end.
struct SchemaCompiler {
    /// A part of a conjunction.
    enum Atom: Hashable {
        /// A schema, by its entry in the text.
        case schema(Int)
        /// Exactly the JSON value of an entry.
        case literal(Int)
        /// What another atom does not admit.
        case not(Int)
        case never
    }

    let text: SchemaText
    let limits: GrammarLimits
    var builder: AutomatonBuilder
    var draft = SchemaDraft()
    var anchors: [String: Int] = [:]

    var atoms: [Atom] = []
    var atomNumbers: [Atom: Int] = [:]
    var forms: [Conjunction: NormalForm] = [:]
    var atomForms: [Int: NormalForm] = [:]
    var inProgress: Set<Int> = []
    var layers: [ObjectLayer] = []
    var automata: [CharacterAutomaton] = []
    var automatonNumbers: [Name: Int] = [:]

    var rules: [Conjunction: Int32] = [:]
    var stringRules: [StringShape: Int32] = [:]
    var numberRules: [NumberShape: Int32] = [:]
    var waiting: [(Conjunction, Int32)] = []
    var shared = SharedRules()
    var depth = 0
    var pairCount = 0
    var emptinessChecks = 0
    var patternStates = 0

    init(_ text: SchemaText, limits: GrammarLimits) throws(GrammarError) {
        self.text = text
        self.limits = limits
        builder = AutomatonBuilder(limits: limits)
        draft = SchemaDraft(text)
        anchors = text.anchors()
    }

    /// The automaton of the whole schema.
    mutating func compile() throws(GrammarError) -> Automaton {
        let root = try rule(for: [number(of: .schema(0))])
        while let (conjunction, rule) = waiting.popLast() { try write(conjunction, rule) }
        builder.setRoot(root)
        return try builder.finish()
    }

    mutating func number(of atom: Atom) -> Int {
        if let known = atomNumbers[atom] { return known }
        atoms.append(atom)
        atomNumbers[atom] = atoms.count - 1
        return atoms.count - 1
    }

    /// The conjunction of one schema; `true` and `{}` give none.
    mutating func conjunction(_ schema: Int) -> Conjunction {
        switch text[schema] {
        case .bool(true): []
        case .bool(false): [number(of: .never)]
        case .object(let members) where members.isEmpty: []
        default: [number(of: .schema(schema))]
        }
    }

    func isNever(_ conjunction: Conjunction) -> Bool { conjunction.contains { atoms[$0] == .never } }

    /// The rule of a conjunction; written later if it is new.
    mutating func rule(for conjunction: Conjunction) throws(GrammarError) -> Int32 {
        if let known = rules[conjunction] { return known }
        let rule = builder.reserveRule()
        rules[conjunction] = rule
        waiting.append((conjunction, rule))
        return rule
    }

    func error(_ code: GrammarError.Code, _ keyword: String, _ entry: Int, _ message: String) -> GrammarError {
        GrammarError(code, keyword: keyword, place: text.pointer(entry), message)
    }

    func unsupported(_ keyword: String, _ entry: Int, _ why: String) -> GrammarError {
        error(.unsupported, keyword, entry, "'\(keyword)' can't be enforced here: \(why)")
    }
}

/// What depends on the version of JSON Schema.
struct SchemaDraft {
    /// Up to draft 7, `$ref` stands alone and its neighbours are ignored.
    var refStandsAlone = false

    init() {}

    init(_ text: SchemaText) {
        guard let entry = text.member(0, "$schema"), let uri = text.string(entry) else { return }
        refStandsAlone = ["draft-03", "draft-04", "draft-05", "draft-06", "draft-07"].contains { Self.find($0, in: uri) }
    }

    private static func find(_ part: String, in text: String) -> Bool {
        let (part, text) = (Array(part.utf8), Array(text.utf8))
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
