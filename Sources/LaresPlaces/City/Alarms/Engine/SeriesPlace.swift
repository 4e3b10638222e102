internal import LaresThings

/// Where series are that are no things of the home.
extension SeriesKey {
    /// The place that the name says: of the tags `place`, `area` and `location` the first that there is, or whose it is; nil: it says none.
    /// Those of different tenants are different ones.
    var namedPlace: AreaID? {
        let (tenant, name) = Tenant.split(thing: thing)
        let tags = (try? TaggedName(thing: name))?.tags ?? []
        let said = ["place", "area", "location"].lazy.compactMap { word in tags.first { $0.key == word }?.value }.first
        return AreaID(said: [tenant, said ?? ""].joined(separator: " "))
    }
}

extension AreaID {
    /// What people call a place; nil where nothing of it can be written.
    init?(said: String) {
        guard let slug = Slug.of(said, limit: 60) else { return nil }
        self.init(slug)
    }
}
