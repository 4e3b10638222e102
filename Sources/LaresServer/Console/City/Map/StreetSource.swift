import LaresControl
import LaresJSON

/// What the console asks of the traffic that a city runs, in the forms of the API.
protocol StreetSource: Sendable {
    /// `GET /lares/v1/traffic`.
    func status() async -> JSON
    /// `GET /lares/v1/traffic/network`; nil: there is no street.
    func network() async -> JSON?
    /// Changes when the network does.
    func networkTag() async -> String
    /// `GET /lares/v1/traffic/junctions`.
    func junctions() async -> [JSON]
    /// The last of what happened, newest first.
    func events(limit: Int) async -> [JSON]
    /// Lanes that are closed on purpose.
    func closedLanes() async -> [String]
    /// A person takes a junction over from its controller.
    ///
    /// - Throws: Why that can't be, in a sentence.
    func takeOver(_ junction: String, by person: String, because reason: String) async throws
    /// And gives it back.
    func handBack(_ junction: String, by person: String, because reason: String) async throws
    /// How far its controller is trusted from now on.
    func trust(_ junction: String, _ stage: Stage) async throws
}

extension StreetSource {
    /// One junction as the API has it; nil: there is none of that name.
    func junction(_ name: String) async -> JSON? { await junctions().first { $0["id"]?.text == name } }
}
