internal import Foundation

/// Where a ClickHouse server or cluster is, and who we are to it.
///
/// ```swift
/// let one = try ClickHouseAddress(url: "clickhouse://lares:secret@db.example:8123/city")
/// let cluster = try ClickHouseAddress(url: "clickhouse://lares:secret@a:8123,b:8123/city?cluster=city&quorum=2")
/// ```
public struct ClickHouseAddress: Hashable, Sendable, CustomStringConvertible {
    /// One server, reached over HTTP.
    public struct Host: Hashable, Sendable, CustomStringConvertible {
        /// Its name or address.
        public var name: String
        /// Its HTTP port, 1 to 65,535.
        public var port: Int

        /// A server.
        public init(name: String, port: Int) { (self.name, self.port) = (name, port) }

        /// "db.example:8123"
        public var description: String { name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)" }
    }

    /// The servers that may be asked, the first one first; never empty.
    public var hosts: [Host]
    /// Whether they are spoken to by TLS.
    public var isSecure = false
    /// Who we are to them; nil: their default user.
    public var user: String?
    /// Our password.
    public var password: String?
    /// The database, of letters, digits and underscores.
    public var database: String
    /// The cluster, as the servers' configuration calls it, whose shards share the series; nil: one server holds everything.
    public var cluster: String?
    /// On how many replicas a reading must be before it counts as stored; nil: on one, and the others follow.
    public var quorum: Int?

    /// The tables of a database on servers.
    ///
    /// - Throws: ``TelemetryError`` with code `badAddress`.
    public init(hosts: [Host], database: String = "lares", cluster: String? = nil, quorum: Int? = nil) throws {
        (self.hosts, self.database, self.cluster, self.quorum) = (hosts, database, cluster, quorum)
        guard !hosts.isEmpty else { throw Self.wrong("it must name a host") }
        guard hosts.allSatisfy({ (1...65_535).contains($0.port) }) else { throw Self.wrong("a port must lie between 1 and 65535") }
        for name in [database, cluster ?? "a"] where !Self.isPlain(name) {
            throw Self.wrong("database and cluster are letters, digits and underscores, not '\(name.prefix(40))'")
        }
        guard quorum.map({ (2...100).contains($0) }) ?? true else { throw Self.wrong("a quorum is 2 to 100 replicas") }
    }

    /// Reads `clickhouse://user:password@host:8123,host:8123/database?cluster=name&quorum=2`.
    ///
    /// The port is 8123 if none is given, the database `lares`; `clickhouses://` speaks TLS, to port 8443. Special characters of user and
    /// password are written as in any URL.
    ///
    /// - Throws: ``TelemetryError`` with code `badAddress`, which never repeats the password.
    public init(url: String) throws {
        guard let separator = url.range(of: "://"), let isSecure = ["clickhouse": false, "clickhouses": true][url[..<separator.lowerBound]]
        else { throw Self.wrong("it must look like clickhouse://user:password@host:8123/database") }
        let (rest, query) = String(url[separator.upperBound...]).cut(at: "?")
        let (authority, path) = rest.cut(at: "/")
        let login = authority.lastIndex(of: "@").map { authority[..<$0] }
        let places = login.map { authority[$0.endIndex...].dropFirst() } ?? authority[...]
        let hosts = try places.split(separator: ",", omittingEmptySubsequences: false).map { try Self.host($0, isSecure ? 8443 : 8123) }
        let options = try Self.options(query ?? "")
        let quorum = try options["quorum"].map { text in
            guard let number = Int(text) else { throw Self.wrong("a quorum is 2 to 100 replicas") }
            return number
        }
        let database = path.flatMap { $0.isEmpty ? nil : $0 } ?? "lares"
        try self.init(hosts: hosts, database: database, cluster: options["cluster"], quorum: quorum)
        self.isSecure = isSecure
        if let login {
            let (user, password) = String(login).cut(at: ":")
            (self.user, self.password) = (user.removingPercentEncoding, password?.removingPercentEncoding)
        }
    }

    private static func host(_ text: Substring, _ usual: Int) throws -> Host {
        let isBracketed = text.hasPrefix("["), closing = text.firstIndex(of: "]").map { text.index(after: $0) }
        guard let end = isBracketed ? closing : text.firstIndex(of: ":") ?? text.endIndex else { throw wrong("'[' has no ']'") }
        let name = isBracketed ? text[..<end].dropFirst().dropLast() : text[..<end]
        let port = end == text.endIndex ? usual : text[end...].hasPrefix(":") ? Int(text[end...].dropFirst()) : nil
        let isHost = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/@?#\\\"<>".utf8.contains($0) }
        guard isHost, let port else { throw wrong("'\(text.prefix(60))' is no host such as db.example:8123") }
        return Host(name: String(name), port: port)
    }

    private static func options(_ query: String) throws -> [String: String] {
        var options: [String: String] = [:]
        for part in query.split(separator: "&") {
            let (key, value) = String(part).cut(at: "=")
            guard ["cluster", "quorum"].contains(key), let value else {
                throw wrong("'\(key.prefix(40))' is no option: there are cluster and quorum")
            }
            options[key] = value
        }
        return options
    }

    private static func isPlain(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F }
    }

    private static func wrong(_ what: String) -> TelemetryError {
        TelemetryError(.badAddress, "the telemetry's address can't be used: \(what)")
    }

    /// Where it is, without user and password.
    public var description: String {
        "\(isSecure ? "clickhouses" : "clickhouse")://\(hosts.map(\.description).joined(separator: ","))/\(database)"
    }
}

extension String {
    /// What is before the first such character, and what is after it; nil when there is none.
    fileprivate func cut(at separator: Character) -> (String, String?) {
        guard let place = firstIndex(of: separator) else { return (self, nil) }
        return (String(self[..<place]), String(self[index(after: place)...]))
    }
}
