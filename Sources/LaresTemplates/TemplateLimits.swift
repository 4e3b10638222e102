/// What one template may spend. Reaching any bound ends it with a ``TemplateError`` of code `.limit` that names the bound.
public struct TemplateLimits: Sendable, Hashable {
    /// Bytes of template source.
    public var sourceBytes = 1 << 20
    /// How deep statements and expressions may be nested in the source. Bounds the stack the parser uses.
    public var nesting = 96
    /// Evaluation steps of one render: a statement, an expression, 32 bytes of text produced, an element of a list produced.
    /// It bounds time and, as everything that is made is paid for, memory as well.
    public var steps = 2_000_000
    /// How deep evaluation may go, macros that call macros included. Bounds the stack a render uses (about 1 KiB a level).
    public var depth = 240
    /// Bytes of the rendered text.
    public var outputBytes = 8 << 20
    /// Bytes of any one string.
    public var stringBytes = 8 << 20
    /// Elements of any one list or mapping, and the length of a `range`.
    public var elements = 100_000

    /// Bounds that real chat templates stay far below.
    public static let `default` = TemplateLimits()

    /// Creates the default bounds, to be changed property by property.
    public init() {}

    /// How deep lists and mappings may be nested in one another.
    static let valueDepth = 64
    /// Different names in one template.
    static let names = 4096
}
