import Glibc
import LaresTensor

// Operators written as their formulas, in doubles.

func reference(_ activation: Activation, _ x: Double) -> Double {
    switch activation {
    case .silu: x / (1 + exp(-x))
    case .geluTanh: 0.5 * x * (1 + tanh(0.7978845608 * x * (1 + 0.044715 * x * x)))
    case .geluErf: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
    }
}

func rmsNormed(_ x: [Float], weight: [Float], epsilon: Double) -> [Double] {
    let mean = x.reduce(0) { $0 + Double($1) * Double($1) } / Double(x.count)
    return zip(x, weight).map { Double($0) / (mean + epsilon).squareRoot() * Double($1) }
}

func layerNormed(_ x: [Float], weight: [Float], bias: [Float], epsilon: Double) -> [Double] {
    let mean = x.reduce(0) { $0 + Double($1) } / Double(x.count)
    let variance = x.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(x.count)
    return x.indices.map { (Double(x[$0]) - mean) / (variance + epsilon).squareRoot() * Double(weight[$0]) + Double(bias[$0]) }
}

/// Attention of one query over keys and values given row by row.
func attended(_ query: [Double], keys: [[Double]], values: [[Double]], scale: Double) -> [Double] {
    let scores = keys.map { key in zip(query, key).reduce(0) { $0 + $1.0 * $1.1 } * scale }
    let top = scores.max() ?? 0
    let weights = scores.map { exp($0 - top) }
    let sum = weights.reduce(0, +)
    return query.indices.map { i in zip(weights, values).reduce(0) { $0 + $1.0 / sum * $1.1[i] } }
}

func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
func cosine(_ x: Double) -> Double { cos(x) }
func sine(_ x: Double) -> Double { sin(x) }
