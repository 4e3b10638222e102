import Foundation
import GRDB
public import LaresJSON
import Synchronization

/// Gives documents of other servers: contexts that a document names.
public protocol NGSIContextSource: Sendable {
    /// The document at an address, at most so many bytes of it.
    ///
    /// - Throws: Anything: the context isn't available then.
    func document(at address: String, upTo limit: Int) async throws -> [UInt8]
}

/// Contexts: the core one, those that users keep here (clause 5.13), and those of other servers, which are fetched only where that is allowed.
public final class NGSIContexts: Sendable {
    /// One that is kept.
    public struct Kept: Sendable, Hashable {
        /// What it is kept for.
        public enum Kind: String, Sendable, CaseIterable {
            case hosted = "Hosted"
            case cached = "Cached"
            case implicit = "ImplicitlyCreated"
        }

        /// Its name here.
        public let id: String
        /// Its address on its own server; for those kept here, their path.
        public let address: String
        /// What it is kept for.
        public let kind: Kind
        /// The document.
        public let body: JSON
        /// Microseconds since 1970.
        public let createdAt: Int
        /// When it was used last; nil: that isn't known.
        public let usedAt: Int?
    }

    /// The path of a context that is kept here, without its name.
    public static let path = "/ngsi-ld/v1/jsonldContexts/"
    static let mostBytes = 1 << 20
    static let mostKept = 10_000

    private let store: NGSIStore
    private let source: (any NGSIContextSource)?
    private let allowed: [String]
    private let clock: @Sendable () -> Int
    private let compiled = Mutex(LDContextCache(most: 32 << 20))

    /// - Parameters:
    ///   - store: Where they are kept.
    ///   - source: What fetches those of other servers; nil: nothing does.
    ///   - allowed: What the addresses of contexts that may be fetched begin with; empty: none may.
    ///   - clock: Microseconds since 1970.
    public init(_ store: NGSIStore, source: (any NGSIContextSource)? = nil, allowed: [String] = [], clock: @escaping @Sendable () -> Int) {
        (self.store, self.source, self.allowed, self.clock) = (store, source, allowed, clock)
    }

    /// What a value of `@context` says; nil: the core context.
    ///
    /// - Throws: ``NGSIError``: `badRequestData` for what is no context, `contextNotAvailable` for one that can't be had.
    public func resolve(_ value: JSON?, tenant: String) async throws -> LDContext {
        guard let value else { return .core }
        let key = tenant + " " + value.serialized
        if let known = compiled.withLock({ $0[key] }) { return known }
        for _ in 0...LDContextReader.mostContexts {
            do { return try known(value, tenant: tenant) } catch let missing as MissingContext {
                try await fetch(missing.address)
            }
        }
        throw NGSIError.bad("the @context names more than \(LDContextReader.mostContexts) others")
    }

    /// As ``resolve(_:tenant:)``, without asking other servers.
    func known(_ value: JSON?, tenant: String) throws -> LDContext {
        guard let value else { return .core }
        let key = tenant + " " + value.serialized
        if let known = compiled.withLock({ $0[key] }) { return known }
        var reader = LDContextReader()
        let context = try store.pool.read { database in
            try reader.read(value) { address in
                guard let kept = try Self.find(address, tenant, database) else { throw MissingContext(address: address) }
                return kept.body
            }
        }
        compiled.withLock { $0.keep(context, key) }
        return context
    }

    private struct MissingContext: Error { let address: String }

    private func fetch(_ address: String) async throws {
        guard let source, allowed.contains(where: { address.hasPrefix($0) }) else {
            throw NGSIError(
                .contextNotAvailable,
                "the @context '\(address.prefix(300))' isn't kept here, and isn't fetched: keep it by POST \(Self.path.dropLast()), or allow its address in the settings"
            )
        }
        let body: JSON
        let bytes: [UInt8]
        do { bytes = try await source.document(at: address, upTo: Self.mostBytes) } catch {
            throw NGSIError(.contextNotAvailable, "the @context '\(address.prefix(300))' can't be fetched: \(error)")
        }
        do { body = try JSON(parsing: bytes) } catch { throw NGSIError.bad("the @context '\(address.prefix(300))' is no JSON: \(error)") }
        guard body["@context"] != nil else { throw NGSIError.bad("what stands at '\(address.prefix(300))' has no @context in it") }
        try keep(body, .cached, address: address, tenant: "")
    }

    /// Keeps a context.
    ///
    /// - Returns: Its name here.
    /// - Throws: ``NGSIError`` when there are too many; an error of the database.
    @discardableResult
    public func keep(_ body: JSON, _ kind: Kept.Kind, address: String? = nil, tenant: String) throws -> String {
        let id = kind == .cached ? address ?? "" : UUID().uuidString.lowercased()
        try store.pool.write { database in
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM contexts") ?? 0
            guard count < Self.mostKept else { throw NGSIError(.tooManyResults, "\(Self.mostKept) contexts are kept already: remove some") }
            try database.execute(
                sql: "INSERT OR REPLACE INTO contexts VALUES (?, ?, ?, ?, ?, ?, NULL)",
                arguments: [id, tenant, address ?? Self.path + id, kind.rawValue, body.serialized, clock()])
        }
        return id
    }

    /// The name of a context made of what a document gave, for answers that name one address: made once for the same value.
    public func implicit(_ value: JSON, tenant: String) throws -> String {
        let body: JSON = ["@context": value]
        let known = try store.pool.read { database in
            try String.fetchOne(
                database, sql: "SELECT id FROM contexts WHERE tenant = ? AND kind = ? AND body = ?",
                arguments: [tenant, Kept.Kind.implicit.rawValue, body.serialized])
        }
        return try known ?? keep(body, .implicit, tenant: tenant)
    }

    /// One that is kept, by its name or address; nil: there is none.
    public func find(_ name: String, tenant: String) throws -> Kept? {
        if CoreTerms.isCore(name) {
            return Kept(id: name, address: name, kind: .cached, body: CoreTerms.document, createdAt: 0, usedAt: nil)
        }
        return try store.pool.read { try Self.find(name, tenant, $0) }
    }

    /// Those that are kept, the core context among the cached.
    public func list(_ kind: Kept.Kind?, tenant: String) throws -> [Kept] {
        let kept = try store.pool.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM contexts WHERE (tenant = ? OR kind = 'Cached') AND (?2 IS NULL OR kind = ?2) ORDER BY created, id",
                arguments: [tenant, kind?.rawValue]
            ).compactMap { Kept($0) }
        }
        guard kind == nil || kind == .cached, let core = try find(CoreTerms.address, tenant: tenant) else { return kept }
        return [core] + kept
    }

    /// Takes one away, or fetches it again.
    ///
    /// - Throws: ``NGSIError``; an error of the database.
    public func delete(_ name: String, reload: Bool, tenant: String) async throws {
        if CoreTerms.isCore(name) {
            guard reload else { throw NGSIError.bad("the core @context can't be removed") }
            return
        }
        guard let kept = try find(name, tenant: tenant) else {
            if reload { throw NGSIError.bad("there is no @context '\(name.prefix(200))' that could be fetched again") }
            throw NGSIError.missing("there is no @context '\(name.prefix(200))'")
        }
        guard !reload || kept.kind == .cached else { throw NGSIError.bad("only a @context of another server can be fetched again") }
        if reload {
            try await fetch(kept.address)
        } else {
            try await store.pool.write { try $0.execute(sql: "DELETE FROM contexts WHERE id = ?", arguments: [kept.id]) }
        }
        compiled.withLock { $0 = LDContextCache(most: $0.most) }
    }

    /// By its own name, or by an address that ends in the path of one kept here.
    private static func find(_ name: String, _ tenant: String, _ database: Database) throws -> Kept? {
        let id = name.range(of: path).map { String(name[$0.upperBound...]) } ?? name
        return try Row.fetchOne(
            database, sql: "SELECT * FROM contexts WHERE (id = ?1 OR address = ?2) AND (tenant = ?3 OR kind = 'Cached')",
            arguments: [id, name, tenant]
        ).flatMap { Kept($0) }
    }
}

extension NGSIContexts.Kept {
    fileprivate init?(_ row: Row) {
        guard let kind = Kind(rawValue: row["kind"]), let body = try? JSON(parsing: Array((row["body"] as String).utf8)) else { return nil }
        self.init(id: row["id"], address: row["address"], kind: kind, body: body, createdAt: row["created"], usedAt: row["used"])
    }
}
