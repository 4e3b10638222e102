public import LaresControl
public import LaresJSON
public import LaresThings

/// A request of a city as it is published: the same for all homes.
public struct PublishedRequest: Codable, Hashable, Sendable {
    /// How far it has come.
    public enum Phase: String, Codable, Sendable, CaseIterable {
        /// Offers are taken.
        case open
        /// Homes can hear what was taken of their offers.
        case awarded
        /// It was taken back before it was awarded.
        case cancelled
    }

    /// What is asked for, its hours counted since 1970.
    public let request: FlexibilityRequest
    /// Until when offers are taken, in seconds since 1970.
    public let answerBy: Double
    /// How far it has come.
    public internal(set) var phase = Phase.open
    /// The part of each offer that was taken; 0 until it is awarded.
    public internal(set) var share = 0.0
    /// The city's own meter of what all homes together use, "feeder/meter/power"; nil: nobody looks.
    public let meter: String?

    /// A request, with offers until a moment.
    public init(_ request: FlexibilityRequest, answerBy: Double, meter: PropertyAddress? = nil) {
        (self.request, self.answerBy, self.meter) = (request, answerBy, meter.map { "\($0)" })
    }

    /// When it is over, in seconds since 1970.
    public var ends: Double { Double(request.window.upperBound) * 3_600 }

    /// As homes see it.
    public var json: JSON {
        [
            "id": .string(request.identifier), "from": .string(ISO8601.text(request.firstHour * 3_600)), "hours": .int(request.hours),
            "kw": .number(request.change), "payment": .number(request.payment),
            "answer_by": .string(ISO8601.text(Int(answerBy))), "state": .string(phase.rawValue),
        ]
    }

    /// Reads what a city publishes; what can't be is refused.
    ///
    /// - Throws: ``EnergyError`` with `badFlexibility`, which names the place.
    public init(_ json: JSON) throws(EnergyError) {
        do throws(JSONError) {
            var fields = try JSONFields(json)
            let (request, answerBy) = try Self.read(&fields)
            self.init(request, answerBy: answerBy)
            if let phase = try fields.choice("state", of: Phase.self) { self.phase = phase }
        } catch {
            throw EnergyError(.badFlexibility, "a request of the city: \(error.message)")
        }
    }

    /// Reads what a city wants to publish: `{"from": "2026-12-01T17:00:00Z", "hours": 2, "kw": -50}`, with `"payment"`, `"answer_by"`, `"id"` and
    /// `"meter"`.
    ///
    /// - Parameter now: Seconds since 1970; what lies before can't be asked for.
    /// - Throws: ``EnergyError`` with `badFlexibility`, which names the place.
    public init(new json: JSON, now: Double) throws(EnergyError) {
        do throws(JSONError) {
            var fields = try JSONFields(json)
            let (request, answerBy) = try Self.read(&fields)
            var meter: PropertyAddress?
            if let text = try fields.string("meter") {
                guard let address = PropertyAddress(text) else {
                    throw fields.error("meter", "must be a property such as \"feeder/meter/power\"")
                }
                meter = address
            }
            try fields.end()
            guard answerBy > now, answerBy <= Double(request.firstHour) * 3_600 else {
                throw fields.error("answer_by", "must lie ahead, and not behind the first hour")
            }
            guard Double(request.firstHour) * 3_600 < now + 90 * 86_400 else { throw fields.error("from", "is more than 90 days ahead") }
            self.init(request, answerBy: answerBy, meter: meter)
        } catch {
            throw EnergyError(.badFlexibility, "the request: \(error.message)")
        }
    }

    private static func read(_ fields: inout JSONFields) throws(JSONError) -> (FlexibilityRequest, Double) {
        guard let from = try fields.instant("from"), from % 3_600 == 0 else {
            throw fields.error("from", "must be a whole hour such as \"2026-12-01T17:00:00Z\"")
        }
        let identifier = try fields.string("id") ?? EnergyControl.token()
        guard let hours = try fields.int("hours", in: 1...24), let change = try fields.double("kw", in: -1e6...1e6) else {
            throw fields.error("kw", "and 'hours' must say how much more is to be used, below zero less, and how long")
        }
        let payment = try fields.double("payment", in: 0...1e6) ?? 0
        let answerBy = try fields.instant("answer_by") ?? from - 3_600
        guard ThingID.isPlain(identifier) else { throw fields.error("id", "must have up to 64 letters, digits, '-' and '_'") }
        do {
            let request = try FlexibilityRequest(
                identifier: identifier, firstHour: from / 3_600, hours: hours, change: change, payment: payment)
            return (request, Double(answerBy))
        } catch {
            throw fields.error("kw", "can't be asked for: \(error)")
        }
    }
}

extension ThingID {
    /// Whether a text can stand in an address as it is.
    static func isPlain(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }
}

/// What became of an offer.
public enum OfferAnswer: Hashable, Sendable {
    /// It isn't decided yet.
    case waiting
    /// So many kW of it were taken.
    case awarded(Double)
    /// Nothing was taken, or the request was taken back.
    case none

    /// As the API gives it.
    public var json: JSON {
        switch self {
        case .waiting: ["state": "waiting"]
        case .awarded(let change): ["state": "awarded", "kw": .number(change)]
        case .none: ["state": "none"]
        }
    }

    /// Reads ``json``; nil for anything else.
    public init?(_ json: JSON) {
        switch json["state"]?.text {
        case "waiting": self = .waiting
        case "awarded":
            guard let change = json["kw"]?.number, change.isFinite else { return nil }
            self = .awarded(change)
        case "none": self = .none
        default: return nil
        }
    }
}
