internal import Foundation
internal import LaresJSON
public import LaresNeural
public import LaresTensor

/// What the learned controller knows of streets: how traffic flows and what waiting costs, the same for all signals.
///
/// Learned are two things: quantities of the flow, each as steps from where learning began (``street``), and what those cost who are still there when a
/// plan ends (``remaining``), a linear map of how many they are. All zero, ``street`` is what textbooks say.
public struct SignalModel: Module {
    /// By quantity: steps from where learning began.
    public var street: Tensor
    /// `[3, 1]`: seconds for each two that have red, for each that has green, for what a queue costs itself.
    public var remaining: Linear

    /// What textbooks say, and what a first guess does.
    public init() {
        street = .zeros([StreetQuantity.allCases.count])
        remaining = Linear(Tensor([3, 0, 4], [3, 1]))
    }

    /// Names `street` and `remaining`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("street", &street)
        visitor.visit("remaining", &remaining)
    }

    /// All parameters in the order in which they are named.
    public var flat: [Float] { parameters.flatMap { $0.value.array } }

    /// With other parameters, in that order; nil: their number or one of them is no good.
    public init?(flat: [Float]) {
        self.init()
        guard flat.count == parameterCount, flat.allSatisfy(\.isFinite) else { return nil }
        var place = 0
        forEachParameter { _, tensor in
            let count = tensor.count
            tensor = Tensor(Array(flat[place..<place + count]), tensor.shape)
            place += count
        }
    }
}

extension SignalModel {
    /// Whether something can be planned with it: all its values are numbers, and none is more than streets have.
    public var canPlan: Bool { StreetValues(self) != nil }

    /// What a queue costs that is left when a plan ends, in seconds that vehicles lose; nil: nothing can be planned with this model.
    ///
    /// - Parameters:
    ///   - vehicles: 0 or more.
    ///   - isGreen: Whether it has green.
    ///   - share: The share of saturation with which it leaves now, or would at best; over 0, up to 1.
    public func cost(ofQueue vehicles: Float, isGreen: Bool, share: Float) -> Float? {
        StreetValues(self).map { $0.waiting(vehicles, isOpen: isGreen) + $0.queueing(vehicles, rate: share) }
    }
}

extension SignalModel {
    /// What a file of a signal controller begins with, of whatever version.
    public static let announcement = "{\"format\":\"lares signal controller "
    /// Version 1 was a network that gave each phase a worth; nothing of it can be used here.
    private static let format = "lares signal controller 2"

    /// Reads what was learned: a file that ``write(to:)`` made, or a JSON array of all parameters.
    ///
    /// - Throws: ``TrafficError`` with `bad_setting`.
    public init(contentsOf path: String) throws {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        let json = data.count <= 1 << 20 ? try? JSON(parsing: Array(data)) : nil
        if let other = json?["format"], other.text != Self.format {
            throw TrafficError(.badSetting, "\(path) isn't of the format '\(Self.format)': train it anew with `lares eval traffic --train`")
        }
        guard let json, let values = (json["parameters"] ?? json).elements, values.count <= 1 << 16,
            let model = SignalModel(flat: values.map { $0.number.map { Float($0) } ?? .nan })
        else { throw TrafficError(.badSetting, "\(path) isn't a list of the \(SignalModel().parameterCount) numbers that are learned") }
        self = model
    }

    /// Writes what was learned.
    public func write(to path: String) throws {
        let json: JSON = ["format": .string(Self.format), "parameters": .array(flat.map { .double(Double($0)) })]
        let text = json.serialized
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
