/// Which entities are meant by a query (clause 5.7.2) or a subscription.
public struct NGSIEntitySelection: Sendable, Hashable {
    /// One way of saying who is meant.
    public struct Selector: Sendable, Hashable {
        /// URIs; nil: any.
        public var ids: [String]?
        /// What the URI is to match; nil: anything.
        public var pattern: NGSIPattern?
        /// Types; nil: any.
        public var types: NGSITypeSelection?

        /// Anybody, unless something is set.
        public init() {}

        func matches(_ entity: NGSIEntity) -> Bool {
            (ids?.contains(entity.id) ?? pattern?.isFound(in: entity.id) ?? true) && types?.matches(entity.types) != false
        }
    }

    /// Whoever one of these means; empty: everybody.
    public var selectors: [Selector] = []
    /// Expanded names of attributes of which an entity is to have one; empty: any.
    public var attributes: Set<String> = []
    /// What attributes are to be.
    public var query: NGSIQuery?
    /// Where they are to lie.
    public var place: NGSIGeoQuery?
    /// Their scopes.
    public var scope: NGSIScope?
    /// Instances that are meant, "@none" for default ones; nil: all.
    public var datasets: Set<String>?

    /// Everybody.
    public init() {}

    /// Whether an entity is meant.
    ///
    /// - Parameter linked: Finds entities that relationships lead to.
    public func matches(_ entity: NGSIEntity, linked: (String) -> NGSIEntity? = { _ in nil }) -> Bool {
        (selectors.isEmpty || selectors.contains { $0.matches(entity) })
            && (attributes.isEmpty || entity.attributes.groups.contains { attributes.contains($0.name) }
                || attributes.contains(NGSIWriter.scope) && entity.scopes?.isEmpty == false)
            && query?.matches(entity, linked: linked) != false && place?.matches(entity) != false
            && scope?.matches(entity.scopes ?? []) != false
            && (datasets == nil
                || entity.attributes.groups.contains { $0.instances.contains { datasets?.contains($0.datasetId ?? "@none") == true } })
    }
}
