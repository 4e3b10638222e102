public import Foundation
public import LaresStore

/// Takes points in at scale: lines of several formats become readings of a telemetry store, for several tenants beside each other.
///
/// ```swift
/// let ingest = try await Ingest(into: telemetry, home: LaresHome())
/// var stream = try ingest.stream(.line, for: try await ingest.tenant("north"), source: "http:telegraf")
/// try await stream.take(bytes)
/// let answer = try await stream.finish()      // so many stored, so many duplicates, so many among the dead letters
/// ```
///
/// Senders read their own text, side by side. What they read comes together here: everything that waits is planned at once and stored in one
/// call, while the next waits. When `finish` returns, all it counts is on the disk.
public actor Ingest {
    /// Where readings go.
    public nonisolated let store: any TelemetryStore
    /// What couldn't be taken.
    public nonisolated let letters: DeadLetters
    nonisolated let settings: IngestSettings
    nonisolated let clock: any TimeSource
    package nonisolated let vocabularies: VocabularyShelf
    let records: IngestStore
    /// The unit of a series that is known elsewhere; nil: what is sent first counts.
    let unit: @Sendable (SeriesKey) -> Unit?
    var book: IngestBook
    var tenants: [String: TenantAccount] = [:]
    /// So often tenants were changed here.
    var tenantChanges = 0
    /// What came from where in the last hour.
    public internal(set) var rates = IngestRates()
    /// Since when it counts.
    public nonisolated let startedAt: Date
    /// Letters that are being tried again.
    private var trying: Set<Int64> = []
    /// Who tries letters again that aren't points; gives what still can't be taken.
    private var retries: [PointFault.Code: @Sendable (DeadLetter) async throws -> DeadLetter?] = [:]
    /// Until when no new series are asked for, as the store is full of them; seconds since 1970.
    var isFullUntil = 0.0

    /// Points that wait to be stored, and who waits for them.
    struct Waiting {
        let points: PlacedPoints
        let turn: CheckedContinuation<Turn, Never>
    }

    /// What a sender who waited is told.
    enum Turn {
        /// What became of its points.
        case done(Result<Stored, any Error>)
        /// It is the one now who stores what waits.
        case lead
    }

    var queue: [Waiting] = []
    var waitingPoints = 0
    var isStoring = false

    /// An ingest, with the series that the store has.
    ///
    /// - Parameters:
    ///   - store: where readings go.
    ///   - home: the data directory, for `ingest.db` and `deadletters.db`.
    ///   - settings: how it works.
    ///   - letters: how much of what can't be taken is kept.
    ///   - clock: the time.
    ///   - unit: the unit of a series that is known elsewhere, as a property of the home.
    /// - Throws: ``TelemetryError``.
    public init(
        into store: any TelemetryStore, home: LaresHome, settings: IngestSettings = IngestSettings(),
        letters: DeadLetters.Limits = DeadLetters.Limits(), clock: any TimeSource = SystemTime(),
        unit: @escaping @Sendable (SeriesKey) -> Unit? = { _ in nil }
    ) async throws {
        (self.store, self.settings, self.clock, self.unit) = (store, settings, clock, unit)
        startedAt = clock.now
        vocabularies = VocabularyShelf(bytes: settings.vocabularyBytes)
        self.letters = try DeadLetters(home: home, limits: letters)
        records = try IngestStore(home: home)
        book = IngestBook(settings: settings)
        for tenant in try await records.tenants() { tenants[tenant.name] = TenantAccount(tenant) }
        if tenants[""] == nil { tenants[""] = TenantAccount(.own) }
        try await load()
    }

    /// Learns which series the store has.
    func load() async throws {
        let series = try await store.series(of: nil)
        let units = try await records.units()
        book.clear()
        for series in series { add(series, units[series.key]) }
    }

    /// Learns of a series that the store has.
    func add(_ series: Series, _ unit: Unit? = nil) {
        book.add(series.key, series.id, isText: series.kind == .state, unit: self.unit(series.key) ?? unit)
    }

    /// The clock's seconds since 1970.
    nonisolated var now: Double { clock.now.timeIntervalSince1970 }

    /// Takes text of a format in.
    ///
    /// - Parameters:
    ///   - format: how it is written.
    ///   - precision: what whole numbers of time count; nil: the format's usual.
    ///   - tenant: whose points they are.
    ///   - source: where they come from, for dead letters.
    public nonisolated func stream(
        _ format: PointFormat, precision: TimePrecision? = nil, for tenant: Tenant, source: String
    ) throws -> IngestStream {
        try IngestStream(
            self,
            IngestStream.Origin(
                format: format, precision: precision ?? format.usualPrecision, tenant: tenant, source: source,
                received: Timestamp(clock.now)))
    }

    /// Keeps texts of whole lines, each with when it came, as dead letters.
    package func refuse(
        _ texts: [(lines: [UInt8], received: Timestamp)], _ format: PointFormat, precision: TimePrecision? = nil, of tenant: String,
        source: String, _ fault: PointFault
    ) async throws {
        var (kept, counts): ([DeadLetter], IngestCounts) = ([], IngestCounts())
        for text in texts {
            for line in text.lines.split(separator: 0x0A) {
                if kept.last?.takes(fault, line.count, text.received) != true {
                    kept.append(
                        DeadLetter(
                            time: text.received, tenant: tenant, source: source, format: format,
                            precision: precision ?? format.usualPrecision, heading: nil, fault: fault, lines: 0, tries: 0, bytes: []))
                }
                kept[kept.count - 1].add(line)
                counts.refused += 1
                counts.bytes += line.count
            }
        }
        counts.lost = try await letters.add(kept)
        note(counts, of: tenant, from: source)
    }

    /// Tries a dead letter again, and removes it; lines that still can't be taken are new letters then.
    ///
    /// - Throws: ``IngestError`` when it can't be tried, or not now; ``TelemetryError``.
    public func replay(_ letter: DeadLetter) async throws -> IngestAnswer {
        guard letter.isWhole else {
            throw IngestError(
                .badRequest, "the letter \(letter.id) has only the beginning of a line that was too long: it can't be tried again")
        }
        // One that is being tried, or was since it was read, is done: some would be two Observations.
        guard trying.insert(letter.id).inserted else { return IngestAnswer() }
        defer { trying.remove(letter.id) }
        guard try await letters.letter(letter.id) != nil else { return IngestAnswer() }
        if letter.fault.code == .badObservation { return try await replayElsewhere(letter) }
        guard letter.fault.code != .unknownTenant || !letter.tenant.isEmpty else {
            throw IngestError(.badRequest, "the letter \(letter.id) came for a tenant that there can't be: remove it")
        }
        var origin = IngestStream.Origin(
            format: letter.format, precision: letter.precision, tenant: try tenant(letter.tenant), source: letter.source,
            received: letter.time)
        (origin.heading, origin.keepsTime, origin.tries) = (letter.heading, true, letter.tries + 1)
        var stream = try IngestStream(self, origin)
        try await stream.take(letter.bytes)
        let answer = try await stream.finish()
        try await letters.remove(letter.id)
        return answer
    }

    /// Has somebody else try letters of a fault again: those that aren't points.
    ///
    /// - Parameter retry: Tries a letter, and gives what of it still can't be taken; nil when all was.
    package func retry(_ code: PointFault.Code, by retry: @escaping @Sendable (DeadLetter) async throws -> DeadLetter?) {
        retries[code] = retry
    }

    private func replayElsewhere(_ letter: DeadLetter) async throws -> IngestAnswer {
        guard let retry = retries[letter.fault.code] else {
            throw IngestError(.badRequest, "nobody here tries the letter \(letter.id) again: it is no point (\(letter.fault.code))")
        }
        var answer = IngestAnswer()
        if let rest = try await retry(letter) {
            answer.counts.refused = rest.lines
            answer.counts.lost = try await letters.add([rest])
            answer.refusals = [IngestAnswer.Refusal(line: 1, fault: rest.fault)]
        } else {
            answer.counts.stored = letter.lines
        }
        try await letters.remove(letter.id)
        return answer
    }

    /// Tries the letters again that somebody wants tried, as `lares ingest replay` does, the oldest first, a thousand at once. What can't be tried is left
    /// as it is; what can't be tried now, as its tenant sent too much, is tried the next time.
    ///
    /// - Throws: ``IngestError`` when more waits than may; ``TelemetryError``.
    public func replayWanted() async throws {
        for letter in try await letters.wanted() {
            do { _ = try await replay(letter) } catch let error as IngestError where error.code == .overQuota {
                // The others' letters don't wait for it.
                continue
            } catch let error as IngestError where [.badRequest, .unknownTenant].contains(error.code) {
                try await letters.want(letter.id, false)
            } catch let error as TelemetryError {
                throw error
            } catch {
                // Nor for one that somebody else can't try now.
                try Task.checkCancellation()
            }
        }
    }
}
