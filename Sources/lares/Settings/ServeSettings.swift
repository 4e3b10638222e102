import Foundation
import LaresAccess
import LaresPlaces
import LaresServer
import LaresServing
import LaresStore
import LaresThings

/// What `lares serve` runs with, once flags, environment and file are read and the rules of listening are kept.
struct ServeSettings {
    var server: ServerSettings
    var serving: ServingSettings
    /// What the home's clocks show; nil: as people said, or the system.
    var zone: TimeZoneRules?
    /// Where it is; nil: as people said.
    var position: GeographicPosition?
    /// The broker of the home; nil: there is no home.
    var broker: HomeServices.Broker?
    /// Below which topics devices announce themselves.
    var discovery = DiscoveryPrefix.usual
    /// Where its histories are kept.
    var history = HomeServices.History.files
    /// What the owner should know before anyone connects.
    var warning: String?

    /// - Throws: ``Failure`` for a value that can't be read, and when listening there is not allowed.
    init(_ reader: SettingsReader, hasKeys: Bool) throws {
        server = try Self.server(reader)
        serving = try Self.serving(reader)
        broker = try Self.broker(reader, server.tls)
        if let prefix = reader.string("discovery-prefix") {
            guard let discovery = DiscoveryPrefix(prefix) else { throw Failure("cli.settings.bad-prefix", ["value": prefix]) }
            self.discovery = discovery
        }
        history = try Self.history(reader)
        zone = try reader.string("zone").map { try TimeZoneRules($0) }
        position = try Self.position(reader)
        let policy = ListeningPolicy(
            hasKeys: hasKeys, hasTLS: server.tls != nil, allowsInsecure: try reader.bool("insecure-listen"))
        switch policy.decision(address: server.host) {
        case .allowed(let needsKey, let risk):
            server.needsKey = try needsKey || reader.bool("require-key")
            warning = risk.map { _ in say("cli.serve.unencrypted", ["address": server.host]) }
        case .refused:
            throw Failure(hasKeys ? "cli.serve.needs-tls" : "cli.serve.needs-key", ["address": server.host])
        }
    }

    private static func server(_ reader: SettingsReader) throws -> ServerSettings {
        var server = ServerSettings()
        if let host = reader.string("host") { server.host = host }
        if let port = try reader.int("port", in: 0...65_535) { server.port = port }
        server.hostNames = reader.list("allow-host")
        if let place = reader.string("place") { server.place = place }
        if let name = reader.string("v2-name") { server.v2Name = name }
        if let limit = try reader.int("connections", in: 1...1_000_000) { server.maximumConnections = limit }
        if let seconds = try reader.int("drain-seconds", in: 0...86_400) { server.drainLimit = .seconds(seconds) }
        server.tls = try tls(reader)
        return server
    }

    private static func tls(_ reader: SettingsReader) throws -> ServerSettings.TLSFiles? {
        switch (reader.string("tls-certificate"), reader.string("tls-key")) {
        case (nil, nil): return nil
        case (let certificate?, let key?): return .init(certificate: certificate, key: key)
        default: throw Failure("cli.serve.half-tls")
        }
    }

    private static func serving(_ reader: SettingsReader) throws -> ServingSettings {
        var serving = ServingSettings()
        if let budget = try reader.bytes("memory") { serving.memoryBudget = budget }
        if let threads = try reader.int("threads", in: 1...1_024) { serving.threads = threads }
        if let limit = try reader.int("queue", in: 1...1_000_000) { serving.queueLimit = limit }
        if let limit = try reader.int("context", in: 16...10_000_000) { serving.contextLimit = limit }
        if let bytes = try reader.bytes("keep-prefixes") { serving.prefixBytes = bytes }
        serving.speculates = try !reader.bool("no-speculation")
        serving.exactHead = try reader.bool("exact-head")
        serving.preload = reader.list("models")
        return serving
    }

    private static func broker(_ reader: SettingsReader, _ tls: ServerSettings.TLSFiles?) throws -> HomeServices.Broker? {
        guard try !reader.bool("no-home") else { return nil }
        if let url = reader.string("mqtt-url") {
            var address = try BrokerAddress(url: url)
            address.certificates = reader.string("mqtt-ca")
            if let file = address.certificates, !FileManager.default.isReadableFile(atPath: file) {
                throw Failure("cli.file.unreadable", ["file": file])
            }
            return .other(address)
        }
        var settings = BrokerSettings()
        if let host = reader.string("mqtt-host") { settings.host = host }
        if let port = try reader.int("mqtt-port", in: 1...65_535) { settings.port = port }
        if let port = try reader.int("mqtt-tls-port", in: 1...65_535) { settings.tlsPort = port }
        settings.tls = tls.map { BrokerSettings.TLS(chain: $0.certificate, key: $0.key) }
        return .own(settings)
    }

    private static func history(_ reader: SettingsReader) throws -> HomeServices.History {
        guard let url = reader.string("telemetry") else { return .files }
        var limits = TelemetryLimits()
        // What is known of a series takes about 500 bytes.
        limits.series = 1_000_000
        return .clickHouse(try ClickHouseAddress(url: url), limits)
    }

    /// Where the home is: its position for the sun and the zone of its clocks, as said at the start, else as people said before, else the system's zone.
    ///
    /// Holidays are those that Lares knows, and those of the calendars in the folder `holidays` of the data directory, by the names of their files.
    func site(knowing kept: SiteSettings, in folder: LaresHome) throws -> Site {
        let zone = try zone ?? kept.zone.map { try TimeZoneRules($0) } ?? TimeZoneRules(TimeZone.current.identifier.systemName)
        return Site(zone: zone, position: position ?? kept.position, holidays: try Self.holidays(folder))
    }

    private static func holidays(_ folder: LaresHome) throws -> [String: HolidayCalendar] {
        try HolidayFolder(try folder.directory("holidays")).calendars { file, error in
            Terminal.note(say("cli.serve.bad-calendar", ["file": file, "reason": error.message]))
        }
    }

    private static func position(_ reader: SettingsReader) throws -> GeographicPosition? {
        guard let text = reader.string("position") else { return nil }
        return try GeographicPosition(setting: text)
    }
}

extension GeographicPosition {
    /// Reads "52.52,13.40".
    init(setting text: String) throws {
        let numbers = text.split(separator: ",").compactMap { Double($0.filter { !$0.isWhitespace }) }
        guard numbers.count == 2, let position = GeographicPosition(latitude: numbers[0], longitude: numbers[1]) else {
            throw Failure("cli.settings.bad-position", ["value": text])
        }
        self = position
    }
}

extension String {
    /// Foundation calls UTC "GMT", which not every system's zone files know.
    fileprivate var systemName: String { self == "GMT" ? "UTC" : self }
}
