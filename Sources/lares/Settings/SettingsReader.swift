import Configuration
import Foundation
import LaresJSON
import LaresServer

/// The settings of `lares serve`: flags over the environment (`LARES_PORT` …) over a file (`lares.json`).
///
/// A value that can't be read is an error that names its place; it never falls back to a default in silence.
struct SettingsReader {
    private let reader: ConfigReader

    /// - Parameters:
    ///   - flags: What was given on the command line, by key: `tls-certificate`.
    ///   - environment: The variables of the process.
    ///   - file: The path of a JSON file with one flat object; nil for none.
    /// - Throws: ``Failure`` when the file can't be read.
    init(
        flags: [String: ConfigValue], environment: [String: String] = ProcessInfo.processInfo.environment, file: String? = nil
    ) throws {
        let fromFile = try file.map { try Self.values(file: $0) } ?? [:]
        reader = ConfigReader(providers: [
            InMemoryProvider(name: "flags", values: Self.keyed(flags)),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "lares"),
            InMemoryProvider(name: "file", values: Self.keyed(fromFile)),
        ])
    }

    /// The settings there are, as flags and in a file.
    static let known = [
        "allow-host", "connections", "context", "discovery-prefix", "drain-seconds", "exact-head", "host", "insecure-listen",
        "keep-prefixes", "log-level", "memory", "models", "mqtt-ca", "mqtt-host", "mqtt-port", "mqtt-tls-port", "mqtt-url", "no-home",
        "no-speculation", "place", "port",
        "position",
        "queue",
        "require-key",
        "telemetry", "threads", "tls-certificate", "tls-key", "v2-name", "zone",
    ]

    private static func keyed(_ values: [String: ConfigValue]) -> [AbsoluteConfigKey: ConfigValue] {
        Dictionary(uniqueKeysWithValues: values.map { (AbsoluteConfigKey([$0.key]), $0.value) })
    }

    private static func values(file: String) throws -> [String: ConfigValue] {
        guard let data = FileManager.default.contents(atPath: file) else { throw Failure("cli.settings.no-file", ["file": file]) }
        let json: JSON
        do { json = try JSON(parsing: Array(data)) } catch {
            throw Failure("cli.settings.bad-file", ["file": file, "reason": error.message])
        }
        guard case .object(let members) = json else { throw Failure("cli.settings.bad-file", ["file": file, "reason": json.kind]) }
        var values: [String: ConfigValue] = [:]
        for (key, value) in members {
            guard Self.known.contains(key) else {
                throw Failure("cli.settings.unknown", ["key": key, "file": file, "known": Self.known.joined(separator: ", ")])
            }
            guard let content = content(value) else { throw Failure("cli.settings.bad-value", ["key": key, "value": value.serialized]) }
            values[key] = ConfigValue(content, isSecret: false)
        }
        return values
    }

    // Everything goes in as text and is read by the same rules, wherever it comes from.
    private static func content(_ value: JSON) -> ConfigContent? {
        switch value {
        case .string(let text): .string(text)
        case .int(let number): .string(String(number))
        case .double(let number): .string(String(number))
        case .bool(let flag): .string(flag ? "true" : "false")
        case .array(let elements): .string(elements.compactMap(\.text).joined(separator: ","))
        default: nil
        }
    }

    func string(_ key: String) -> String? {
        reader.string(forKey: ConfigKey([key])).flatMap { $0.isEmpty ? nil : $0 }
    }

    func int(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = string(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Failure(
                "cli.settings.bad-number", ["key": key, "value": text, "low": "\(range.lowerBound)", "high": "\(range.upperBound)"])
        }
        return number
    }

    func bool(_ key: String) throws -> Bool {
        guard let text = string(key) else { return false }
        switch text.lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw Failure("cli.settings.bad-flag", ["key": key, "value": text])
        }
    }

    func list(_ key: String) -> [String] {
        (string(key) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// A size such as `8GB`, `512MB`, `2GiB` or a number of bytes.
    func bytes(_ key: String) throws -> Int? {
        guard let text = string(key) else { return nil }
        guard let bytes = Self.bytes(text) else { throw Failure("cli.settings.bad-size", ["key": key, "value": text]) }
        return bytes
    }

    static func bytes(_ text: String) -> Int? {
        let units: [(String, Double)] = [
            ("kib", 1_024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9),
            ("tb", 1e12), ("k", 1e3), ("m", 1e6), ("g", 1e9), ("t", 1e12), ("b", 1), ("", 1),
        ]
        let lower = text.lowercased().replacing(" ", with: "").replacing(",", with: "")
        guard let (unit, scale) = units.first(where: { lower.hasSuffix($0.0) }), let number = Double(lower.dropLast(unit.count)),
            number > 0, number * scale < 1e17
        else { return nil }
        return Int(number * scale)
    }
}
