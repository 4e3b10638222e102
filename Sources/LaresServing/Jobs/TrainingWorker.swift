import Dispatch
import Foundation
public import LaresForecast
import LaresJSON
import LaresNeural
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The child's side of a training: it gives way to everyone, is held to its memory, and tells what happens on standard output.
///
/// It stops with a checkpoint at SIGTERM, and when standard input ends: whoever started it is gone then.
public enum TrainingWorker {
    /// Runs an order; returns the code to exit with.
    ///
    /// - Parameter lookUp: Tells the plan of a forecaster what its calendar's zone and holidays are, which this module doesn't know.
    public static func run(
        _ order: TrainingOrder, code: String, lookUp: @escaping @Sendable (ForecastPlan) throws -> ForecastPlan = { $0 }
    ) -> Int32 {
        restrain(memory: order.limits.memory << 20, order.isIdle ? .idle : .low)
        let stop = StopRequest()
        do {
            let patience: Duration = order.isIdle ? .seconds(30) : .seconds(5)
            // Told when the folder is free again: whoever hears of the end may begin the next training in it.
            let end = try TrainingFolder.with(order.output, patience: patience, shouldStop: { stop.isAsked }) {
                try train(order, code, stop, lookUp)
            }
            tell(end)
            return EXIT_SUCCESS
        } catch is CancellationError {
            tell(.stopped)
            return EXIT_SUCCESS
        } catch {
            tell(.failed("\(error)"))
            return EXIT_FAILURE
        }
    }

    private static func train(
        _ order: TrainingOrder, _ code: String, _ stop: StopRequest, _ lookUp: @escaping @Sendable (ForecastPlan) throws -> ForecastPlan
    ) throws -> TrainingEvent {
        switch try TrainingRecipe(contentsOf: order.recipe, dataComeAlong: order.data != nil) {
        case .network(let recipe): return try train(recipe, order, code, stop)
        case .series(let recipe):
            return try SeriesTraining(recipe, order, code: code, lookUp: lookUp).run(shouldStop: { stop.isAsked }, tell: { tell($0) })
        case .text(let recipe):
            return try TextTraining(recipe, order, code: code).run(shouldStop: { stop.isAsked }, tell: { tell($0) })
        }
    }

    private static func train(_ recipe: Recipe, _ order: TrainingOrder, _ code: String, _ stop: StopRequest) throws -> TrainingEvent {
        var trainer = try trainer(recipe, order, code)
        tell(.started(isResumed: trainer.isResumed, step: trainer.steps, losses: LossRecord(trainer.losses)))
        var teller = Teller { tell($0) }
        switch try trainer.run(shouldStop: { stop.isAsked }, progress: { teller.tell($0) }) {
        case .finished(let card): return .finished(card: card)
        case .stopped: return .stopped
        }
    }

    private static func trainer(_ recipe: Recipe, _ order: TrainingOrder, _ code: String) throws -> Trainer {
        let base = URL(fileURLWithPath: order.recipe).deletingLastPathComponent().path
        func path(_ file: String) -> String { file.hasPrefix("/") ? file : "\(base)/\(file)" }
        let files = order.data.map { [$0] } ?? recipe.dataFiles.map(path)
        var place = TrainingPlace(
            data: order.data, base: base, folder: order.output, dataDigest: try digest(files),
            testDigest: try recipe.testFile.map { try digest(path($0)) }, code: code)
        place.diskLimit = order.limits.disk << 20
        return try Trainer(recipe, at: place)
    }

    /// Of several files, what `sha256sum` gives for the lines of their digests.
    private static func digest(_ paths: [String]) throws -> String {
        let digests = try paths.map { try digest($0) }
        return digests.count == 1 ? digests[0] : Digest(of: Data(digests.map { $0 + "\n" }.joined().utf8)).description
    }

    static func digest(_ path: String) throws -> String {
        var hash = FileHash()
        do { try OpenFile.reading(path).forEachPiece { hash.update($0) } } catch let error as PullError {
            throw JobError(.badData, "the data can't be read: \(error.message)")
        }
        return hash.finish().description
    }

    fileprivate static func tell(_ event: TrainingEvent) {
        // Nobody may be there any more: the end of standard input says so, and the checkpoint comes first.
        try? FileHandle.standardOutput.write(contentsOf: Data(event.json.data + [0x0A]))
    }

    /// When memory runs out, this is what the system ends first.
    private static func restrain(memory: Int, _ priority: TrainingPriority) {
        priority.apply()
        #if canImport(Glibc)
            var limit = rlimit(rlim_cur: rlim_t(clamping: memory), rlim_max: rlim_t(clamping: memory))
            setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
            try? Data("1000".utf8).write(to: URL(fileURLWithPath: "/proc/self/oom_score_adj"))
        #endif
    }
}

/// Tells progress ten times a second at most, and the end of every epoch.
struct Teller {
    private let say: (TrainingEvent) -> Void
    private var last: ContinuousClock.Instant?
    private var epoch = 0
    private var pace = Pace()

    init(_ say: @escaping (TrainingEvent) -> Void) { self.say = say }

    mutating func tell(_ progress: TrainingProgress) {
        let now = ContinuousClock.now
        guard progress.epoch > epoch || last.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
        (last, epoch) = (now, progress.epoch)
        pace.look(progress.step, at: now)
        say(.progress(progress.json(stepsPerSecond: pace.stepsPerSecond)))
    }
}

extension LossRecord {
    fileprivate init(_ losses: [(training: Float, validation: Float?)]) {
        self.init()
        for (place, epoch) in losses.enumerated() { append(place + 1, loss: epoch.training, validation: epoch.validation) }
    }
}

/// Whether someone wants the training to stop.
private final class StopRequest: Sendable {
    private let flag = Atomic(false)
    private let source: Mutex<(any DispatchSourceSignal)?> = Mutex(nil)

    var isAsked: Bool { flag.load(ordering: .relaxed) }

    init() {
        // Ctrl-C reaches the whole group: who started this decides.
        signal(SIGINT, SIG_IGN)
        signal(SIGTERM, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        source.withLock { slot in
            let source = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
            source.setEventHandler { [weak self] in self?.flag.store(true, ordering: .relaxed) }
            source.activate()
            slot = source
        }
        Thread.detachNewThread { [weak self] in
            while let piece = try? FileHandle.standardInput.read(upToCount: 64), !piece.isEmpty {}
            self?.flag.store(true, ordering: .relaxed)
        }
    }
}
