public import LaresControl
public import LaresJSON
internal import LaresThings

/// What the people of a home allow a city to have, and where the city is. Nothing unless they say so.
///
/// ```json
/// {"willing": true, "most_less_kw": 2, "most_more_kw": 2, "reserve": 0.3, "most_in_week": 3, "least_payment": 0.1,
///  "city": "https://city.example.org", "key": "…"}
/// ```
public struct FlexibilitySettings: Hashable, Sendable {
    /// The limits.
    public var limits = FlexibilityLimits.none
    /// Where the city publishes its requests; nil: nowhere, and none is answered.
    public var city: WebAddress?
    /// The key that the city gave to all homes alike.
    package var key: Secret?
    /// Seconds from one look to the next.
    public var every = 60

    /// Nothing is allowed.
    public init() {}

    /// Reads and checks them; unknown members are errors.
    ///
    /// - Parameter old: Those there are: a key that is left out stays, as nobody can read it to send it again.
    /// - Throws: ``EnergyError`` with `badFlexibility`, which names the place.
    public init(_ json: JSON, replacing old: FlexibilitySettings? = nil) throws(EnergyError) {
        do throws(JSONError) {
            var fields = try JSONFields(json)
            limits = try Self.limits(&fields)
            if let text = try fields.string("city"), !text.isEmpty {
                guard let address = WebAddress(text), Self.isSafe(address) else {
                    throw fields.error("city", "must be an address with https; http is for addresses of this machine or the local network")
                }
                city = address
            }
            if let text = try fields.string("key"), !text.isEmpty {
                guard let secret = Secret(text) else { throw fields.error("key", "must be one line of at most 1,000 characters") }
                key = secret
            } else if city == old?.city {
                key = old?.key
            }
            every = try fields.int("every_seconds", in: 1...3_600) ?? 60
            try fields.end()
        } catch {
            throw EnergyError(.badFlexibility, "what a city may have: \(error.message)")
        }
    }

    private static func limits(_ fields: inout JSONFields) throws(JSONError) -> FlexibilityLimits {
        let willing = try fields.bool("willing") ?? false
        let (less, more) = (try fields.double("most_less_kw", in: 0...25) ?? 0, try fields.double("most_more_kw", in: 0...25) ?? 0)
        let reserve = try fields.double("reserve", in: 0...0.95) ?? 0
        let (week, payment) = (try fields.int("most_in_week", in: 0...100) ?? 7, try fields.double("least_payment", in: 0...1e6) ?? 0)
        do {
            return try FlexibilityLimits(
                isWilling: willing, mostLess: less, mostMore: more, reserve: reserve, mostInWeek: week, leastPayment: payment)
        } catch {
            throw fields.error("most_less_kw", "can't be: \(error)")
        }
    }

    /// Without TLS a key goes only where nobody else listens.
    private static func isSafe(_ address: WebAddress) -> Bool {
        guard !address.origin.lowercased().hasPrefix("https://") else { return true }
        let host = address.origin.dropFirst("http://".count).split(separator: ":").first.map { $0.lowercased() } ?? ""
        if ["localhost", "127.0.0.1"].contains(host) || host.hasSuffix(".local") { return true }
        // Four numbers and nothing else: "10.0.0.1.example.org" is a name that leads anywhere.
        let words = host.split(separator: ".", omittingEmptySubsequences: false), parts = words.compactMap { UInt8($0) }
        guard words.count == 4, parts.count == 4 else { return false }
        return parts[0] == 10 || parts[0] == 127 || (parts[0], parts[1]) == (192, 168) || parts[0] == 172 && (16...31).contains(parts[1])
    }

    /// As plain data, without the key.
    public var json: JSON { members(withKey: false) }

    /// With the key, as `energy.db` keeps it; ``init(_:replacing:)`` reads it back.
    var kept: JSON { members(withKey: true) }

    private func members(withKey: Bool) -> JSON {
        var members: JSON.Members = [
            "willing": .bool(limits.isWilling), "most_less_kw": .number(limits.mostLess), "most_more_kw": .number(limits.mostMore),
            "reserve": .number(limits.reserve), "most_in_week": .int(limits.mostInWeek), "least_payment": .number(limits.leastPayment),
            "every_seconds": .int(every),
        ]
        members["city"] = city.map { .string($0.text) }
        if withKey { members["key"] = key.map { .string($0.text) } }
        return .object(members)
    }
}
