import CLaresKernels

extension Tensor {
    /// The sum of all numbers, as a tensor of one.
    public func sum() -> Tensor {
        let x = packed
        let total = Tensor(Loops.shared.set.pointee.sum(x.floats, count))
        return total.derived(from: self) { dy, gradients in gradients.add(Tensor(repeating: dy.scalar, shape), to: self) }
    }

    /// The mean of all numbers; NaN when there are none.
    public func mean() -> Tensor { sum() / Float(count) }

    /// Sums along an axis, counted from the end when negative.
    public func sum(along axis: Int, keepingAxis: Bool = false) -> Tensor {
        let axis = shape.axis(axis)
        let total = summed(along: axis)
        let result = keepingAxis ? total.reshaped(shape.replacing(axis, with: 1)) : total
        return result.derived(from: self) { dy, gradients in gradients.add(dy.repeated(over: shape, along: axis), to: self) }
    }

    /// Means along an axis, counted from the end when negative.
    public func mean(along axis: Int, keepingAxis: Bool = false) -> Tensor {
        sum(along: axis, keepingAxis: keepingAxis) / Float(shape[shape.axis(axis)])
    }

    /// Variances along an axis, divided by n.
    public func variance(along axis: Int, keepingAxis: Bool = false) -> Tensor {
        square(self - mean(along: axis, keepingAxis: true)).mean(along: axis, keepingAxis: keepingAxis)
    }

    /// Largest numbers along an axis; the gradient goes to the first of equals.
    public func max(along axis: Int, keepingAxis: Bool = false) -> Tensor {
        let axis = shape.axis(axis)
        let places = argmax(along: axis)
        let chosen = taking(places, along: axis)
        return keepingAxis ? chosen.reshaped(shape.replacing(axis, with: 1)) : chosen
    }

    /// Smallest numbers along an axis; the gradient goes to the first of equals.
    public func min(along axis: Int, keepingAxis: Bool = false) -> Tensor { -(-self).max(along: axis, keepingAxis: keepingAxis) }

    /// Places of the largest numbers along an axis, the first of equals; NaN never wins.
    public func argmax(along axis: Int = -1) -> Indices {
        let axis = shape.axis(axis), x = packed
        let (outer, inner, size) = (shape.prefix(axis).reduce(1, *), shape.suffix(from: axis + 1).reduce(1, *), shape[axis])
        demand(size > 0, "the largest of no numbers: shape \(shape), axis \(axis)")
        var places = [Int32](repeating: 0, count: outer * inner)
        for o in 0..<outer {
            for i in 0..<inner {
                let base = x.floats + o * size * inner + i
                var best = 0
                for k in 1..<size where base[k * inner] > base[best * inner] || base[best * inner].isNaN { best = k }
                places[o * inner + i] = Int32(best)
            }
        }
        return Indices(places, shape.removing(axis))
    }

    private func summed(along axis: Int) -> Tensor {
        let x = packed
        let (outer, inner, size) = (shape.prefix(axis).reduce(1, *), shape.suffix(from: axis + 1).reduce(1, *), shape[axis])
        let loops = Loops.shared
        return Tensor(shape.removing(axis)) { out in
            if inner == 1 {
                loops.pool.forRows(outer, columns: size) { row in out[row] = loops.set.pointee.sum(x.floats + row * size, size) }
                return
            }
            out.update(repeating: 0, count: outer * inner)
            loops.pool.forRows(outer, columns: size * inner) { row in
                loops.set.pointee.sum_rows(x.floats + row * size * inner, size, inner, inner, out + row * inner)
            }
        }
    }

    /// The inverse of the shapes of a sum: the same numbers at every place of an axis.
    private func repeated(over shape: Shape, along axis: Int) -> Tensor {
        let x = packed
        let (outer, inner, size) = (shape.prefix(axis).reduce(1, *), shape.suffix(from: axis + 1).reduce(1, *), shape[axis])
        return Tensor(shape) { out in
            for o in 0..<outer {
                for k in 0..<size {
                    let target = out + (o * size + k) * inner
                    if inner == 1 { target.pointee = x.floats[o] } else { target.update(from: x.floats + o * inner, count: inner) }
                }
            }
        }
    }
}
