/// A request and the offers for it, on the city's side: pure, and bounded whatever comes.
public struct FlexibilityRound: Codable, Hashable, Sendable {
    /// Offers that are taken for a request at most.
    public static let mostOffers = 1_000_000

    /// What is asked for.
    public let request: FlexibilityRequest
    private var offers: [String: Double] = [:]

    /// A request without offers.
    public init(_ request: FlexibilityRequest) { self.request = request }

    /// Takes an offer; a second one by the same name takes the place of the first.
    ///
    /// - Throws: `EnergyControlError.badRequest` for an offer to another request, to the other side, or one too many.
    public mutating func take(_ offer: FlexibilityOffer) throws {
        guard offer.request == request.identifier, offer.change * request.change >= 0 else {
            throw EnergyControlError(
                .badRequest, "an offer of \(offer.change) kW for '\(offer.request)': '\(request.identifier)' asks for \(request.change) kW")
        }
        guard offers[offer.token] != nil || offers.count < FlexibilityRound.mostOffers else {
            throw EnergyControlError(.badRequest, "'\(request.identifier)' has \(offers.count) offers: no more are taken")
        }
        offers[offer.token] = offer.change
    }

    /// What is offered, in kW.
    public var offered: Double { offers.values.reduce(0, +) }

    /// What can be had of what is asked for, in kW: known before the first hour begins.
    public var committed: Double { request.change < 0 ? max(request.change, offered) : min(request.change, offered) }

    /// The same share of every offer, so that they come to what is asked for, or to all that there is.
    public var awards: [FlexibilityAward] {
        let share = offered == 0 ? 0 : min(1, request.change / offered)
        return offers.sorted { $0.key < $1.key }.map { token, change in
            FlexibilityAward(request: request.identifier, token: token, change: change * share)
        }
    }
}
