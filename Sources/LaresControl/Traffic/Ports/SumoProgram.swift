internal import Foundation
internal import Glibc
internal import LaresProcess

/// SUMO as it is installed on this machine.
public struct SumoProgram: Sendable, Hashable {
    /// The program.
    public let path: String
    /// Its folder of data; nil: it knows.
    public let home: String?

    /// Looks in `SUMO_HOME`, then where `scripts/setup bench control` installs it, then in `PATH`.
    ///
    /// - Throws: ``TrafficError`` with `unreachable`.
    public init() throws(TrafficError) {
        let environment = ProcessInfo.processInfo.environment
        let homes = [environment["SUMO_HOME"]].compactMap { $0 } + Self.installed()
        if let home = homes.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/bin/sumo") }) {
            (path, self.home) = ("\(home)/bin/sumo", home)
            return
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/sumo") }) else {
            throw TrafficError(
                .unreachable,
                "SUMO isn't there: run 'scripts/setup bench control', or set SUMO_HOME to where the package eclipse-sumo has it")
        }
        (path, home) = ("\(folder)/sumo", nil)
    }

    private static func installed() -> [String] {
        let library = ".build/python/traffic/lib"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: library)) ?? []
        return versions.sorted().map { "\(library)/\($0)/site-packages/sumo" }
    }

    /// Runs another program of SUMO's, such as `netgenerate`, in a folder, and waits for its end.
    ///
    /// - Throws: ``TrafficError`` with `unreachable`: it isn't there, or it failed, with its own words.
    public func run(_ tool: String, _ arguments: [String], in folder: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(tool)
        (process.arguments, process.environment) = (arguments, environment)
        process.currentDirectoryURL = URL(fileURLWithPath: folder, isDirectory: true)
        (process.standardOutput, process.standardInput) = (FileHandle.nullDevice, FileHandle.nullDevice)
        let output: FileHandle
        do { output = try ChildLaunch.start(process, reading: \.standardError) } catch {
            throw TrafficError(.unreachable, "'\(tool)' of SUMO can't be started: \(error.localizedDescription)")
        }
        let said = try output.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let lines = String(decoding: said.suffix(600), as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("Quitting") }
            throw TrafficError(
                .unreachable, "'\(tool)' of SUMO ended with \(process.terminationStatus): \(lines.suffix(3).joined(separator: "; "))")
        }
    }

    /// Where its data are, for whoever starts it.
    var environment: [String: String] {
        let own = home.map { ["SUMO_HOME": $0, "PROJ_DATA": "\($0)/data/proj"] } ?? [:]
        return ProcessInfo.processInfo.environment.merging(own) { $1 }
    }

    /// What it calls itself, such as "SUMO 1.28.0".
    public func version() throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["--version"]
        process.environment = environment
        process.standardError = FileHandle.nullDevice
        let data = try ChildLaunch.start(process, reading: \.standardOutput).readToEnd() ?? Data()
        process.waitUntilExit()
        let words = String(decoding: data.prefix(200), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return words.first { $0.contains(".") && $0.allSatisfy { $0.isNumber || $0 == "." } }.map { "SUMO \($0)" } ?? "SUMO"
    }
}

/// A SUMO that was started by us, and ends with us.
final class SumoChild {
    private let process = Process()
    private let log: String
    let port: UInt16
    /// What it ended with; nil: it runs, as far as was seen.
    private var ended: Int32?

    /// Starts it, waiting for a connection at a free port.
    init(_ program: SumoProgram, _ arguments: [String], folder: String) throws {
        port = try Self.freePort()
        log = "\(folder)/sumo.log"
        guard FileManager.default.createFile(atPath: log, contents: nil), let output = FileHandle(forWritingAtPath: log) else {
            throw TrafficError(.unreachable, "\(log) can't be written")
        }
        let command =
            [program.path] + arguments + ["--remote-port", String(port), "--no-step-log", "--no-warnings", "--duration-log.disable"]
        let guardian = "/usr/bin/setpriv"
        let isGuarded = FileManager.default.isExecutableFile(atPath: guardian)
        process.executableURL = URL(fileURLWithPath: isGuarded ? guardian : program.path)
        process.arguments = isGuarded ? ["--pdeathsig", "KILL"] + command : Array(command.dropFirst())
        process.environment = program.environment
        (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice, output)
        try ChildLaunch.alone { try process.run() }
    }

    var identifier: Int32 { process.processIdentifier }

    /// Connects as soon as it listens.
    ///
    /// - Parameters:
    ///   - seconds: How long it may take to listen.
    ///   - patience: How long one of its steps may take, in seconds.
    func connect(within seconds: Double, patience: Double) throws(TrafficError) -> TraCISocket {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            do { return try TraCISocket(port: port, patience: patience) } catch {
                guard isRunning else { throw TrafficError(.unreachable, "SUMO ended at once: \(complaint)") }
                guard Date() < deadline else { throw error }
                usleep(10_000)
            }
        }
    }

    /// What it last complained of.
    var complaint: String {
        let text = FileManager.default.contents(atPath: log).map { String(decoding: $0.suffix(600), as: UTF8.self) } ?? ""
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("Quitting") }
        return lines.isEmpty ? "it said nothing" : lines.suffix(3).joined(separator: "; ")
    }

    /// Waits until it has written its files and ended.
    func wait(patience: Double) throws(TrafficError) {
        guard let status = status(within: patience) else {
            end()
            throw TrafficError(.unreachable, "SUMO didn't end within \(patience) s")
        }
        guard status == 0 else { throw TrafficError(.unreachable, "SUMO ended with \(status): \(complaint)") }
    }

    func end() {
        guard isRunning else { return }
        kill(identifier, SIGKILL)
        _ = status(within: 5)
    }

    private func status(within seconds: Double) -> Int32? {
        let deadline = Date().addingTimeInterval(seconds)
        while isRunning, Date() < deadline { usleep(2_000) }
        return ended
    }

    /// The system is asked. Foundation hears of the end through a socket that another child may have inherited which was started in the same moment, such
    /// as the broker: then it would wait for the end of that one.
    private var isRunning: Bool {
        guard ended == nil else { return false }
        var status: Int32 = 0
        switch waitpid(identifier, &status, Int32(WNOHANG)) {
        case 0: return true
        case identifier: ended = status & 0x7F == 0 ? status >> 8 & 0xFF : status & 0x7F
        default: ended = process.isRunning ? 0 : process.terminationStatus  // Foundation was faster.
        }
        return false
    }

    private static func freePort() throws(TrafficError) -> UInt16 {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isFound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(probe, $0, length) == 0 && getsockname(probe, $0, &length) == 0 }
        }
        guard probe >= 0, isFound else { throw TrafficError(.unreachable, "no free port was found") }
        return UInt16(bigEndian: address.sin_port)
    }
}
