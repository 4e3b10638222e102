internal import Foundation
internal import LaresJSON

/// What the benchmark's repository says that detectors scored: `results/final_results.json` and `config/thresholds.json`.
public struct NABStored: Sendable, Hashable {
    /// Normalised scores, by detector and profile.
    public let scores: [String: [String: Double]]
    /// Thresholds with which they were scored, by detector and profile.
    public let thresholds: [String: [String: Double]]

    /// Reads them from a checkout; what isn't there is empty.
    public init(contentsOf folder: String) {
        scores = Self.table("\(folder)/results/final_results.json") { $0.number }
        thresholds = Self.table("\(folder)/config/thresholds.json") { $0["threshold"]?.number }
    }

    private static func table(_ path: String, _ number: (JSON) -> Double?) -> [String: [String: Double]] {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20,
            case .object(let detectors)? = try? JSON(parsing: [UInt8](data))
        else { return [:] }
        var table: [String: [String: Double]] = [:]
        for (detector, profiles) in detectors {
            guard case .object(let profiles) = profiles else { continue }
            for (profile, value) in profiles { table[detector, default: [:]][profile] = number(value) }
        }
        return table
    }
}
