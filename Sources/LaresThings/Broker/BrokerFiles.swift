internal import Crypto
internal import Foundation
public import LaresStore

/// What the broker reads, in the data directory's folder `broker`.
///
/// `mosquitto.conf` is written anew at each start. `accounts.json` is written once, with the one account that may do everything: Lares. After that the
/// broker keeps it, as its plugin for dynamic security is told (``BrokerAccounts``). The password is in `lares.password`, for its owner alone.
public struct BrokerFiles: Sendable {
    /// The folder.
    let folder: String

    /// The folder in a data directory, made when it is missing.
    public init(home: LaresHome) throws { folder = try home.directory("broker") }

    var configuration: String { folder + "/mosquitto.conf" }
    var process: String { folder + "/mosquitto.pid" }

    /// Writes what is missing and the configuration.
    ///
    /// - Returns: The password of the account `lares`.
    /// - Throws: ``ThingsError`` with `broker` when a file can't be written.
    public func prepare(_ settings: BrokerSettings, plugin: String, runsAsRoot: Bool) throws(ThingsError) -> String {
        do {
            let password = try String(contentsOfFile: folder + "/lares.password", encoding: .utf8)
            guard FileManager.default.fileExists(atPath: folder + "/accounts.json") else { return try begin(settings, plugin, runsAsRoot) }
            try write(text(settings, plugin, runsAsRoot), "mosquitto.conf")
            return password
        } catch CocoaError.fileReadNoSuchFile {
            return try begin(settings, plugin, runsAsRoot)
        } catch {
            throw ThingsError(.broker, "the broker's files in '\(folder)' can't be used: \(error.localizedDescription)")
        }
    }

    private func begin(_ settings: BrokerSettings, _ plugin: String, _ runsAsRoot: Bool) throws(ThingsError) -> String {
        let password = Self.secret()
        do {
            try write(BrokerAccounts.beginning(password: password), "accounts.json")
            try write(password, "lares.password")
            try write(text(settings, plugin, runsAsRoot), "mosquitto.conf")
        } catch {
            throw ThingsError(.broker, "the broker's files in '\(folder)' can't be written: \(error.localizedDescription)")
        }
        return password
    }

    /// 32 random bytes, as they stand in a URL.
    static func secret() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
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
            "listener \(settings.port) \(settings.host)",
            "allow_anonymous false",
            "plugin \(plugin)",
            "plugin_opt_config_file \(folder)/accounts.json",
            "max_connections \(settings.connections)",
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
            "connection_messages true",
        ]
        if let tls = settings.tls { lines += ["certfile \(tls.chain)", "keyfile \(tls.key)", "tls_version tlsv1.2"] }
        // Another user than root loses the signal that ends the broker with its parent, and can't read a folder that is its owner's alone.
        if runsAsRoot { lines.append("user root") }
        return lines.joined(separator: "\n") + "\n"
    }
}
