import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// How much a training gives way to other programs, a server that answers people above all.
public enum TrainingPriority: String, Sendable, Hashable, CaseIterable {
    /// It runs only while no other process wants the processor (SCHED_IDLE, sched(7)): right beside a server, but it may stand still beside
    /// any busy program.
    case idle
    /// It gives way, but not without end: right for what someone starts by hand.
    case low
    /// As any other program.
    case normal

    /// Sets the priority of this thread and of those that it starts from now on.
    public func apply() {
        #if canImport(Glibc)
            guard self != .normal else { return }
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, self == .idle ? 19 : 10)
            var parameter = sched_param()
            if self == .idle { sched_setscheduler(0, 5, &parameter) }  // SCHED_IDLE, whose name is behind _GNU_SOURCE
        #endif
    }
}
