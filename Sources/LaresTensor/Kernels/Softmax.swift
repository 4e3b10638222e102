import CLaresKernels
import Glibc

/// log Σ exp(row), computed from the largest value down. Minus infinity for an empty row.
public func logSumExp(_ row: UnsafeBufferPointer<Float>) -> Float {
    guard let base = row.baseAddress, !row.isEmpty else { return -.infinity }
    let kernels = lares_kernels()!
    let maximum = kernels.pointee.maximum(base, row.count)
    guard maximum.isFinite else { return maximum }
    return maximum + logf(kernels.pointee.exp_sum(UnsafeMutablePointer(mutating: base), maximum, row.count, 0))
}

/// Turns a row of logits into probabilities in place. A row of minus infinities becomes zeros.
public func softmax(_ row: UnsafeMutableBufferPointer<Float>) {
    guard let base = row.baseAddress, !row.isEmpty else { return }
    let kernels = lares_kernels()!
    let maximum = kernels.pointee.maximum(base, row.count)
    guard maximum > -.infinity else { return row.update(repeating: 0) }
    let sum = kernels.pointee.exp_sum(base, maximum, row.count, 1)
    let inverse = 1 / sum
    for i in row.indices { row[i] *= inverse }
}

/// Index of the first largest value; NaN never wins. 0 for an empty row.
public func argmax(_ row: UnsafeBufferPointer<Float>) -> Int {
    guard let base = row.baseAddress, !row.isEmpty else { return 0 }
    let maximum = lares_kernels()!.pointee.maximum(base, row.count)
    return row.firstIndex(of: maximum) ?? 0
}
