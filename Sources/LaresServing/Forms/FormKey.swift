package import LaresLanguage

/// All that decides which answers are admitted: what compiled grammars are known by.
package struct FormKey: Sendable, Hashable {
    package struct Callable: Sendable, Hashable {
        let name: String
        let parameters: String
    }

    /// What the answer is when it calls no tool.
    package let content: AnswerForm
    /// The tools it may call.
    package let callable: [Callable]
    /// Whether it has to.
    package let mustCall: Bool
    package let isParallel: Bool
    /// All of it as bytes: strings that look alike are equal to Swift, and an answer must have the very bytes that were asked for.
    private let identity: [UInt8]

    /// Nil where any answer is admitted.
    package init?(_ content: AnswerForm, _ use: ToolUse?) {
        let callable = use.map { use in use.tools.filter { use.callable.contains($0.name) } } ?? []
        if content == .free, callable.isEmpty { return nil }
        self.content = content
        self.callable = callable.map { Callable(name: $0.name, parameters: $0.parameters) }
        mustCall = use?.isRequired ?? false
        isParallel = use?.isParallel ?? false
        var identity = Identity()
        identity.add(content)
        for tool in self.callable {
            identity.add(tool.name)
            identity.add(tool.parameters)
        }
        self.identity = identity.bytes + [mustCall ? 1 : 0, isParallel ? 1 : 0]
    }

    package static func == (left: FormKey, right: FormKey) -> Bool { left.identity == right.identity }
    package func hash(into hasher: inout Hasher) { hasher.combine(identity) }

    private struct Identity {
        var bytes: [UInt8] = []

        mutating func add(_ text: String) { bytes += "\(text.utf8.count):".utf8 + Array(text.utf8) }

        mutating func add(_ form: AnswerForm) {
            switch form {
            case .free: add("free")
            case .jsonObject: add("object")
            case .jsonSchema(let text): add(["schema", text])
            case .gbnf(let text): add(["gbnf", text])
            case .regex(let text): add(["regex", text])
            case .choices(let texts): add(["choices \(texts.count)"] + texts)
            }
        }

        private mutating func add(_ texts: [String]) { for text in texts { add(text) } }
    }

    /// Bytes of what it was made from.
    var byteCount: Int { contentBytes + callable.reduce(0) { $0 + $1.name.utf8.count + $1.parameters.utf8.count } }

    private var contentBytes: Int {
        switch content {
        case .free, .jsonObject: 0
        case .jsonSchema(let text), .gbnf(let text), .regex(let text): text.utf8.count
        case .choices(let texts): texts.reduce(0) { $0 + $1.utf8.count }
        }
    }

    /// Compiles it. Takes up to seconds for the largest texts that are allowed.
    ///
    /// - Throws: `invalidRequest` with the reason and the place, for a form that can't be enforced.
    package func grammar(param: String) throws(ServingError) -> Grammar {
        let content: Grammar?
        do { content = try contentGrammar() } catch { throw Self.refusal("the form of the answer", error, param) }
        if callable.isEmpty, let content { return content }
        var tools: [CallableTool] = []
        for tool in callable {
            do {
                tools.append(CallableTool(name: tool.name, arguments: try Grammar(jsonSchema: tool.parameters, limits: Self.limits)))
            } catch {
                throw Self.refusal("the parameters of the tool '\(tool.name)'", error, "tools")
            }
        }
        do {
            let beside: ContentBesideCalls = mustCall ? .none : content.map(ContentBesideCalls.grammar) ?? .text
            return try Grammar(tools: tools, beside: beside, isParallel: isParallel, limits: Self.limits)
        } catch {
            throw Self.refusal("the tools together", error, "tools")
        }
    }

    private func contentGrammar() throws(GrammarError) -> Grammar? {
        switch content {
        case .free: nil
        case .jsonObject: try Grammar.jsonObject(limits: Self.limits)
        case .jsonSchema(let text): try Grammar(jsonSchema: text, limits: Self.limits)
        case .gbnf(let text): try Grammar(gbnf: text, limits: Self.limits)
        case .regex(let text): try Grammar(regex: text, limits: Self.limits)
        case .choices(let texts): try Grammar(choices: texts, limits: Self.limits)
        }
    }

    private static let limits = GrammarLimits()

    private static func refusal(_ what: String, _ error: GrammarError, _ param: String) -> ServingError {
        let place = error.place.isEmpty ? "" : " (at \(error.place))"
        let keyword = error.keyword.map { ", keyword '\($0)'" } ?? ""
        return ServingError(.invalidRequest, "\(what) can't be enforced: \(error.message)\(place)\(keyword)", param: param)
    }
}
