internal import Dispatch
internal import GRDB
public import LaresStore
internal import Synchronization

/// What couldn't be taken, kept in `deadletters.db` until it is mended and tried again, removed, or too old.
///
/// Room is bounded, in all and for each tenant: the oldest letters make place for new ones. Every method throws ``TelemetryError``.
public final class DeadLetters: Sendable {
    /// How much is kept.
    public struct Limits: Hashable, Sendable {
        /// Bytes in all.
        public var bytes = 256 << 20
        /// Bytes of one tenant.
        public var tenantBytes = 64 << 20
        /// Days.
        public var days = 30

        /// The usual limits.
        public init() {}
    }

    /// How many there are.
    public struct Size: Hashable, Sendable {
        /// Letters.
        public var letters = 0
        /// Lines in them.
        public var lines = 0
        /// Bytes of them.
        public var bytes = 0
    }

    /// Which letters are meant.
    public struct Filter: Hashable, Sendable {
        /// Of this tenant; nil: of all.
        public var tenant: String?
        /// For this reason; nil: for any.
        public var reason: String?
        /// With a smaller number, for the page after one.
        public var before: Int64?

        /// All letters.
        public init(tenant: String? = nil, reason: String? = nil, before: Int64? = nil) {
            (self.tenant, self.reason, self.before) = (tenant, reason, before)
        }
    }

    let limits: Limits
    private let pool: DatabasePool
    private let queue = DispatchQueue(label: "lares.deadletters")
    /// What the letters of each tenant cost; changed on the queue only.
    private let costs: Mutex<[String: Int]>

    /// Opens the letters of a data directory.
    public init(home: LaresHome, limits: Limits = Limits()) throws {
        self.limits = limits
        do {
            let pool = try LetterRows.schema.open(at: home.file("deadletters.db"))
            self.pool = pool
            costs = Mutex(try pool.read { try LetterRows.costs($0) })
        } catch { throw TelemetryError(error) }
    }

    /// Keeps letters, and lets the oldest go when they take too much room. They are on the disk when it returns.
    ///
    /// - Returns: so many lines went for lack of room.
    @discardableResult
    public func add(_ letters: [DeadLetter]) async throws -> Int {
        guard !letters.isEmpty else { return 0 }
        return try await queue.answer { [self] in
            var costs = costs.withLock(\.self)
            let lost = try pool.write { database in
                for letter in letters {
                    try LetterRows.insert(letter, database)
                    costs[letter.tenant, default: 0] += letter.cost
                }
                var lost = 0
                for tenant in Set(letters.map(\.tenant)) {
                    while let cost = costs[tenant], cost > limits.tenantBytes {
                        lost += try LetterRows.removeOldest(of: tenant, &costs, database)
                    }
                }
                while costs.values.reduce(0, +) > limits.bytes { lost += try LetterRows.removeOldest(of: nil, &costs, database) }
                return lost
            }
            self.costs.withLock { $0 = costs }
            return lost
        }
    }

    /// Letters, the newest first.
    ///
    /// - Parameter limit: so many at most, 1 to 1,000.
    public func list(_ filter: Filter = Filter(), limit: Int = 100) async throws -> [DeadLetter] {
        try await queue.answer { [pool] in try pool.read { try LetterRows.list(filter, limit: min(max(limit, 1), 1_000), $0) } }
    }

    /// A letter by its number; nil when there is none.
    public func letter(_ id: Int64) async throws -> DeadLetter? {
        try await queue.answer { [pool] in try pool.read { try LetterRows.letter(id, $0) } }
    }

    /// Wants letters tried again by whoever has the ingest: within seconds, or when it is next started. Gives how many; one that has only the beginning of
    /// a line isn't among them.
    public func want(_ filter: Filter) async throws -> Int {
        try await queue.answer { [pool] in try pool.write { try LetterRows.want(filter, $0) } }
    }

    /// Wants a letter tried again, or no more.
    func want(_ id: Int64, _ isWanted: Bool) async throws {
        try await queue.answer { [pool] in try pool.write { try LetterRows.want(id, isWanted, $0) } }
    }

    /// Letters that are wanted tried again, the oldest first, a thousand at most.
    func wanted() async throws -> [DeadLetter] {
        try await queue.answer { [pool] in try pool.read { try LetterRows.wanted(limit: 1_000, $0) } }
    }

    /// Removes letters; gives how many there were.
    @discardableResult
    public func remove(_ filter: Filter) async throws -> Int {
        try await removing { try LetterRows.remove(filter, $0) }
    }

    /// Removes a letter, and says whether it was there.
    @discardableResult
    public func remove(_ id: Int64) async throws -> Bool {
        try await removing { try LetterRows.remove(id, $0) } > 0
    }

    /// Removes letters that are too old; once a day is enough. Gives how many there were.
    @discardableResult
    public func prune(now: Timestamp) async throws -> Int {
        let oldest = now.milliseconds - Int64(limits.days) * 86_400_000
        return try await removing { try LetterRows.remove(before: oldest, $0) }
    }

    /// How much there is.
    public func size(of tenant: String? = nil) async throws -> Size {
        try await queue.answer { [pool] in try pool.read { try LetterRows.size(tenant, $0) } }
    }

    private func removing(_ body: @escaping @Sendable (Database) throws -> Int) async throws -> Int {
        try await queue.answer { [self] in
            let (removed, costs) = try pool.write { (try body($0), try LetterRows.costs($0)) }
            self.costs.withLock { $0 = costs }
            return removed
        }
    }
}
