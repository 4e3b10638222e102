import LaresControl
import LaresNeural
import LaresTensor

/// A controller of signals of the registry: what the planner of streets has learned.
///
/// Streets use it by themselves. By requests it takes `queues` (FP32, rows of vehicles, whether they have green, and the share of saturation that they get
/// or would get) and gives `cost` (FP32, by row): the seconds that it expects a queue to lose which is left when a plan ends, see docs/traffic.md.
struct ServedSignals: ServedModel {
    private let model: SignalModel
    private static let columns = 3
    private static let mostVehicles: Float = 10_000

    /// Whether a file says that it is one, of whatever version.
    static func isAnnounced(by path: String) -> Bool {
        guard let file = try? MappedFile(path: path) else { return false }
        return file.bytes.count <= 1 << 20
            && String(decoding: file.bytes.prefix(SignalModel.announcement.utf8.count), as: UTF8.self) == SignalModel.announcement
    }

    /// Reads a file; throws `TrafficError` for one that can't be read, or with which nothing can be planned.
    init(contentsOf path: String) throws {
        model = try SignalModel(contentsOf: path)
        guard model.canPlan else {
            throw TrafficError(.badSetting, "\(path) has numbers that no street has, so no signal would be controlled: train it anew")
        }
    }

    var signature: NetworkSignature {
        NetworkSignature(
            inputs: [TensorSignature(name: "queues", datatype: .fp32, shape: [nil, Self.columns])],
            outputs: [TensorSignature(name: "cost", datatype: .fp32, shape: [nil, 1])])
    }

    var example: [String: NetworkValue]? { ["queues": .floats([1, 1, 0.5], shape: [1, Self.columns])] }

    func callAsFunction(_ inputs: [String: NetworkValue], between: () throws -> Void) throws -> [String: NetworkValue] {
        guard case .floats(let values, let shape)? = inputs["queues"], shape.count == 2, shape[1] == Self.columns,
            values.count == shape[0] * Self.columns
        else { throw TrafficError(.badSetting, "'queues' is missing: rows of vehicles, green (0 or 1) and share of saturation") }
        let costs = try (0..<shape[0]).map { row in
            let place = row * Self.columns
            return try cost(vehicles: values[place], green: values[place + 1], share: values[place + 2])
        }
        return ["cost": .floats(costs, shape: [shape[0], 1])]
    }

    private func cost(vehicles: Float, green: Float, share: Float) throws -> Float {
        guard (0...Self.mostVehicles).contains(vehicles), green == 0 || green == 1, share > 0, share <= 1,
            let cost = model.cost(ofQueue: vehicles, isGreen: green == 1, share: share)
        else {
            throw TrafficError(
                .badSetting,
                "'queues' has a row that is no queue: 0…\(Int(Self.mostVehicles)) vehicles, green 0 or 1, a share over 0, up to 1")
        }
        return cost
    }
}
