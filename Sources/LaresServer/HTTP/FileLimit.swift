#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The files this process may have open: every connection is one.
package enum FileLimit {
    /// What models, databases, logs and downloads may need beside the connections.
    static let reserve = 256

    /// Asks the system for as many files as `connections` need, as far as the hard limit allows.
    ///
    /// - Returns: How many connections there may be.
    static func makeRoom(forConnections connections: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0 else { return connections }
        let wanted = rlim_t(clamping: min(connections, 1 << 30) + reserve)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = min(wanted, limit.rlim_max)
            if setrlimit(files, &raised) == 0 { limit = raised }
        }
        return fitting(connections, within: Int(clamping: limit.rlim_cur))
    }

    /// The connections that fit beside the reserve; where files are very few, half of them.
    package static func fitting(_ connections: Int, within files: Int) -> Int {
        min(connections, max(files - reserve, files / 2, 1))
    }

    #if canImport(Glibc)
        private static let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let files = RLIMIT_NOFILE
    #endif
}
