internal import Foundation
internal import LaresControl
internal import LaresThings
internal import Synchronization

/// What the street's thread does: it opens the street, lets its seconds pass, and opens it again when it broke off.
struct StreetLife {
    let service: TrafficService
    /// Seconds between two times that everything is kept.
    private static let saving: UInt64 = 60

    private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

    func run() {
        while !isStopped {
            let (source, generation, settings) = service.state.withLock { ($0.source, $0.generation, $0.settings) }
            guard let source else {
                pause(0.1)
                continue
            }
            let runner = StreetRunner(
                source, book: service.orders.book, clock: service.clock, models: service.models,
                from: settings.begin.second(service.clock.now))
            runner.set(settings.junctions)
            keep(runner, generation)
            runner.stop(because: "the street was left")
        }
    }

    private var isStopped: Bool { service.state.withLock(\.isStopped) }

    private func isCurrent(_ generation: Int) -> Bool { service.state.withLock { !$0.isStopped && $0.generation == generation } }

    private func pause(_ seconds: Double, while goesOn: () -> Bool = { true }) {
        let end = Self.now + UInt64(max(0, seconds) * 1e9)
        while !isStopped, goesOn(), Self.now < end { usleep(UInt32(min(50_000, max(1, (end - min(end, Self.now)) / 1_000)))) }
    }

    /// Opens a street until another one is wanted.
    private func keep(_ runner: StreetRunner, _ generation: Int) {
        var delay = RestartDelay()
        while isCurrent(generation) {
            let began = Self.now
            do {
                try runner.start()
                tellRunning()
                try pass(runner, generation)
                // The demand's time is over: it begins anew.
            } catch {
                let wait = delay.brokeOff(after: Double(Self.now - began) / 1e9)
                broke(runner, "\(error)", wait)
                pause(wait) { isCurrent(generation) }
            }
        }
    }

    private func tellRunning() {
        let now = service.clock.now
        service.state.withLock { state in
            (state.status.state, state.status.trouble, state.status.since) = (.running, nil, now)
        }
    }

    private func broke(_ runner: StreetRunner, _ reason: String, _ wait: Double) {
        runner.stop(because: reason)
        runner.note(nil, "simulator", "the street broke off, and is opened again in \(Int(wait)) s: \(reason)")
        service.state.withLock { state in
            (state.status.state, state.status.trouble, state.status.since) = (.waiting, reason, nil)
            state.status.restarts += 1
        }
        put(runner, nil)
        service.save()
    }

    /// Lets seconds pass, at the speed that is asked for.
    private func pass(_ runner: StreetRunner, _ generation: Int) throws {
        var (due, savedAt) = (Self.now, Self.now)
        while isCurrent(generation), !runner.isOver {
            let isAsked = take(runner), second = try runner.second()
            put(runner, second)
            // What people decided is on the disk as the street has it.
            if isAsked || Self.now - savedAt > Self.saving * 1_000_000_000 {
                service.save()
                savedAt = Self.now
            }
            due += UInt64(1e9 / service.state.withLock(\.settings.speed))
            let late = Double(Int64(Self.now) - Int64(due)) / 1e9
            service.state.withLock { $0.status.late = max(0, late) }
            // Who is more than five seconds behind doesn't hurry after it.
            if late > 5 { due = Self.now }
            pause(-late) { isCurrent(generation) }
        }
    }

    /// Does what was asked for.
    ///
    /// - Returns: Whether how a junction is controlled or trusted was part of it.
    private func take(_ runner: StreetRunner) -> Bool {
        let requests = service.state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
        var isKept = false
        for request in requests {
            let place = { (name: String) in runner.junctions.firstIndex { $0.name == name } }
            switch request {
            case .configure(let name, let settings):
                isKept = true
                place(name).map { runner.configure($0, settings) }
            case .trust(let name, let stage):
                isKept = true
                place(name).map { runner.trust(stage, at: $0) }
            case .disproven(let name, let why): place(name).map { runner.disprove(why, at: $0) }
            case .phase(let name, let phase, let order, let issuer):
                place(name).map { runner.take(order, phase: phase, by: issuer, at: $0) }
            case .close(let lane, let seconds):
                runner.close(lane, for: seconds)
                if seconds == nil { runner.clear(lane) }
            case .breakDown(let lane, let position, let seconds): runner.breakDown(on: lane, at: position, for: seconds)
            case .lie(let name, let approach, let loop, let fault, let seconds):
                place(name).map { runner.lie(fault, signal: $0, approach: approach, loop: loop, for: seconds) }
            case .lookAtOwners: runner.forgetOwners()
            }
        }
        return isKept
    }

    /// Puts down how the street stands, and tells those who look at it.
    private func put(_ runner: StreetRunner, _ second: TrafficSecond?) {
        let (views, occurrences, closures) = (runner.views, runner.takeOccurrences(), runner.closures)
        let breakdowns = runner.breakdowns.mapValues(\.until)
        let changedTrust = service.state.withLock { state in
            state.add(occurrences)
            (state.views, state.closures, state.breakdowns) = (views, closures, breakdowns)
            (state.status.time, state.status.violations) = (runner.time, runner.violations)
            if let second {
                for (number, watcher) in state.watchers { if case .terminated = watcher.yield(second) { state.watchers[number] = nil } }
            }
            return occurrences.contains { ["promoted", "stepped-back", "trust"].contains($0.kind) }
        }
        if changedTrust { service.save() }
    }
}
