internal import GRDB
internal import LaresJSON
public import LaresThings

/// A home that moves out, as one file, and in.
///
/// ```swift
/// let transfer = HomeTransfer(home: home, store: store, automations: automations)
/// let file = try transfer.export()
/// let plan = try transfer.plan(file)                  // nothing is written
/// let done = try await transfer.apply(file, MovingPolicy(.takeTheirs))
/// ```
///
/// What is imported twice changes nothing the second time.
public struct HomeTransfer: Sendable {
    private let sections: [any MovingSection]

    /// The sections, in the order in which they are taken in: what names others comes behind them.
    package init(_ sections: [any MovingSection]) { self.sections = sections }

    /// All of a home that its `places.db` has: settings of the site, areas, things, names of properties, announcements, groups, scenes, settings,
    /// calendars of holidays, rules.
    ///
    /// - Parameters:
    ///   - home: The home.
    ///   - store: What it keeps.
    ///   - automations: Its rules; nil: they are put into the store and run after the next start.
    ///   - times: Its presence simulation; nil: what it is to do counts after the next start.
    ///   - readers: Who understands announcements; nil: those of the home.
    public init(
        home: Home, store: HomeStore, automations: Automations?, times: Timekeeper? = nil,
        readers: [any DiscoveryReader]? = nil
    ) { self.init(Self.sections(home, store, automations, times, readers ?? Home.readers(below: home.discovery))) }

    package static func sections(
        _ home: Home, _ store: HomeStore, _ automations: Automations?, _ times: Timekeeper?, _ readers: [any DiscoveryReader]
    ) -> [any MovingSection] {
        [
            SiteSection(database: store.pool), FloorsSection(database: store.pool), AreasSection(home: home, database: store.pool),
            ThingsSection(home: home, database: store.pool), PropertiesSection(home: home, database: store.pool),
            AnnouncementsSection(home: home, database: store.pool, readers: readers),
            GroupsSection(home: home, database: store.pool), ScenesSection(database: store.pool),
            SettingsSection(times: times, database: store.pool), HolidaysSection(automations: automations, database: store.pool),
            RulesSection(automations: automations, database: store.pool),
        ]
    }

    /// The home as it is now.
    ///
    /// - Throws: An error of a database.
    public func export() throws -> HomeFile {
        HomeFile(
            try sections.map { section in
                HomeFile.Section(section.name, .array(try section.database.read { try section.items(in: $0) }.map(\.json)))
            })
    }

    /// What an import would do; nothing is written.
    ///
    /// - Throws: ``MovingError``; an error of a database.
    public func plan(_ file: HomeFile, _ policy: MovingPolicy = MovingPolicy()) throws -> MovingPlan {
        let groups = try groups(of: file)
        var context = MovingContext(policy)
        let sections = try groups.flatMap { group in try group[0].section.database.read { try judge(group, &context, in: $0) } }
        return plan(sections, file)
    }

    /// Takes a file in, in one transaction for each database, and tells the running home.
    ///
    /// - Returns: What was done, as ``plan(_:_:)`` would have said it.
    /// - Throws: ``MovingError``; an error of a database: what it holds is as it was then.
    public func apply(_ file: HomeFile, _ policy: MovingPolicy = MovingPolicy()) async throws -> MovingPlan {
        var (context, judged) = (MovingContext(policy), [MovingPlan.Section]())
        for group in try groups(of: file) {
            let (before, sections) = (context, group)
            let (done, after) = try await group[0].section.database.write { database in
                var context = before
                let judged = try judge(sections, &context, in: database)
                for (one, judged) in zip(sections, judged) { try one.section.write(judged.written, in: database) }
                return (judged, context)
            }
            context = after
            for (one, judged) in zip(group, done) where !judged.written.isEmpty { try await one.section.adopt(judged.written) }
            judged += done
        }
        return plan(judged, file)
    }
}

extension HomeTransfer {
    /// A section with what the file says of it.
    private struct Incoming {
        let section: any MovingSection
        var items: [MovingItem] = []
        var refused: [MovingChange] = []
    }

    /// The sections that a file has, those of one database together.
    private func groups(of file: HomeFile) throws -> [[Incoming]] {
        var groups: [[Incoming]] = []
        for section in sections {
            guard let value = file.section(section.name) else { continue }
            let incoming = try read(value, section)
            if let place = groups.firstIndex(where: { $0[0].section.database === section.database }) {
                groups[place].append(incoming)
            } else {
                groups.append([incoming])
            }
        }
        return groups
    }

    private func read(_ value: JSON, _ section: any MovingSection) throws(MovingError) -> Incoming {
        guard let elements = value.elements else {
            throw MovingError(.badFile, "the section '\(section.name)' must be a list, not \(value.kind): the file is damaged")
        }
        guard elements.count <= section.limit else {
            throw MovingError(.tooLarge, "the section '\(section.name)' has \(elements.count) items; there may be \(section.limit)")
        }
        var (incoming, seen): (Incoming, Set<String>) = (Incoming(section: section), [])
        for (number, element) in elements.enumerated() {
            do {
                let item = try section.read(element)
                if seen.insert(item.key).inserted {
                    incoming.items.append(item)
                } else {
                    incoming.refused.append(MovingChange(refused: item.key, element, "it stands in the file twice; the first counts"))
                }
            } catch {
                incoming.refused.append(MovingChange(refused: "\(section.name)[\(number)]", element, "\(error)"))
            }
        }
        return incoming
    }

    private func judge(_ group: [Incoming], _ context: inout MovingContext, in database: Database) throws -> [MovingPlan.Section] {
        try group.map { one in
            let changes = one.section.judge(one.items, beside: try one.section.items(in: database), &context)
            return MovingPlan.Section(name: one.section.name, changes: changes + one.refused)
        }
    }

    private func plan(_ sections: [MovingPlan.Section], _ file: HomeFile) -> MovingPlan {
        let known = Set(self.sections.map(\.name))
        return MovingPlan(sections: sections, unknown: file.sections.map(\.name).filter { !known.contains($0) })
    }
}

extension MovingPlan.Section {
    fileprivate var written: [MovingChange] { changes.filter { $0.outcome != nil } }
}
