import CLaresKernels
import Glibc

/// eˣ / Σ eˣ along the last axis.
public func softmax(_ x: Tensor) -> Tensor {
    let input = x.packed, columns = x.shape.last ?? 1
    let loops = Loops.shared
    let y = Tensor(x.shape) { out in
        out.update(from: input.floats, count: x.count)
        loops.pool.forRows(x.count / Swift.max(1, columns), columns: columns) { row in
            softmax(UnsafeMutableBufferPointer(start: out + row * columns, count: columns))
        }
    }
    return y.derived(from: x) { dy, gradients in
        let dy = dy.packed
        gradients.add(
            Tensor(x.shape) { out in
                loops.pool.forRows(x.count / Swift.max(1, columns), columns: columns) { row in
                    let at = row * columns
                    loops.set.pointee.softmax_back(y.floats + at, dy.floats + at, 1, out + at, columns)
                }
            }, to: x)
    }
}

/// x - log Σ eˣ along the last axis.
public func logSoftmax(_ x: Tensor) -> Tensor {
    let peak = x.detached.max(along: -1, keepingAxis: true)
    let shifted = x - peak
    return shifted - log(exp(shifted).sum(along: -1, keepingAxis: true))
}

/// The mean of -log softmax(x)[label] over all labels that aren't negative: negative ones are padding and don't count.
///
/// With `smoothing` ε the target is 1 - ε on the label and ε spread over all classes (Szegedy et al. 2016).
/// - Parameters:
///   - logits: `[…, classes]`
///   - labels: `[…]`; one that is no class traps.
public func crossEntropy(_ logits: Tensor, _ labels: Indices, smoothing: Float = 0) -> Tensor {
    demand(
        logits.shape.count == labels.shape.count + 1 && logits.shape.dropLast().elementsEqual(labels.shape),
        "labels of shape \(labels.shape) for logits of shape \(logits.shape)")
    let rows = CrossEntropyRows(logits.packed, labels, smoothing)
    let (losses, probabilities) = rows.forward()
    return Tensor(losses.reduce(0, +) / rows.used).derived(from: logits) { dy, gradients in
        gradients.add(rows.backward(probabilities, dy.scalar / rows.used), to: logits)
    }
}

private struct CrossEntropyRows: Sendable {
    let logits: Tensor
    let labels: Indices
    let smoothing: Float
    let classes: Int
    /// Labels that count.
    let used: Float

    init(_ logits: Tensor, _ labels: Indices, _ smoothing: Float) {
        self.logits = logits
        self.labels = labels
        self.smoothing = smoothing
        classes = logits.shape.last ?? 1
        used = Float(labels.values.count { $0 >= 0 })
        for label in labels.values { demand(label < classes, "label \(label) of \(classes) classes") }
    }

    /// Loss and probabilities of each row.
    func forward() -> ([Float], Tensor) {
        let loops = Loops.shared, kernels = loops.pool.kernels
        var losses = [Float](repeating: 0, count: labels.count)
        let probabilities = Tensor(logits.shape) { out in
            out.update(from: logits.floats, count: logits.count)
            losses.withUnsafeMutableBufferPointer { losses in
                let losses = losses.baseAddress
                loops.pool.forRows(labels.count, columns: classes) { row in
                    let p = out + row * classes
                    let top = kernels.pointee.maximum(p, classes)
                    let sum = kernels.pointee.exp_sum(p, top, classes, 1)
                    loops.set.pointee.scale_to(p, 1 / sum, p, classes)
                    losses?[row] = loss(row, top + logf(sum))
                }
            }
        }
        return (losses, probabilities)
    }

    private func loss(_ row: Int, _ logSum: Float) -> Float {
        guard labels.values[row] >= 0 else { return 0 }
        let x = logits.floats + row * classes
        let sharp = logSum - x[Int(labels.values[row])]
        guard smoothing > 0 else { return sharp }
        let mean = Loops.shared.set.pointee.sum(x, classes) / Float(classes)
        return (1 - smoothing) * sharp + smoothing * (logSum - mean)
    }

    /// (p - target) · scale, and zero for padding.
    func backward(_ probabilities: Tensor, _ scale: Float) -> Tensor {
        let loops = Loops.shared
        return Tensor(logits.shape) { out in
            loops.pool.forRows(labels.count, columns: classes) { row in
                let d = out + row * classes, label = Int(labels.values[row])
                guard label >= 0 else { return d.update(repeating: 0, count: classes) }
                loops.set.pointee.scale_to(probabilities.floats + row * classes, scale, d, classes)
                d[label] -= (1 - smoothing) * scale
                if smoothing > 0 { for i in 0..<classes { d[i] -= smoothing * scale / Float(classes) } }
            }
        }
    }
}
