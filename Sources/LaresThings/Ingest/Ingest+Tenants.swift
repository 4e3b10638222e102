/// What a tenant may still send, and what it sent.
struct TenantAccount: Sendable {
    private(set) var tenant: Tenant
    private var points: Allowance
    private var bytes: Allowance
    private(set) var totals = IngestCounts()
    private(set) var rate = RateMeter()
    /// So often it was told to send less.
    private(set) var refusals = 0

    init(_ tenant: Tenant) {
        self.tenant = tenant
        points = Allowance(rate: tenant.quota.pointsPerSecond)
        bytes = Allowance(rate: tenant.quota.bytesPerSecond)
    }

    /// Takes what is sent from its share; gives the seconds to wait when there isn't enough.
    mutating func charge(points: Int, bytes: Int, at now: Double) -> Double? {
        guard let wait = self.points.take(points, at: now) ?? self.bytes.take(bytes, at: now) else { return nil }
        refusals += 1
        return wait
    }

    mutating func note(_ counts: IngestCounts, at now: Double) {
        totals += counts
        rate.add(counts.stored, at: Int64(now))
    }

    mutating func perSecond(over seconds: Int, at now: Double) -> Double { rate.perSecond(over: seconds, at: Int64(now)) }
}

/// How a tenant's ingest is going.
public struct TenantStatus: Hashable, Sendable {
    /// The tenant, with its quota.
    public let tenant: Tenant
    /// Series it has.
    public let series: Int
    /// What became of everything it sent since the start.
    public let totals: IngestCounts
    /// Points stored a second, the mean of the last ten seconds.
    public let pointsPerSecond: Double
    /// The mean of the last minute.
    public let pointsPerSecondOverMinute: Double
    /// So often it was told to send less.
    public let refusals: Int
}

extension Ingest {
    /// A tenant by its name; empty: this Lares itself.
    ///
    /// - Throws: ``IngestError`` with `unknownTenant`.
    public func tenant(_ name: String) throws -> Tenant {
        guard let account = tenants[name] else {
            throw IngestError(
                .unknownTenant,
                "there is no tenant '\(name.prefix(60))': an owner makes one with PUT /lares/v1/ingest/tenants/NAME, or `lares ingest tenants add NAME` for a worker"
            )
        }
        return account.tenant
    }

    /// The tenant that a key writes for; nil when it is no tenant's key.
    public func tenant(ofKey id: String) -> Tenant? { tenants.values.first { $0.tenant.keys.contains(id) }?.tenant }

    /// Makes a tenant, or gives it another quota and other keys.
    ///
    /// - Throws: ``IngestError`` with `tooMany`, or `notAllowed` when one of the keys is another tenant's; ``TelemetryError``.
    public func put(_ tenant: Tenant) async throws {
        try await records.put(tenant, atMost: settings.tenants)
        tenantChanges += 1
        tenants[tenant.name] = TenantAccount(tenant)
    }

    /// Removes a tenant; its series stay, and nothing more is written for it. Says whether it was there.
    ///
    /// - Throws: ``TelemetryError``.
    public func removeTenant(_ name: String) async throws -> Bool {
        guard !name.isEmpty, tenants[name] != nil else { return false }
        try await records.removeTenant(name)
        tenantChanges += 1
        tenants[name] = nil
        return true
    }

    /// Learns what another program changed of the tenants in the data directory, as `lares ingest tenants` does. Who is as before goes on counting.
    ///
    /// - Throws: ``TelemetryError``.
    public func reloadTenants() async throws {
        let before = tenantChanges
        let kept = try await records.tenants()
        // What was changed here meanwhile may not be in what was read.
        guard tenantChanges == before else { return }
        let names = Set(kept.map(\.name))
        for name in tenants.keys where !name.isEmpty && !names.contains(name) { tenants[name] = nil }
        for tenant in kept + (names.contains("") ? [] : [Tenant.own]) where tenants[tenant.name]?.tenant != tenant {
            tenants[tenant.name] = TenantAccount(tenant)
        }
    }

    /// How all tenants' ingests are going, by name.
    public func status() -> [TenantStatus] {
        tenants.values.sorted { $0.tenant.name < $1.tenant.name }.map { account in
            var account = account
            return TenantStatus(
                tenant: account.tenant, series: book.counts[account.tenant.name] ?? 0, totals: account.totals,
                pointsPerSecond: account.perSecond(over: 10, at: now), pointsPerSecondOverMinute: account.perSecond(over: 59, at: now),
                refusals: account.refusals)
        }
    }

    /// Points that wait to be stored, and how many may.
    public var backlog: (points: Int, limit: Int) { (waitingPoints, settings.waiting) }

    /// Adds to what a tenant sent.
    func note(_ counts: IngestCounts, of tenant: String, from source: String) {
        tenants[tenant]?.note(counts, at: now)
        rates.add(counts.stored, from: IngestRates.Origin(tenant: tenant, source: source), at: now)
    }
}
