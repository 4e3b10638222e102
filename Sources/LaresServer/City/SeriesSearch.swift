import LaresThings

/// Series by words of their names, a few of many.
struct SeriesSearch: Sendable {
    /// What was found.
    struct Found: Sendable {
        /// Some of them, by name.
        let series: [Series]
        /// How many there are in all.
        let count: Int
    }

    let telemetry: any TelemetryStore
    let home: Home
    let sight: SeriesSight

    /// Series whose names, or whose things' names, have all the words in them; in the order of their names.
    ///
    /// - Parameters:
    ///   - words: Parted by spaces, in any case; none for all series.
    ///   - most: So many at most.
    ///   - after: Those behind this name only, for the page after one.
    ///   - isNumeric: Whether series of texts are left out.
    /// - Throws: `TelemetryError`.
    func found(_ words: String, atMost most: Int, after: String? = nil, isNumeric: Bool = false) async throws -> Found {
        let fits = matcher(words)
        var fitting: [(name: String, series: Series)] = []
        for one in try await telemetry.series(of: nil) where !(isNumeric && one.kind == .state) {
            guard !one.key.isOfQuality, !one.key.isOfCircumstances else { continue }
            if fits(one.key), sight.shows(one.key) { fitting.append((one.key.description, one)) }
        }
        fitting.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let rest = fitting.drop { one in after.map { !$0.utf8.lexicographicallyPrecedes(one.name.utf8) } ?? false }
        return Found(series: rest.prefix(most).map(\.series), count: fitting.count)
    }

    /// Whether a name, or its thing's name, has all the words in it.
    func matcher(_ words: String) -> (SeriesKey) -> Bool {
        let parts = words.lowercased().split(whereSeparator: \.isWhitespace).prefix(20).map { Array($0.utf8) }
        let names = Dictionary(home.things().map { ($0.thing.id.description, $0.thing.name.lowercased()) }) { $1 }
        return { key in
            let text = Array((key.description.lowercased() + (names[key.thing].map { " " + $0 } ?? "")).utf8)
            return parts.allSatisfy { text.contains($0) }
        }
    }

    /// A series they see; nil: there is none of that name, or they don't.
    ///
    /// - Throws: `TelemetryError`.
    func series(_ key: SeriesKey) async throws -> Series? {
        guard sight.shows(key) else { return nil }
        return try await telemetry.series(of: key.thing).first { $0.key == key }
    }

    /// Those of some series that they see, in the same order.
    ///
    /// - Throws: `TelemetryError`.
    func series(_ keys: [SeriesKey]) async throws -> [Series] {
        let things = Set(keys.map(\.thing))
        var known: [SeriesKey: Series] = [:]
        if things.count > 8 {
            let wanted = Set(keys)
            for one in try await telemetry.series(of: nil) where wanted.contains(one.key) { known[one.key] = one }
        } else {
            for thing in things { for one in try await telemetry.series(of: thing) { known[one.key] = one } }
        }
        return keys.compactMap { key in sight.shows(key) ? known[key] : nil }
    }
}
