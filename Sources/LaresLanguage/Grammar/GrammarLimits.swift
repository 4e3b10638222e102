/// How large a grammar may be and how strictly it is read.
public struct GrammarLimits: Hashable, Sendable {
    /// Bytes of the schema, regular expression, GBNF text or of all choices together.
    public var textBytes = 4 << 20
    /// How deep JSON, groups of a regular expression or of GBNF may be nested in the text.
    public var textDepth = 128
    /// Rules of a GBNF text: checking them takes time that grows with their square.
    public var namedRules = 2_000
    /// Nodes of the compiled automaton.
    public var nodes = 250_000
    /// States of one deterministic automaton made for a pattern.
    public var patternStates = 6_000
    /// States of all such automata of one schema together.
    public var allPatternStates = 60_000
    /// Steps of making one such automaton; a million take about a tenth of a second.
    public var patternWork = 5_000_000
    /// Pairs of alternatives that may be looked at while `anyOf`, `oneOf`, `allOf` and `not` are brought together (they multiply).
    public var shapes = 40_000
    /// How deep rules may be nested in an answer; an answer that can't end within it is never begun.
    public var answerDepth = 400
    /// Whether a `format` that JSON Schema does not define (`phone`, `path`) is taken as the annotation the standard says it is.
    ///
    /// False refuses it: who wrote it wanted something, and it would not be enforced.
    public var acceptsUnknownFormats = false
    /// Whether `"nullable": true` admits null, as in OpenAPI 3.0. JSON Schema does not define it, and its validators then refuse null.
    public var readsNullable = false

    /// The limits a server uses for requests from outside.
    public init() {}
}
