public import LaresJSON

/// What the names in a document stand for: as much of JSON-LD 1.1 as NGSI-LD needs.
///
/// Terms and prefixes are expanded to IRIs and back; containers, languages, bases and scoped contexts are left out, because attributes of
/// NGSI-LD have their own form. The terms of the core context come last, and can't be changed (clause 5.5.5).
public struct LDContext: Sendable, Hashable {
    /// What a document gave as its `@context`, to be answered with; nil: only the core context.
    public var source: JSON?
    private var terms: [String: String] = [:]
    private var names: [String: String] = [:]
    private var prefixes: [(name: String, iri: String)] = []
    private var vocabulary = CoreTerms.vocabulary

    /// Roughly how many bytes its tables take.
    let size: Int

    /// How many terms there may be.
    static let mostTerms = 20_000

    /// The core context alone.
    public static let core = LDContext(user: [:], order: [], vocabulary: nil, source: nil)

    /// The address of the core context of v1.8.
    public static let coreAddress = CoreTerms.address

    /// - Parameters:
    ///   - user: Terms of the user, expanded.
    ///   - order: The terms in the order they were given.
    init(user: [String: String], order: [String], vocabulary: String?, source: JSON?) {
        self.source = source
        // The core's own default vocabulary stands unless a user's context says another.
        if let vocabulary { self.vocabulary = vocabulary }
        terms = user.merging(CoreTerms.terms) { _, core in core }
        for (term, iri) in CoreTerms.terms { names[iri] = term }
        for term in order where names[terms[term] ?? ""] == nil {
            guard let iri = terms[term] else { continue }
            names[iri] = term
            if let last = iri.last, "/#:?".contains(last) { prefixes.append((term, iri)) }
        }
        prefixes += [("ngsi-ld", CoreTerms.base), ("geojson", CoreTerms.geoJSON)]
        prefixes.sort { ($0.iri.utf8.count, $1.name) > ($1.iri.utf8.count, $0.name) }
        // A term stands in both tables, each entry with two strings of 16 bytes and what they point to.
        size = terms.reduce(0) { $0 + 2 * ($1.key.utf8.count + $1.value.utf8.count + 64) }
    }

    /// Two contexts are the same when they expand alike.
    public static func == (one: LDContext, other: LDContext) -> Bool {
        one.source == other.source && one.terms == other.terms && one.vocabulary == other.vocabulary
    }

    /// By the source.
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }

    /// The IRI of a term, a compact IRI or an IRI.
    public func expand(_ name: String) -> String {
        if let iri = terms[name] { return iri }
        guard let colon = name.firstIndex(of: ":") else { return name.hasPrefix("@") ? name : vocabulary + name }
        let rest = name[name.index(after: colon)...]
        if !rest.hasPrefix("//"), let prefix = terms[String(name[..<colon])] { return prefix + rest }
        return name
    }

    /// The shortest name of an IRI.
    public func compact(_ iri: String) -> String {
        if let name = names[iri] { return name }
        if iri.hasPrefix(vocabulary) {
            let rest = String(iri.dropFirst(vocabulary.count))
            if !rest.isEmpty, !rest.contains(":"), terms[rest] == nil { return rest }
        }
        for (name, prefix) in prefixes where iri.hasPrefix(prefix) && iri.utf8.count > prefix.utf8.count {
            return name + ":" + iri.dropFirst(prefix.count)
        }
        return iri
    }
}
