import Foundation
import LaresJSON
import LaresStandards
import LaresStore
import Synchronization
import Testing

/// A broker in a folder of its own, with a clock that is set by hand.
final class NGSIStand: Sendable {
    let folder: String
    let broker: NGSIBroker
    private let time: TimeBox

    final class TimeBox: Sendable {
        let micros = Mutex(1_800_000_000_000_000)
        func next() -> Int { micros.withLock { $0 += 1 }; return micros.withLock { $0 } }
    }

    init(settings: NGSISettings = NGSISettings(), source: (any NGSIContextSource)? = nil, folder: String? = nil) throws {
        let folder = folder ?? NSTemporaryDirectory() + "ngsi-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let time = TimeBox()
        (self.folder, self.time) = (folder, time)
        broker = NGSIBroker(try NGSIStore(path: folder + "/city.db"), settings: settings, source: source, clock: { time.next() })
    }

    func pass(seconds: Double) { time.micros.withLock { $0 += Int(seconds * 1_000_000) } }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

/// Keeps what is sent, and fails as often as told.
final class NGSIPostbox: NGSISender, Sendable {
    struct Post: Sendable {
        let body: JSON
        let headers: [(String, String)]
        let uri: String
    }

    let state = Mutex((posts: [Post](), failures: 0))

    init(failures: Int = 0) { state.withLock { $0.failures = failures } }

    var posts: [Post] { state.withLock { $0.posts } }

    func send(_ body: [UInt8], headers: [(String, String)], to endpoint: NGSIEndpoint) async -> String? {
        state.withLock { state in
            if state.failures > 0 {
                state.failures -= 1
                return "told to fail"
            }
            state.posts.append(Post(body: (try? JSON(parsing: body)) ?? .null, headers: headers, uri: endpoint.uri))
            return nil
        }
    }
}

/// Receivers by the last part of their address: some are dead, some take what they are sent and never answer.
final class NGSIReceivers: NGSISender, Sendable {
    /// Who was sent something, as it happens.
    let posts = AsyncStream.makeStream(of: String.self)
    private let never = AsyncStream.makeStream(of: Void.self)
    private let silent: Set<String>
    private let state: Mutex<(dead: Set<String>, levels: [String: [JSON]])>

    init(dead: Set<String> = [], silent: Set<String> = []) {
        self.silent = silent
        state = Mutex((dead, [:]))
    }

    /// The levels that somebody was told.
    func told(_ name: String) -> [JSON] { state.withLock { $0.levels[name] ?? [] } }

    func revive() { state.withLock { $0.dead = [] } }

    func send(_ body: [UInt8], headers: [(String, String)], to endpoint: NGSIEndpoint) async -> String? {
        let name = String(endpoint.uri.split(separator: "/").last ?? "")
        defer { posts.continuation.yield(name) }
        if silent.contains(name) {
            // Until it is cancelled.
            for await _ in never.stream {}
            return "no answer"
        }
        let level = (try? JSON(parsing: body))?["data"]?.elements?.first?["level"]?["value"] ?? .null
        return state.withLock { state in
            guard !state.dead.contains(name) else { return "nobody is there" }
            state.levels[name, default: []].append(level)
            return nil
        }
    }
}

func ngsiJSON(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

func ngsiEntity(_ text: String, _ context: LDContext = .core, _ purpose: NGSIReader.Purpose = .whole) throws -> NGSIEntity {
    try NGSIReader(context, purpose).entity(try ngsiJSON(text))
}
