public import LaresJSON

/// A network as plain data: named inputs, steps that form a small graph, named outputs.
///
/// ```json
/// {
///   "inputs": [{"name": "x", "type": "FP32", "shape": [-1, 4]}],
///   "steps": [
///     {"name": "hidden", "layer": "linear", "outputs": 16, "activation": "sigmoid"},
///     {"name": "logits", "layer": "linear", "outputs": 3},
///     {"name": "class", "layer": "label", "labels": ["setosa", "versicolor", "virginica"]}
///   ],
///   "outputs": [{"name": "class"}]
/// }
/// ```
/// A step takes the step before it (the first: the only input) unless `from` names inputs or earlier steps. -1 in a shape is the batch, or
/// any size. An output is the step of its name unless `from` says otherwise; `type` may narrow what it is.
///
/// Everything is checked when a plan is made: unknown names, types, shapes, sizes. What passes never meets an operator it would trap.
public struct NetworkPlan: Sendable, Hashable, CustomStringConvertible {
    /// The plan as it was read.
    public let json: JSON
    /// What the network takes and gives.
    public let signature: NetworkSignature
    /// How many numbers it learns.
    public let parameterCount: Int
    let graph: PlanGraph

    /// Reads and checks a plan. Throws ``NetworkError``.
    public init(_ json: JSON) throws(NetworkError) {
        self.json = json
        do {
            graph = try PlanGraph(json)
        } catch let error as NetworkError {
            throw error
        } catch {
            throw NetworkError(.plan, "the plan can't be read: \(error)")
        }
        signature = NetworkSignature(inputs: graph.inputs, outputs: graph.outputs.map(\.signature))
        parameterCount = Int(graph.parameters)
    }

    /// Reads the text of a plan, which the caller has bounded. Throws ``NetworkError``.
    public init(parsing bytes: [UInt8]) throws(NetworkError) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: bytes)
        } catch {
            throw NetworkError(.plan, "the plan is not JSON: \(error.message)")
        }
        try self.init(json)
    }

    /// The plan as JSON text.
    public var description: String { json.serialized }

    /// Whether both say the same, in the same order.
    public static func == (a: NetworkPlan, b: NetworkPlan) -> Bool { a.json == b.json }
    /// Feeds the plan to a hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(json) }
}
