internal import Synchronization

/// What the home asks a broker for.
///
/// Everything, as long as the broker lets it: by the time a topic could be subscribed to by name, the device that has just announced it may have reported
/// already. A broker that forbids "#" is asked for announcements, and then for the topics of what was announced; what it retains comes late that way,
/// and what it doesn't retain and a device says in the same breath as it announces itself is missed.
extension Home.State {
    /// What Zigbee2MQTT's bridges say of themselves, below a base topic or any.
    private static func bridges(below base: String) -> [String] { ZigbeeBridge(base: base).filters }

    /// Takes in which filters the broker refuses.
    mutating func narrow(refused: [String]) {
        guard subscribed != nil || refused.contains("#") else { return }
        if subscribed == nil { subscribed = [] }
        isWithoutWildcards = isWithoutWildcards || refused.contains("+/bridge/info")
    }

    /// What isn't subscribed to yet and should be; nothing while everything is.
    mutating func takeMissingFilters() -> [String] {
        guard let known = subscribed else { return [] }
        var wanted = Set(readers.flatMap(\.filters)).union(heard).union(model.listeners.keys)
        wanted.formUnion(Self.bridges(below: isWithoutWildcards ? "zigbee2mqtt" : "+"))
        let missing = wanted.subtracting(known)
        subscribed = known.union(missing)
        return missing.sorted()
    }
}

extension Home {
    /// Those who understand what devices announce.
    public static func readers(below discovery: DiscoveryPrefix) -> [any DiscoveryReader] {
        [HomeAssistantDiscovery(prefix: discovery), TasmotaDiscovery()]
    }

    /// Asks for what the broker lets us have.
    func follow(refused: [String]) {
        let (connection, missing) = state.withLock { state in
            state.narrow(refused: refused)
            return (state.connection, state.takeMissingFilters())
        }
        guard let connection, !missing.isEmpty else { return }
        connection.forget(["#"])
        connection.subscribe(missing)
    }

    /// Asks for topics that were announced just now.
    func followNews() {
        let (connection, missing) = state.withLock { ($0.connection, $0.takeMissingFilters()) }
        if !missing.isEmpty { connection?.subscribe(missing) }
    }
}
