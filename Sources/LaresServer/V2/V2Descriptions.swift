import LaresJSON
import LaresNeural
import LaresServing

extension ModelVersion {
    /// What the version takes and gives, as metadata.
    func metadata(of model: RegisteredModel) -> JSON {
        [
            "name": .string(self.model), "versions": .array(model.versions.map { .string(String($0.number)) }), "platform": "lares_network",
            "inputs": .array(signature.inputs.map(\.json)), "outputs": .array(signature.outputs.map(\.json)),
        ]
    }

    /// The version as Triton's model configuration has it; without limits requests aren't joined, and the first size is like any other.
    func configuration(_ limits: BatchLimits?) -> JSON {
        var members: JSON.Members = [
            "name": .string(model), "platform": "lares_network", "backend": "lares",
            "version_policy": ["specific": ["versions": [.int(number)]]], "max_batch_size": .int(limits?.rows ?? 0),
            "input": .array(signature.inputs.map { $0.configuration(isBatched: limits != nil) }),
            "output": .array(signature.outputs.map { $0.configuration(isBatched: limits != nil) }),
        ]
        if let limits {
            let delay = Int(limits.delay / .microseconds(1))
            members.append(
                "dynamic_batching", ["preferred_batch_size": [.int(limits.rows)], "max_queue_delay_microseconds": .int(delay)])
        }
        return .object(members)
    }
}

extension TensorSignature {
    /// Name, type and sizes; -1 is any size.
    var json: JSON {
        ["name": .string(name), "datatype": .string(datatype.rawValue), "shape": .array(shape.map { .int($0 ?? -1) })]
    }

    fileprivate func configuration(isBatched: Bool) -> JSON {
        let sizes = isBatched ? Array(shape.dropFirst()) : shape
        let type = datatype == .bytes ? "TYPE_STRING" : "TYPE_" + datatype.rawValue
        return ["name": .string(name), "data_type": .string(type), "dims": .array(sizes.map { .int($0 ?? -1) })]
    }
}

extension InferenceStatistics {
    /// The statistics of a version as Triton's statistics extension has them; times are nanoseconds.
    func json(_ model: String, _ version: Int) -> JSON {
        func sum(_ count: Int, _ time: Duration) -> JSON { ["count": .int(count), "ns": .int(Int(time / .nanoseconds(1)))] }
        let none = sum(0, .zero)
        let all = answered + failed
        return [
            "name": .string(model), "version": .string(String(version)), "last_inference": .int(last), "inference_count": .int(rows),
            "execution_count": .int(batches.values.reduce(0) { $0 + $1.steps }),
            "inference_stats": [
                "success": sum(answered, total), "fail": sum(failed, failing), "queue": sum(all, waiting), "compute_input": none,
                "compute_infer": sum(all, computing), "compute_output": none, "cache_hit": none, "cache_miss": none,
            ],
            "batch_stats": .array(
                batches.sorted { $0.key < $1.key }.map { rows, batch in
                    [
                        "batch_size": .int(rows), "compute_input": none, "compute_infer": sum(batch.steps, batch.time),
                        "compute_output": none,
                    ]
                }),
        ]
    }
}
