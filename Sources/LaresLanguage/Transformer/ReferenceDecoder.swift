import Foundation
import LaresTensor

/// The plain-Swift decoder that tests hold the fast one against: one token at a time, single precision, nothing clever.
///
/// Weights are unpacked row by row with `DType.decode`; keys and values are kept as floats. About five tokens per second on a model of 135 M parameters.
package struct ReferenceDecoder {
    private let tensors: DecoderTensors
    private let shape: DecoderConfiguration
    /// Per layer, position after position, G × D values each.
    private var keys: [[Float]]
    private var values: [[Float]]
    private var position = 0

    package init(_ tensors: DecoderTensors) {
        self.tensors = tensors
        shape = tensors.configuration
        keys = Array(repeating: [], count: shape.layers)
        values = keys
    }

    /// The logits after each of the tokens, which continue the sequence.
    package mutating func forward(_ tokens: [Token]) -> [[Float]] {
        tokens.map { token in
            var x = row(Int(token), of: tensors.embedding).map { $0 * shape.embeddingScale }
            for layer in 0..<shape.layers {
                attend(layer, &x)
                feedForward(tensors.layers[layer], &x)
            }
            position += 1
            return multiply(tensors.head, normalise(x, tensors.outputNorm))
        }
    }

    private mutating func attend(_ index: Int, _ x: inout [Float]) {
        let layer = tensors.layers[index]
        let input = normalise(x, layer.attentionNorm)
        var query = project(layer.query, input)
        var key = project(layer.key, input)
        if let norm = layer.queryNorm { query = heads(query).flatMap { normalise($0, norm) } }
        if let norm = layer.keyNorm { key = heads(key).flatMap { normalise($0, norm) } }
        let rope = shape.rope(ofLayer: index)
        query = heads(query).flatMap { rotate($0, rope) }
        key = heads(key).flatMap { rotate($0, rope) }
        keys[index] += key
        values[index] += project(layer.value, input)
        let mixed = heads(query).enumerated().flatMap { head, query in
            mix(query, layer: index, group: head / (shape.heads / shape.keyValueHeads))
        }
        let output = project(layer.output, mixed)
        add(layer.attentionOutputNorm.map { normalise(output, $0) } ?? output, to: &x)
    }

    /// Softmax(q · K) V of one head over what it may see.
    private func mix(_ query: [Float], layer: Int, group: Int) -> [Float] {
        let (size, stride) = (shape.headSize, shape.keyValueHeads * shape.headSize)
        let first = shape.window(ofLayer: layer).map { max(0, position + 1 - $0) } ?? 0
        var scores = (first...position).map { past in
            let start = past * stride + group * size
            return dot(query, keys[layer][start..<(start + size)]) * shape.attentionScale
        }
        let highest = scores.max() ?? 0
        scores = scores.map { exp($0 - highest) }
        let sum = scores.reduce(0, +)
        var result = [Float](repeating: 0, count: size)
        for (index, score) in scores.enumerated() {
            let start = (first + index) * stride + group * size
            for i in 0..<size { result[i] += score / sum * values[layer][start + i] }
        }
        return result
    }

    private func feedForward(_ layer: DecoderTensors.Layer, _ x: inout [Float]) {
        let input = normalise(x, layer.feedForwardNorm)
        let gate = multiply(layer.gate, input)
        let up = multiply(layer.up, input)
        let hidden = zip(gate, up).map { activate($0) * $1 }
        let output = project(layer.down, hidden)
        add(layer.feedForwardOutputNorm.map { normalise(output, $0) } ?? output, to: &x)
    }

    private func activate(_ x: Float) -> Float {
        switch shape.activation {
        case .silu: x / (1 + exp(-x))
        case .geluErf: 0.5 * x * (1 + erf(x / Float(2).squareRoot()))
        case .geluTanh: 0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * x * x)))
        }
    }

    private func rotate(_ head: [Float], _ rope: Rope) -> [Float] {
        var head = head
        let half = rope.frequencies.count
        for (i, speed) in rope.frequencies.enumerated() {
            let angle = Float(position) * speed
            let (cosine, sine) = (cos(angle) * rope.magnitude, sin(angle) * rope.magnitude)
            let (a, b) = shape.pairing == .interleaved ? (2 * i, 2 * i + 1) : (i, i + half)
            (head[a], head[b]) = (head[a] * cosine - head[b] * sine, head[a] * sine + head[b] * cosine)
        }
        return head
    }

    private func normalise(_ x: [Float], _ weight: [Float]) -> [Float] {
        let meanSquare = x.reduce(0) { $0 + Double($1) * Double($1) } / Double(x.count)
        let scale = Float(1 / (meanSquare + Double(shape.normEpsilon)).squareRoot())
        return zip(x, weight).map { $0 * scale * $1 }
    }

    private func heads(_ x: [Float]) -> [[Float]] {
        stride(from: 0, to: x.count, by: shape.headSize).map { Array(x[$0..<($0 + shape.headSize)]) }
    }

    private func project(_ projection: DecoderTensors.Projection, _ x: [Float]) -> [Float] {
        var result = multiply(projection.weight, x)
        if let bias = projection.bias { add(bias, to: &result) }
        return result
    }

    private func multiply(_ weight: GGUFTensor, _ x: [Float]) -> [Float] {
        (0..<weight.rows).map { dot(row($0, of: weight), x[...]) }
    }

    private func row(_ index: Int, of tensor: GGUFTensor) -> [Float] {
        let length = tensor.bytes.count / tensor.rows
        let bytes = UnsafeRawBufferPointer(rebasing: tensor.bytes[(index * length)..<((index + 1) * length)])
        return [Float](unsafeUninitializedCapacity: tensor.columns) { buffer, filled in
            tensor.type.decode(bytes, into: UnsafeMutableBufferPointer(rebasing: buffer[..<tensor.columns]))
            filled = tensor.columns
        }
    }

    /// Eight running sums: shorter rounding chains than one, and the compiler can use vectors.
    private func dot(_ a: [Float], _ b: ArraySlice<Float>) -> Float {
        var sums = SIMD8<Float>(repeating: 0)
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var i = 0
                while i + 8 <= a.count {
                    for lane in 0..<8 { sums[lane] += a[i + lane] * b[i + lane] }
                    i += 8
                }
                while i < a.count {
                    sums[0] += a[i] * b[i]
                    i += 1
                }
            }
        }
        return sums.sum()
    }

    private func add(_ y: [Float], to x: inout [Float]) {
        for i in x.indices { x[i] += y[i] }
    }
}
