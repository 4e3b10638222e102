import Foundation
import LaresThings

/// A thing that is here no more, and whose history is.
struct GoneThing: Sendable {
    /// What it was called in addresses.
    let id: String
    /// When it last reported something; nil: nothing of it is left.
    let lastReport: Date?
}

extension HomeServices {
    /// Things with a history that aren't here, by name.
    ///
    /// - Throws: `TelemetryError`.
    func goneThings() async throws -> [GoneThing] {
        let here = Set(home.things().map(\.thing.id.description))
        let all = try await telemetry.series(of: nil).filter { !here.contains($0.key.thing) && !$0.key.isOfCircumstances }
        let gone = Dictionary(grouping: all, by: \.key.thing)
        let latest = try await telemetry.latest(of: gone.values.flatMap { $0.map(\.id) })
        return gone.sorted { $0.key < $1.key }.map { thing, series in
            GoneThing(id: thing, lastReport: series.compactMap { latest[$0.id]?.time.date }.max())
        }
    }
}
