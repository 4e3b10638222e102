internal import Foundation
import LaresCrypto
public import LaresStore

/// What the broker reads, in the data directory's folder `broker`.
///
/// `mosquitto.conf` is written anew at each start. `accounts.json` is written once, with the accounts of Lares itself. After that the
/// broker keeps it, as its plugin for dynamic security is told (``BrokerAccounts``). The passwords are in `lares.password` and `control.password`, for
/// their owner alone.
public struct BrokerFiles: Sendable {
    /// The folder.
    let folder: String

    /// The folder in a data directory, made when it is missing.
    public init(home: LaresHome) throws { folder = try home.directory("broker") }

    var configuration: String { folder + "/mosquitto.conf" }
    var process: String { folder + "/mosquitto.pid" }

    /// The passwords of Lares itself.
    struct Passwords {
        let home: String
        let control: String
    }

    /// Writes what is missing and the configuration.
    ///
    /// - Throws: ``ThingsError`` with `broker` when a file can't be read or written.
    func prepare(_ settings: BrokerSettings, plugin: String, runsAsRoot: Bool) throws(ThingsError) -> Passwords {
        do {
            try write(text(settings, plugin, runsAsRoot), "mosquitto.conf")
            guard FileManager.default.fileExists(atPath: folder + "/accounts.json") else { return try begin() }
            return Passwords(home: try read("lares.password"), control: try read("control.password"))
        } catch {
            throw ThingsError(.broker, "the broker's files in '\(folder)' can't be used: \(error.localizedDescription)")
        }
    }

    private func begin() throws -> Passwords {
        let passwords = Passwords(home: Self.secret(), control: Self.secret())
        try write(passwords.home, "lares.password")
        try write(passwords.control, "control.password")
        try write(BrokerAccounts.beginning(home: passwords.home, control: passwords.control), "accounts.json")
        return passwords
    }

    private func read(_ name: String) throws -> String { try String(contentsOfFile: folder + "/" + name, encoding: .utf8) }

    /// 32 random bytes, as they stand in a URL.
    static func secret() -> String {
        Data(Secrets.random(32)).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private func write(_ text: String, _ name: String) throws {
        let path = folder + "/" + name
        let part = path + ".part"
        guard FileManager.default.createFile(atPath: part, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
            throw CocoaError(.fileWriteUnknown)
        }
        guard rename(part, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    private func text(_ settings: BrokerSettings, _ plugin: String, _ runsAsRoot: Bool) -> String {
        var lines = [
            "# Written by Lares at each start: changes here are lost.",
            "per_listener_settings false",
            "allow_anonymous false",
            "plugin \(plugin)",
            "plugin_opt_config_file \(folder)/accounts.json",
            "max_packet_size \(settings.largestPacket)",
            "max_inflight_messages 1000",
            "max_queued_messages \(settings.queue)",
            "persistent_client_expiration 30d",
            "persistence true",
            "persistence_location \(folder)/",
            "autosave_interval 60",
            "pid_file \(process)",
            "set_tcp_nodelay true",
            "log_dest stderr",
            "log_type error",
            "log_type warning",
            "log_type notice",
            "log_type information",
            "connection_messages true",
        ]
        let most = "max_connections \(settings.connections)"
        if let tls = settings.tls {
            let listener = "listener \(settings.tlsPort) \(settings.host)"
            lines += [listener, most, "certfile \(tls.chain)", "keyfile \(tls.key)", "tls_version tlsv1.2"]
        }
        lines += ["listener \(settings.port) \(settings.plainHost)", most]
        // Another user than root loses the signal that ends the broker with its parent, and can't read a folder that is its owner's alone.
        if runsAsRoot { lines.append("user root") }
        return lines.joined(separator: "\n") + "\n"
    }
}
