/// What a city asks of homes: to use so much less, or more, over some hours. It is the same for all, and says nothing of any of them.
public struct FlexibilityRequest: Codable, Hashable, Sendable {
    /// What it is called.
    public let identifier: String
    /// The first hour, counted from any beginning that city and homes share, and how many there are.
    public let firstHour: Int, hours: Int
    /// What all homes together are to use more, in kW; below 0 less.
    public let change: Double
    /// What is paid for each kWh of change.
    public let payment: Double

    /// - Throws: `EnergyControlError.badRequest` for more than 24 hours, a change of 0 or of more than a million kW, or a payment that can't be.
    public init(identifier: String, firstHour: Int, hours: Int, change: Double, payment: Double = 0) throws {
        guard (1...64).contains(identifier.utf8.count), (0...1_000_000_000).contains(firstHour), (1...24).contains(hours), change != 0,
            abs(change) <= 1e6, (0...1e6).contains(payment)
        else {
            throw EnergyControlError(
                .badRequest,
                "a request for \(change) kW over \(hours) hours at \(payment): 1 to 24 hours, a change that isn't 0, names of 64 bytes")
        }
        (self.identifier, self.firstHour, self.hours) = (identifier, firstHour, hours)
        (self.change, self.payment) = (change, payment)
    }

    /// Reads a request, with the same bounds.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            identifier: values.decode(String.self, forKey: .identifier), firstHour: values.decode(Int.self, forKey: .firstHour),
            hours: values.decode(Int.self, forKey: .hours), change: values.decode(Double.self, forKey: .change),
            payment: values.decode(Double.self, forKey: .payment))
    }

    /// The hours it is about.
    public var window: Range<Int> { firstHour..<(firstHour + hours) }
}

/// What a home could do for a request, for as long as it lasts: one number, and nothing else of the home.
public struct FlexibilityOffer: Codable, Hashable, Sendable {
    /// The steps that offers come in, in kW: what is in between isn't told.
    public static let step = 0.25
    /// The most that a home offers, in kW, to either side.
    public static let most = 25.0

    /// The request it is for.
    public let request: String
    /// A name that the home makes up for this request alone, so that offers to two requests can't be told to be of one home.
    public let token: String
    /// What the home could use more in every hour of it, in kW; below 0 less. A whole number of steps.
    public let change: Double

    /// - Throws: `EnergyControlError.badRequest` for a change that is no whole number of steps, or more than the most.
    public init(request: String, token: String, change: Double) throws {
        let steps = change / FlexibilityOffer.step
        guard (1...64).contains(request.utf8.count), (1...64).contains(token.utf8.count), abs(change) <= FlexibilityOffer.most,
            steps == steps.rounded()
        else {
            throw EnergyControlError(
                .badRequest,
                "an offer of \(change) kW: it is a whole number of \(FlexibilityOffer.step) kW, \(FlexibilityOffer.most) kW at most")
        }
        (self.request, self.token, self.change) = (request, token, change)
    }

    /// Reads an offer, with the same bounds.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            request: values.decode(String.self, forKey: .request), token: values.decode(String.self, forKey: .token),
            change: values.decode(Double.self, forKey: .change))
    }
}

/// What the city takes of an offer.
public struct FlexibilityAward: Codable, Hashable, Sendable {
    /// The request and the name that the offer came with.
    public let request: String, token: String
    /// What the home is to use more in every hour of the request, in kW; below 0 less. Never more than was offered.
    public let change: Double

    /// An award.
    public init(request: String, token: String, change: Double) { (self.request, self.token, self.change) = (request, token, change) }
}
