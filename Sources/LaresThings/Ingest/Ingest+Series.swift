extension Ingest {
    /// A name that a sender used for the first time.
    struct Wanted: Sendable {
        let word: Int32
        let name: PointName
        /// Whether the value that came with it is a text.
        let isText: Bool
    }

    /// Where names lead.
    struct Places: Sendable {
        var epoch = 0
        var places: [(word: Int32, place: Result<SeriesPlace, PointFault>)] = []
    }

    /// Finds the series of names, and makes those known to the store that are new.
    ///
    /// - Throws: ``TelemetryError`` when the store can't be asked.
    func places(for wanted: [Wanted], of tenant: Tenant) async throws -> Places {
        guard !wanted.isEmpty else { return Places(epoch: book.epoch) }
        var faults = try await declare(wanted.flatMap { Self.keys($0, tenant) }, of: tenant)
        // An await lies behind: whoever removed series meanwhile made a new book.
        var places = Places(epoch: book.epoch)
        var units: [SeriesKey: Unit] = [:]
        for one in wanted {
            do throws(PointFault) {
                places.places.append((one.word, .success(try place(one, tenant, &faults, &units))))
            } catch {
                places.places.append((one.word, .failure(error)))
            }
        }
        try await records.put(units)
        return places
    }

    /// The series that a name needs: where its values go, and its flags.
    private static func keys(_ wanted: Wanted, _ tenant: Tenant) -> [(key: SeriesKey, isText: Bool)] {
        let key = key(wanted.name, tenant)
        return switch wanted.name.quality {
        case nil, .good?: [(key, wanted.isText)]
        case .suspect?: [(key, wanted.isText), (key.quality, false)]
        case .bad?: [(key.bad, wanted.isText), (key.quality, false)]
        }
    }

    private static func key(_ name: PointName, _ tenant: Tenant) -> SeriesKey {
        SeriesKey(thing: tenant.prefix + name.series.thing, property: name.series.property)
    }

    private func place(
        _ wanted: Wanted, _ tenant: Tenant, _ faults: inout [SeriesKey: PointFault], _ units: inout [SeriesKey: Unit]
    ) throws(PointFault) -> SeriesPlace {
        let key = Self.key(wanted.name, tenant), quality = wanted.name.quality
        // Whoever forecasts here writes the ends of intervals too.
        if key.isExpectation, book.slot(of: SeriesKey(thing: key.thing, property: key.property + ".lower")) != nil {
            throw PointFault(.badName, "'\(key)' is what a forecaster here forecasts: send yours under the name of another series")
        }
        let target = quality == .bad ? key.bad : key
        guard let slot = book.slot(of: target) else { throw faults[target] ?? Self.gone }
        var place = SeriesPlace(slot: slot, quality: quality ?? .good)
        // What is said to be good is noted only where something else may have been said before.
        if quality != nil, let flags = book.slot(of: key.quality) { place.flags = flags }
        place.isProvisional = quality != nil && place.flags < 0
        guard let unit = wanted.name.unit else { return place }
        let known = book.entries[Int(slot)].unit
        if let known, known != unit {
            guard unit.convert(0, to: known) != nil else {
                throw PointFault(.badUnit, "'\(target)' is in \(known), which '\(unit)' can't be converted to: send it in \(known)")
            }
            place.conversion = SeriesPlace.Conversion(from: unit, to: known)
        } else if known == nil {
            book.settle(unit, of: slot)
            units[target] = unit
        }
        return place
    }

    private static let gone = PointFault(.badName, "the series was removed while this was read: send it again")
}

extension Ingest {
    /// Makes a series known before points of it come, so that it has a kind that points don't say. One that is there stays as it is; where the tenant or the
    /// store may have no more, it is left to the points to be refused.
    package func prepare(_ declaration: SeriesDeclaration, of tenant: Tenant) async throws {
        guard book.slot(of: declaration.key) == nil, (book.counts[tenant.name] ?? 0) < tenant.quota.series else { return }
        do {
            let id = try await store.declare([declaration])[0]
            book.add(declaration.key, id, isText: declaration.kind == .state, unit: unit(declaration.key))
        } catch let error as TelemetryError where [.wrongKind, .badName, .tooManySeries].contains(error.code) {}
    }

    /// Makes series known that aren't, as far as the tenant and the store may have more; gives why the others can't be.
    private func declare(_ keys: [(key: SeriesKey, isText: Bool)], of tenant: Tenant) async throws -> [SeriesKey: PointFault] {
        var new = unknown(keys)
        guard !new.isEmpty else { return [:] }
        try await look(for: new.map(\.key))
        new = unknown(keys)
        var faults: [SeriesKey: PointFault] = [:]
        let room = max(0, tenant.quota.series - (book.counts[tenant.name] ?? 0))
        for surplus in new.dropFirst(now < isFullUntil ? 0 : room) { faults[surplus.key] = tooMany(tenant) }
        new = new.filter { faults[$0.key] == nil }
        while !new.isEmpty {
            let taken = try await declareSome(of: new, &faults)
            guard taken > 0 else {
                for (key, _) in new { faults[key] = tooMany(tenant) }
                isFullUntil = now + 1
                break
            }
            new.removeFirst(taken)
        }
        return faults
    }

    private func unknown(_ keys: [(key: SeriesKey, isText: Bool)]) -> [(key: SeriesKey, isText: Bool)] {
        var seen: Set<SeriesKey> = []
        return keys.filter { book.slot(of: $0.key) == nil && seen.insert($0.key).inserted }
    }

    private func tooMany(_ tenant: Tenant) -> PointFault {
        let whose = tenant.name.isEmpty ? "this Lares" : "the tenant '\(tenant.name)'"
        return PointFault(
            .tooManySeries,
            "\(whose) has as many series as it may (\(tenant.quota.series), or the store no room for more): look for a tag that changes with every point"
        )
    }

    /// Declares as many of the first series as the store takes at once; gives how many were dealt with, 0 when it takes no more.
    private func declareSome(of new: [(key: SeriesKey, isText: Bool)], _ faults: inout [SeriesKey: PointFault]) async throws -> Int {
        var count = new.count
        while count > 0 {
            let some = new.prefix(count)
            do {
                let ids = try await store.declare(some.map { SeriesDeclaration($0.key, $0.isText ? .state : .measurement) })
                for (one, id) in zip(some, ids) { book.add(one.key, id, isText: one.isText, unit: unit(one.key)) }
                return count
            } catch let error as TelemetryError where [.wrongKind, .badName].contains(error.code) && count == 1 {
                faults[new[0].key] = PointFault(error.code == .badName ? .badName : .wrongKind, error.message)
                return 1
            } catch let error as TelemetryError where [.wrongKind, .badName, .tooManySeries].contains(error.code) {
                count /= 2
            }
        }
        return 0
    }

    /// Learns of series that others made: those of the home keep their kinds so. Names with tags and of tenants are nobody else's, but
    /// for what is expected of them.
    private func look(for keys: [SeriesKey]) async throws {
        let things = Set(keys.filter { ThingID($0.thing) != nil || $0.isExpectation }.map(\.thing))
        // One thing's series cost as much to find as all of them.
        guard !things.isEmpty else { return }
        for series in try await store.series(of: things.count == 1 ? things.first : nil) where things.contains(series.key.thing) {
            add(series)
        }
    }
}
