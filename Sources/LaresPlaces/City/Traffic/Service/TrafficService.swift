internal import Foundation
public import LaresControl
internal import LaresJSON
public import LaresThings
internal import Synchronization

/// Runs the signals of a district: opens its street, keeps it open, has each junction controlled as was asked for, and remembers how far each controller
/// is trusted.
///
/// ```swift
/// let traffic = TrafficService(orders: dispatch, file: home.file("traffic.json"), models: registry)
/// try traffic.open("cologne3")                // a folder of SUMO
/// await traffic.run()                         // until its task is cancelled
/// ```
///
/// One thread of its own opens the street, which ends with that thread, and exchanges every second; everybody else leaves requests for it and reads what it
/// last put down.
public final class TrafficService: Sendable {
    struct State {
        var settings = TrafficSettings()
        var source: (any TrafficSource)?
        /// Changes with the street.
        var generation = 0
        var isStopped = false
        var status = TrafficStatus()
        var views: [JunctionView] = []
        var closures: [String: Double] = [:]
        var breakdowns: [String: Double] = [:]
        /// By signal: how its shell stands; nothing: it waits for its proof.
        var proofs: [String: ShellStanding] = [:]
        var requests: [Request] = []
        var occurrences: [TrafficOccurrence] = []
        var watchers: [Int: AsyncStream<TrafficSecond>.Continuation] = [:]
        var lastWatcher = 0
        var observers: [any TrafficObserver] = []
    }

    /// What the street's thread is asked for.
    enum Request: Sendable {
        case configure(String, JunctionSettings)
        case trust(String, Stage)
        case disproven(String, String)
        case phase(String, Int?, order: String, by: OrderIssuer)
        case close(String, Double?)
        case breakDown(String, at: Double, Double)
        case lie(String, approach: Int, loop: Int, LoopHealth.Fault, Double)
        case lookAtOwners
    }

    /// Where orders are written down.
    public let orders: OrderDispatch
    let models: (any SignalModels)?
    let clock: any TimeSource
    /// Proves a shell: its rules, states after which to give up, and whether to go on.
    let prove: @Sendable (ShellRules, Int, () -> Bool) -> ShellProof
    private let read: @Sendable (String) throws -> any TrafficSource
    private let file: String?
    let state: Mutex<State>
    static let (mostOccurrences, mostRequests) = (500, 1_000)

    /// The districts that were run before go on.
    ///
    /// - Parameters:
    ///   - orders: Where orders are written down, and come from.
    ///   - file: Where it is kept what is run and how; nil: nowhere.
    ///   - models: The learnt controllers of the registry; nil: there is none.
    ///   - clock: What time it is.
    public convenience init(
        orders: OrderDispatch, file: String? = nil, models: (any SignalModels)? = nil, clock: any TimeSource = SystemTime()
    ) {
        self.init(orders: orders, file: file, models: models, clock: clock) { try SumoStreet(contentsOf: $0) }
    }

    /// - Parameters:
    ///   - prove: Proves a shell: its rules, states after which to give up, and whether to go on.
    ///   - read: Reads the folder of a street.
    package init(
        orders: OrderDispatch, file: String?, models: (any SignalModels)? = nil, clock: any TimeSource,
        prove: @escaping @Sendable (ShellRules, Int, () -> Bool) -> ShellProof = { ShellProof($0, limit: $1, while: $2) },
        read: @escaping @Sendable (String) throws -> any TrafficSource
    ) {
        (self.orders, self.file, self.models, self.clock, self.prove, self.read) = (orders, file, models, clock, prove, read)
        var state = State()
        if let file { state.settings = TrafficSettings(contentsOf: file) }
        state.status.speed = state.settings.speed
        self.state = Mutex(state)
    }

    /// How it stands.
    public var status: TrafficStatus { state.withLock(\.status) }

    /// The folder that is run; nil: none.
    public var folder: String? { state.withLock(\.settings.folder) }

    /// Where the lanes and junctions of the street lie; nil: there is no street.
    public var map: RoadMap? { state.withLock { $0.source?.map } }

    /// The signals' rules; empty: there is no street.
    public var rules: [ShellRules] { state.withLock { $0.source?.rules ?? [] } }

    /// Runs a folder of SUMO from now on, and after every start of Lares.
    ///
    /// - Parameter begin: At which of its times it begins.
    /// - Throws: `TrafficError`.
    public func open(_ folder: String, from begin: StreetBegin = .demand) throws {
        let street = try read(folder)
        state.withLock { $0.settings.begin = begin }
        run(street, folder: folder)
    }

    /// Runs a street.
    package func run(_ street: any TrafficSource, folder: String? = nil) { run(street, folder, unlessAfter: nil) }

    /// - Parameter generation: The street is left alone when another one was begun or left after this one; nil: it is run anyhow.
    private func run(_ street: any TrafficSource, _ folder: String?, unlessAfter generation: Int?) {
        state.withLock { state in
            if let generation, state.generation != generation { return }
            // Junctions of another street that are called the same are others.
            if state.settings.folder != folder { state.settings.junctions = [:] }
            (state.settings.folder, state.source) = (folder, street)
            state.generation += 1
            (state.views, state.closures, state.breakdowns, state.proofs, state.requests) = ([], [:], [:], [:], [])
            state.status = TrafficStatus()
            (state.status.state, state.status.name, state.status.simulator) = (.starting, street.name, street.simulator)
            state.status.speed = state.settings.speed
        }
        save()
    }

    /// Leaves the street.
    public func leave() {
        state.withLock { state in
            (state.settings.folder, state.source, state.views, state.closures, state.breakdowns) = (nil, nil, [], [:], [:])
            (state.generation, state.proofs) = (state.generation + 1, [:])
            state.status = TrafficStatus()
        }
        save()
    }

    /// Sets how fast time passes on a simulated street.
    ///
    /// - Parameter speed: 0.1 to 100.
    /// - Throws: `TrafficError` with `bad_setting`.
    public func set(speed: Double) throws(TrafficError) {
        guard TrafficSettings.speeds.contains(speed) else {
            throw TrafficError(.badSetting, "'speed' is \(speed): it must lie between 0.1 and 100")
        }
        state.withLock { ($0.settings.speed, $0.status.speed) = (speed, speed) }
        save()
    }

    /// Somebody looks at every second from now on, too.
    public func observe(_ observer: any TrafficObserver) { state.withLock { $0.observers.append(observer) } }

    /// Every second from now on. Who is slow misses the oldest.
    public func seconds() -> AsyncStream<TrafficSecond> {
        let (stream, continuation) = AsyncStream.makeStream(of: TrafficSecond.self, bufferingPolicy: .bufferingNewest(120))
        state.withLock { state in
            state.lastWatcher += 1
            state.watchers[state.lastWatcher] = continuation
        }
        return stream
    }

    /// Keeps the street running until the task is cancelled.
    public func run() async {
        await orders.register("signal", self)
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                for observer in state.withLock(\.observers) {
                    let seconds = seconds()
                    group.addTask { for await second in seconds { await observer.saw(second) } }
                }
                // SUMO is to end with the thread that started it, so that thread does nothing else.
                group.addTask {
                    await Self.onThread("traffic") {
                        self.reopen()
                        StreetLife(service: self).run()
                    }
                }
                group.addTask { await Self.onThread("shells") { ShellProving(service: self).run() } }
                await group.waitForAll()
            }
        } onCancel: {
            state.withLock { state in
                state.isStopped = true
                state.status.state = .stopped
                for watcher in state.watchers.values { watcher.finish() }
                state.watchers = [:]
            }
        }
        save()
    }

    /// What was run before goes on; what can't be read any more is told of. A city's network takes seconds to read, so this is for the street's thread.
    private func reopen() {
        let before = state.withLock { state -> (folder: String, generation: Int)? in
            guard state.source == nil, let folder = state.settings.folder else { return nil }
            state.status.state = .starting
            return (folder, state.generation)
        }
        guard let before else { return }
        do { run(try read(before.folder), before.folder, unlessAfter: before.generation) } catch {
            state.withLock { state in
                guard state.generation == before.generation else { return }
                (state.status.state, state.status.trouble) = (.waiting, "\(error)")
            }
        }
    }

    private static func onThread(_ name: String, _ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                body()
                continuation.resume()
            }
            thread.name = name
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// Keeps what is run and how far each controller is trusted.
    func save() {
        guard let file else { return }
        let settings = state.withLock { state in
            for view in state.views {
                // What was asked for a moment ago isn't the street's yet.
                if let asked = state.settings.junctions[view.plan.name], !asked.isSame(as: view.settings) { continue }
                state.settings.junctions[view.plan.name] = view.settings
            }
            return state.settings
        }
        do { try settings.write(to: file) } catch { note(nil, "settings", "what is run can't be written down: \(error)") }
    }

    func note(_ junction: String?, _ kind: String, _ text: String) {
        let now = clock.now
        state.withLock { state in
            state.add([.init(at: now, time: state.status.time ?? 0, junction: junction, kind: kind, text: text)])
        }
    }
}

extension TrafficService.State {
    /// The latest first.
    mutating func add(_ new: [TrafficOccurrence]) {
        occurrences.insert(contentsOf: new.reversed(), at: 0)
        if occurrences.count > TrafficService.mostOccurrences { occurrences.removeLast(occurrences.count - TrafficService.mostOccurrences) }
    }
}
