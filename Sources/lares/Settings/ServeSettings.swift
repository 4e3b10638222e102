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
    /// The home's clocks and its sun.
    var site: Site
    /// The broker of the home; nil: there is no home.
    var broker: HomeServices.Broker?
    /// What the owner should know before anyone connects.
    var warning: String?

    /// - Throws: ``Failure`` for a value that can't be read, and when listening there is not allowed.
    init(_ reader: SettingsReader, hasKeys: Bool) throws {
        server = try Self.server(reader)
        serving = try Self.serving(reader)
        broker = try Self.broker(reader)
        site = try Self.site(reader)
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

    private static func broker(_ reader: SettingsReader) throws -> HomeServices.Broker? {
        guard try !reader.bool("no-home") else { return nil }
        if let url = reader.string("mqtt-url") { return .other(try BrokerAddress(url: url)) }
        var settings = BrokerSettings()
        if let host = reader.string("mqtt-host") { settings.host = host }
        if let port = try reader.int("mqtt-port", in: 1...65_535) { settings.port = port }
        return .own(settings)
    }

    /// Where the home is: its position for the sun, and the zone of its clocks, the system's unless said otherwise.
    private static func site(_ reader: SettingsReader) throws -> Site {
        let zone = try TimeZoneRules(reader.string("zone") ?? TimeZone.current.identifier.systemName)
        guard let text = reader.string("position") else { return Site(zone: zone) }
        let numbers = reader.list("position").compactMap { Double($0) }
        guard numbers.count == 2, let position = GeographicPosition(latitude: numbers[0], longitude: numbers[1]) else {
            throw Failure("cli.settings.bad-position", ["value": text])
        }
        return Site(zone: zone, position: position)
    }
}

extension String {
    /// Foundation calls UTC "GMT", which not every system's zone files know.
    fileprivate var systemName: String { self == "GMT" ? "UTC" : self }
}
