import LaresJSON

/// Puts contexts together from what documents say, in bounded depth and size.
struct LDContextReader {
    /// How deep contexts may name other contexts.
    static let mostDepth = 8
    /// How many contexts one may name, all together.
    static let mostContexts = 64

    private var terms: [String: String] = [:]
    private var order: [String] = []
    private var vocabulary: String?
    private var contexts = 0

    /// Reads a value of `@context`.
    ///
    /// - Parameters:
    ///   - value: An address, an object of terms, or an array of them.
    ///   - load: Gives the document of an address.
    /// - Throws: ``NGSIError``; what `load` throws.
    mutating func read(_ value: JSON, load: (String) throws -> JSON) throws -> LDContext {
        try add(value, depth: 0, load: load)
        return LDContext(user: terms, order: order, vocabulary: vocabulary, source: value)
    }

    private mutating func add(_ value: JSON, depth: Int, load: (String) throws -> JSON) throws {
        contexts += 1
        guard depth <= Self.mostDepth, contexts <= Self.mostContexts else {
            throw NGSIError.bad("the @context names more than \(Self.mostContexts) others, or more than \(Self.mostDepth) deep: use fewer")
        }
        switch value {
        case .null: break
        case .string(let address):
            if CoreTerms.isCore(address) { return }
            guard address.isURI || address.hasPrefix(NGSIContexts.path) else {
                throw NGSIError.bad("the @context '\(address.prefix(200))' is no URI")
            }
            guard let inner = try load(address)["@context"] else {
                throw NGSIError(.contextNotAvailable, "what stands at '\(address)' has no @context in it")
            }
            try add(inner, depth: depth + 1, load: load)
        case .array(let elements):
            for element in elements { try add(element, depth: depth + 1, load: load) }
        case .object(let members): try define(members)
        default: throw NGSIError.bad("an @context must be a URI, an object or an array of them, not \(value.kind)")
        }
    }

    private mutating func define(_ members: JSON.Members) throws {
        var local: [String: String] = [:]
        for (term, definition) in members {
            switch term {
            case "@vocab":
                guard let text = definition.text else { throw NGSIError.bad("the @vocab of an @context must be a URI") }
                vocabulary = text
            case _ where term.hasPrefix("@"): continue
            default:
                guard let iri = try Self.iri(term, definition) else { continue }
                if local.updateValue(iri, forKey: term) == nil { order.append(term) }
            }
        }
        guard terms.count + local.count <= LDContext.mostTerms else {
            throw NGSIError.bad("the @context has more than \(LDContext.mostTerms) terms")
        }
        for (term, iri) in local { terms[term] = expand(iri, local) }
    }

    /// What a term is defined as; nil: it is taken away.
    private static func iri(_ term: String, _ definition: JSON) throws -> String? {
        switch definition {
        case .string(let iri): return iri
        case .object(let members):
            if members["@context"] != nil {
                throw NGSIError.bad("the term '\(term.prefix(100))' has a context of its own, which isn't supported")
            }
            guard let id = members["@id"] else { return nil }
            if case .null = id { return nil }
            guard let iri = id.text else { throw NGSIError.bad("the @id of the term '\(term.prefix(100))' must be a string") }
            return iri
        case .null: return nil
        default: throw NGSIError.bad("the term '\(term.prefix(100))' of the @context must be a string or an object, not \(definition.kind)")
        }
    }

    /// Prefixes may stand in front of prefixes; a chain of them ends after eight.
    private func expand(_ iri: String, _ local: [String: String]) -> String {
        var iri = iri
        for _ in 0..<Self.mostDepth {
            guard let colon = iri.firstIndex(of: ":") else {
                guard let other = local[iri] ?? terms[iri] ?? CoreTerms.terms[iri], other != iri else { break }
                iri = other
                continue
            }
            let (prefix, rest) = (String(iri[..<colon]), iri[iri.index(after: colon)...])
            guard !rest.hasPrefix("//"), let other = local[prefix] ?? terms[prefix] ?? CoreTerms.terms[prefix], iri.utf8.count < 4_096
            else { break }
            iri = other + rest
        }
        if !iri.contains(":"), !iri.hasPrefix("@") { return (vocabulary ?? CoreTerms.vocabulary) + iri }
        return iri
    }
}
