public import LaresThings

/// How a virtual home is played.
public struct DemoSettings: Sendable {
    /// Makes its weather and its people's days.
    public var seed: UInt64 = 1
    /// Seconds that pass in it for each of ours, 0.1 to 3,600.
    public var speed = 1.0
    /// The language of the names.
    public var language = DemoLanguage.english
    /// Where it is.
    public var site = Site(zone: .utc)
    /// Days that it has lived before it is played, 0 to 60: rooms are warm, and meters have something to show.
    public var past = 7

    /// The usual settings.
    public init() {}
}

/// The accounts that the devices of a virtual home use, one for each family of devices.
public enum DemoAccounts {
    /// All of them, with the topics that they may use.
    public static var needed: [BrokerAccounts.Account] {
        DemoFamily.allCases.compactMap { BrokerAccounts.Account(name: $0.rawValue, topics: $0.topics) }
    }

    /// Makes the accounts at a broker that Lares runs, in the place of those that a demonstration left.
    ///
    /// - Returns: Their passwords.
    /// - Throws: ``ThingsError`` with `broker` when the broker doesn't answer.
    public static func make(by control: BrokerControl) async throws(ThingsError) -> [String: String] {
        try await remove(by: control)
        var passwords: [String: String] = [:]
        for account in needed { passwords[account.name] = try await control.add(account) }
        return passwords
    }

    /// Removes the accounts that there are.
    ///
    /// - Throws: ``ThingsError`` with `broker` when the broker doesn't answer.
    public static func remove(by control: BrokerControl) async throws(ThingsError) {
        let there = Set(try await control.accounts().map(\.name))
        for account in needed where there.contains(account.name) { try await control.remove(account.name) }
    }
}

extension DemoFamily {
    /// The beginnings of its topics.
    var topics: [String] { self == .tasmota ? ["demo_washer", "demo_dishwasher", "demo_hall_lamp"] : [rawValue] }
}

/// How a virtual home stands, for a line about it.
public struct DemoNews: Sendable {
    /// Seconds since 1970-01-01T00:00:00Z in the home.
    public let time: Int
    /// What its clocks show, "07:30".
    public let clock: String
    /// Outside, in degrees Celsius.
    public let temperature: Double
    /// What it takes, and what its roof makes, in watts.
    public let load, solar: Double
    /// The names of who lives here, each with "sleep", "wash", "eat", "leave", "away", "work", "cook", "rest", "watch" or "garden".
    public let people: [(name: String, activity: String)]
    /// How many lamps are on.
    public let lamps: Int
    /// How many devices are connected, and how many there are.
    public let connected, devices: Int
}
