internal import Foundation
import Glibc
import LaresProcess
public import LaresStore
internal import Synchronization

/// A mosquitto that lives as long as this program: started, watched, and started again when it ends.
public final class BrokerProcess: Sendable {
    /// How it stands.
    public struct Status: Sendable, Hashable {
        /// Whether it runs.
        public var isRunning = false
        /// Its process; nil: none.
        public var process: Int32?
        /// How often it had to be started again.
        public var restarts = 0
        /// Why it isn't there; nil while it is.
        public var reason: String?
    }

    private struct State {
        var status = Status()
        var isStopped = false
        var log = BrokerLog()
    }

    /// How it is set up.
    public let settings: BrokerSettings
    /// Where it is, and the home's account.
    public let address: BrokerAddress
    /// The same, with the account that makes others and may do nothing else.
    public let controlAddress: BrokerAddress
    private let files: BrokerFiles
    private let clock: any TimeSource
    private let state = Mutex(State())
    private static let plugins = ["x86_64-linux-gnu/", "aarch64-linux-gnu/", "arm-linux-gnueabihf/", ""].map {
        "/usr/lib/\($0)mosquitto_dynamic_security.so"
    }

    /// Writes its files; ``run()`` starts it.
    ///
    /// - Throws: ``ThingsError`` with `broker`: mosquitto isn't installed, or its files can't be written.
    public init(_ settings: BrokerSettings, home: LaresHome, clock: any TimeSource = SystemTime()) throws {
        guard FileManager.default.isExecutableFile(atPath: settings.program) else {
            throw ThingsError(
                .broker, "'\(settings.program)' isn't there: install the package mosquitto, or give --mqtt-url for another broker")
        }
        guard let plugin = Self.plugins.first(where: FileManager.default.fileExists) else {
            throw ThingsError(.broker, "mosquitto's plugin for dynamic security isn't there: install mosquitto 2.0 or newer")
        }
        files = try BrokerFiles(home: home)
        let passwords = try files.prepare(settings, plugin: plugin, runsAsRoot: getuid() == 0)
        let reachable = ["0.0.0.0": "127.0.0.1", "::": "::1"][settings.plainHost] ?? settings.plainHost
        var address = BrokerAddress(host: reachable, port: settings.port, user: "lares", password: passwords.home)
        self.address = address
        (address.user, address.password) = ("lares-control", passwords.control)
        controlAddress = address
        (self.settings, self.clock) = (settings, clock)
    }

    /// How it stands.
    public var status: Status { state.withLock(\.status) }

    /// Why it can't be connected to; nil: it runs, and has its port.
    public var obstacle: String? {
        state.withLock { state in
            state.status.isRunning && state.log.isRunning ? nil : state.status.reason ?? "the broker is being started"
        }
    }

    /// Has it write down now what it otherwise does each minute: a broker that is killed before would have forgotten whom it keeps messages for.
    public func save() { if let process = state.withLock(\.status.process) { kill(process, SIGUSR1) } }

    /// Who is connected, and what it last said.
    public var log: BrokerLog { state.withLock(\.log) }

    /// Keeps it running until the task is cancelled.
    public func run() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // The broker is to end with the thread that started it, so that thread does nothing else.
                let thread = Thread {
                    self.supervise()
                    continuation.resume()
                }
                thread.name = "broker"
                thread.start()
            }
        } onCancel: {
            let process = state.withLock { state in
                state.isStopped = true
                return state.status.process
            }
            guard let process else { return }
            kill(process, SIGTERM)
            // One that hangs must not keep everything else from ending.
            DispatchQueue.global().asyncAfter(deadline: .now() + 5) { [self] in
                if state.withLock({ $0.status.process }) == process { kill(process, SIGKILL) }
            }
        }
    }

    private func supervise() {
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        endLeftOver()
        var backoff = Backoff(0.2...5)
        while !state.withLock(\.isStopped) {
            let began = DispatchTime.now()
            let reason = live()
            if DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds > 10_000_000_000 { backoff.reset() }
            let isStopped = state.withLock { state in
                (state.status.isRunning, state.status.process) = (false, nil)
                state.status.reason = state.isStopped ? nil : reason
                state.status.restarts += state.isStopped ? 0 : 1
                state.log.end()
                return state.isStopped
            }
            if !isStopped { pause(backoff.next()) }
        }
    }

    private func pause(_ seconds: Double) {
        let end = DispatchTime.now() + seconds
        while !state.withLock(\.isStopped), DispatchTime.now() < end { usleep(20_000) }
    }

    /// One life of the broker.
    /// - Returns: Why it ended.
    private func live() -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = ["--pdeathsig", "TERM", settings.program, "-c", files.configuration]
        (process.standardOutput, process.standardInput) = (FileHandle.nullDevice, FileHandle.nullDevice)
        let output: FileHandle
        do { output = try ChildLaunch.start(process, reading: \.standardError) } catch {
            return "the broker can't be started: \(error.localizedDescription)"
        }
        let isStopped = state.withLock { state in
            (state.status.isRunning, state.status.process, state.status.reason) = (true, process.processIdentifier, nil)
            return state.isStopped
        }
        if isStopped { kill(process.processIdentifier, SIGTERM) }
        follow(output)
        process.waitUntilExit()
        let last = state.withLock { $0.log.lines.suffix(3).joined(separator: "; ") }
        return "the broker ended with \(process.terminationStatus): \(last)"
    }

    private func follow(_ output: FileHandle) {
        var rest: [UInt8] = []
        while case let piece = Self.piece(of: output.fileDescriptor), !piece.isEmpty {
            rest += piece
            let lines = rest.split(separator: 0x0A, omittingEmptySubsequences: false)
            for line in lines.dropLast() {
                let text = String(decoding: line, as: UTF8.self)
                state.withLock { $0.log.read(text, at: clock.now) }
            }
            rest = Array(lines.last?.prefix(8_192) ?? [])
        }
    }

    /// What can be read now; empty at the end. `FileHandle.availableData` traps when a signal interrupts it.
    private static func piece(of descriptor: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 8_192)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count >= 0 { return Array(buffer.prefix(count)) }
            guard errno == EINTR else { return [] }
        }
    }

    /// Ends a broker that an earlier run left over; it is known by its process file and its command line.
    private func endLeftOver() {
        guard let text = try? String(contentsOfFile: files.process, encoding: .utf8),
            let process = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), process > 1,
            let words = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8), words.contains(files.configuration)
        else { return }
        kill(process, SIGTERM)
        for _ in 0..<150 where kill(process, 0) == 0 { usleep(20_000) }
    }
}
