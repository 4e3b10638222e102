import HTTPTypes
import Hummingbird
import LaresJSON
import LaresNeural
import LaresServing
import NIOCore

extension V2Request {
    /// The answer as the caller wants it: the outputs asked for, each as JSON or as bytes.
    ///
    /// - Throws: ``APIError`` (400) for an output that the network doesn't have.
    func response(_ answer: InferenceAnswer) throws -> Response {
        var tail: [UInt8] = []
        let written = try chosen(answer).map { try Self.json($0.signature, answer, isBinary: $0.isBinary, &tail) }
        var members: JSON.Members = [
            "model_name": .string(answer.version.model), "model_version": .string(String(answer.version.number)),
        ]
        if let id { members.append("id", .string(id)) }
        members.append("outputs", .array(written))
        var body = JSON.object(members).data
        guard written.contains(where: { $0["parameters"] != nil }) else {
            return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: body)))
        }
        let headers: HTTPFields = [.contentType: "application/octet-stream", .inferenceHeaderLength: String(body.count)]
        body += tail
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    private func chosen(_ answer: InferenceAnswer) throws -> [(signature: TensorSignature, isBinary: Bool)] {
        let known = answer.version.signature.outputs
        guard !outputs.isEmpty else { return known.map { ($0, isBinary) } }
        return try outputs.map { output in
            guard let signature = known.first(where: { $0.name == output.name }) else {
                let names = known.map(\.name).joined(separator: ", ")
                throw APIError.invalid("there is no output '\(output.name.prefix(100))'; there are \(names)", param: "outputs")
            }
            return (signature, output.isBinary ?? isBinary)
        }
    }

    private static func json(
        _ signature: TensorSignature, _ answer: InferenceAnswer, isBinary: Bool, _ tail: inout [UInt8]
    ) throws -> JSON {
        guard let value = answer.outputs[signature.name] else {
            throw APIError(
                .internalServerError, type: "server_error", code: "internal_error", "the network gave no '\(signature.name)'")
        }
        var members: JSON.Members = [
            "name": .string(signature.name), "datatype": .string(signature.datatype.rawValue),
            "shape": .array(value.shape.map { .int($0) }),
        ]
        if isBinary {
            let before = tail.count
            TensorBytes.append(value, signature.datatype, to: &tail)
            members.append("parameters", ["binary_data_size": .int(tail.count - before)])
        } else {
            members.append("data", TensorText.json(value, signature.datatype))
        }
        return .object(members)
    }
}

extension HTTPField.Name {
    static let inferenceHeaderLength = HTTPField.Name("Inference-Header-Content-Length")!
}
