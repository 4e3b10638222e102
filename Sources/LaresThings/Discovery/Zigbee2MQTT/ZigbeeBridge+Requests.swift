internal import LaresJSON

/// What the bridge can be asked for. Answers come as ``ZigbeeBridge/Change/response(_:)``, with the transaction that was given.
extension ZigbeeBridge {
    /// Lets devices join for some seconds, at most 254; none: no more.
    ///
    /// - Parameter device: Only through this router, by its name or address; nil: through all.
    public func permitJoin(seconds: Int, through device: String? = nil, transaction: String? = nil) throws(ThingsError) -> MQTTMessage {
        guard (0...254).contains(seconds) else { throw ThingsError(.badValue, "devices may join for 0 to 254 seconds") }
        var members: JSON.Members = ["time": .int(seconds), "value": .bool(seconds > 0)]
        if let device { members.append("device", .string(device)) }
        return request("permit_join", members, transaction)
    }

    /// Gives a device another name, and its entities as well.
    public func rename(_ device: String, to name: String, transaction: String? = nil) throws(ThingsError) -> MQTTMessage {
        try check(name)
        return request("device/rename", ["from": .string(device), "to": .string(name), "homeassistant_rename": true], transaction)
    }

    /// Takes a device out of the network.
    ///
    /// - Parameters:
    ///   - isForced: Even if it can't be reached; it may come back by itself.
    ///   - isBlocked: It may not join again.
    public func remove(_ device: String, isForced: Bool = false, isBlocked: Bool = false, transaction: String? = nil) -> MQTTMessage {
        request("device/remove", ["id": .string(device), "force": .bool(isForced), "block": .bool(isBlocked)], transaction)
    }

    /// Makes a group.
    public func addGroup(_ name: String, transaction: String? = nil) throws(ThingsError) -> MQTTMessage {
        try check(name)
        return request("group/add", ["friendly_name": .string(name)], transaction)
    }

    /// Gives a group another name.
    public func renameGroup(_ group: String, to name: String, transaction: String? = nil) throws(ThingsError) -> MQTTMessage {
        try check(name)
        return request("group/rename", ["from": .string(group), "to": .string(name), "homeassistant_rename": true], transaction)
    }

    /// Removes a group.
    public func removeGroup(_ group: String, transaction: String? = nil) -> MQTTMessage {
        request("group/remove", ["id": .string(group)], transaction)
    }

    /// Adds a device to a group.
    public func add(_ device: String, to group: String, transaction: String? = nil) -> MQTTMessage {
        request("group/members/add", ["group": .string(group), "device": .string(device)], transaction)
    }

    /// Takes a device out of a group.
    public func remove(_ device: String, from group: String, transaction: String? = nil) -> MQTTMessage {
        request("group/members/remove", ["group": .string(group), "device": .string(device)], transaction)
    }

    private func request(_ name: String, _ members: JSON.Members, _ transaction: String?) -> MQTTMessage {
        var members = members
        if let transaction { members.append("transaction", .string(transaction)) }
        return MQTTMessage("\(base)/bridge/request/\(name)", JSON.object(members).data, quality: .atLeastOnce)
    }

    /// A name becomes part of a topic: without what topics can't have, and not at the ends of a level (Zigbee2MQTT refuses those too).
    private func check(_ name: String) throws(ThingsError) {
        guard TopicName.isTopic(name), name.count <= 100, !name.hasPrefix("/"), !name.hasSuffix("/"), name == name.trimmed else {
            throw ThingsError(
                .badName,
                "\"\(CleanText.text(name, limit: 40))\" can't be a name: use 1 to 100 characters without +, # and control characters")
        }
    }
}
