import Foundation
import LaresJSON
import LaresPlaces
import LaresServing
import LaresThings

/// The home's history as rows to learn from.
struct HistoryData: Sendable {
    private let services: HomeServices?
    private let automations: Automations?

    init(services: HomeServices?, automations: Automations?) { (self.services, self.automations) = (services, automations) }

    private var zone: TimeZoneRules { automations?.site.zone ?? TimeZoneRules(identifier: "UTC", offset: 0) }

    /// The rows that a question wants, as CSV.
    ///
    /// - Parameter shows: Whether whoever wants them sees a series; one that they don't isn't there.
    /// - Throws: ``APIError``.
    func rows(_ question: JSON, now: Date = Date(), shows: (SeriesKey) -> Bool = { _ in true }) async throws -> [UInt8] {
        guard let services else { throw APIError.noHome }
        guard !SeriesQuestion.describes(question) else {
            let asked: SeriesQuestion
            do { asked = try SeriesQuestion(question, now: now) } catch { throw APIError.invalid(error.message, param: "history") }
            try Self.check(asked.keys, shows)
            do { return try await asked.csv(from: services.telemetry) } catch let error as TelemetryError {
                throw APIError(telemetry: error)
            }
        }
        let table: HistoryTable
        do { table = try HistoryTable(question, now: now) } catch { throw APIError.invalid(error.message, param: "history") }
        try Self.check(table.columns.map { SeriesKey($0.property) }, shows)
        do { return try await table.csv(from: services.telemetry, in: zone) } catch let error as TelemetryError {
            throw APIError(telemetry: error)
        }
    }

    private static func check(_ keys: [SeriesKey], _ shows: (SeriesKey) -> Bool) throws {
        guard let hidden = keys.first(where: { !shows($0) }) else { return }
        throw APIError(telemetry: TelemetryError(.seriesNotFound, "nothing was ever reported for '\(hidden)'"))
    }

    /// Keeps the rows as a data set, so that they can be looked at and learned from again.
    func keep(_ question: JSON, in sets: DataSets, by: String, limit: Int) async throws -> DataSet {
        let rows = try await rows(question)
        return try await offTheThreads {
            var upload = try sets.begin("history.csv", by: by, limit: limit)
            do {
                try upload.append(rows)
                return try upload.finish()
            } catch {
                upload.discard()
                throw error
            }
        }
    }
}
