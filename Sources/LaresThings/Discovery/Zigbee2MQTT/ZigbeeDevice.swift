internal import LaresJSON

/// A device in a Zigbee network.
public struct ZigbeeDevice: Sendable, Hashable {
    /// Its address, lasting: "0x0017880104e45517".
    public let address: String
    /// What it is called, and the last part of its topic; it may have slashes.
    public let name: String
    /// Its place in the network: "Coordinator", "Router" or "EndDevice".
    public let kind: String
    /// Its address within the network, which changes when it joins again.
    public let networkAddress: Int?
    /// Who makes it.
    public let vendor: String?
    /// Its model.
    public let model: String?
    /// What it is, in words.
    public let description: String?
    /// Whether Zigbee2MQTT understands it.
    public let isSupported: Bool
    /// Whether it was asked all about itself.
    public let isInterviewed: Bool
    /// Whether it is left alone.
    public let isDisabled: Bool

    init?(_ json: JSON) {
        guard let address = json["ieee_address"]?.text.flatMap({ CleanText.name($0, limit: 40) }),
            let name = json["friendly_name"]?.text.flatMap({ CleanText.name($0) })
        else { return nil }
        (self.address, self.name) = (address, name)
        kind = json["type"]?.text.flatMap { CleanText.name($0, limit: 40) } ?? "Unknown"
        networkAddress = json["network_address"]?.number.flatMap { Int(exactly: $0) }
        vendor =
            json["definition"]?["vendor"]?.text.flatMap { CleanText.name($0) } ?? json["manufacturer"]?.text.flatMap { CleanText.name($0) }
        model = json["definition"]?["model"]?.text.flatMap { CleanText.name($0) } ?? json["model_id"]?.text.flatMap { CleanText.name($0) }
        description = json["definition"]?["description"]?.text.flatMap { CleanText.name($0) }
        isSupported = json["supported"] == true
        isInterviewed = json["interview_completed"] == true || json["interview_state"] == "SUCCESSFUL"
        isDisabled = json["disabled"] == true
    }
}

/// Devices that are set together.
public struct ZigbeeGroup: Sendable, Hashable {
    /// Its number.
    public let id: Int
    /// What it is called.
    public let name: String
    /// Who belongs to it.
    public let members: [Member]

    /// One of a group.
    public struct Member: Sendable, Hashable {
        /// The device's address.
        public let address: String
        /// Which of its endpoints.
        public let endpoint: Int
    }

    init?(_ json: JSON) {
        guard let id = json["id"]?.number.flatMap({ Int(exactly: $0) }),
            let name = json["friendly_name"]?.text.flatMap({ CleanText.name($0) })
        else {
            return nil
        }
        (self.id, self.name) = (id, name)
        members = (json["members"]?.elements ?? []).prefix(500).compactMap { member in
            guard let address = member["ieee_address"]?.text.flatMap({ CleanText.name($0, limit: 40) }) else { return nil }
            return Member(address: address, endpoint: member["endpoint"]?.number.flatMap { Int(exactly: $0) } ?? 1)
        }
    }
}

/// Something that happened to a device.
public struct ZigbeeEvent: Sendable, Hashable {
    /// What: "device_joined", "device_interview", "device_announce", "device_leave".
    public let kind: String
    /// The device's address.
    public let address: String
    /// The device's name.
    public let name: String?
    /// How far an interview is: "started", "successful", "failed".
    public let status: String?

    init?(_ json: JSON) {
        guard let kind = json["type"]?.text.flatMap({ CleanText.name($0, limit: 60) }),
            let address = json["data"]?["ieee_address"]?.text.flatMap({ CleanText.name($0, limit: 40) })
        else { return nil }
        (self.kind, self.address) = (kind, address)
        name = json["data"]?["friendly_name"]?.text.flatMap { CleanText.name($0) }
        status = json["data"]?["status"]?.text.flatMap { CleanText.name($0, limit: 60) }
    }
}

/// The answer to a request.
public struct ZigbeeResponse: Sendable, Hashable {
    /// What was asked: "permit_join", "device/rename".
    public let request: String
    /// Whether it was done.
    public let isDone: Bool
    /// Why not.
    public let error: String?
    /// The number the request was given.
    public let transaction: String?

    init(_ json: JSON, to request: String) {
        self.request = CleanText.text(request, limit: 100)
        isDone = json["status"] == "ok"
        error = json["error"]?.text.flatMap { CleanText.name($0) }
        transaction = json["transaction"].flatMap { $0 == .null ? nil : CleanText.name($0.pythonText, limit: 60) }
    }
}
