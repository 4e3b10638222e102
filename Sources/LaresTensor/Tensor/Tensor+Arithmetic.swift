import CLaresKernels

extension Tensor {
    /// Element by element, with NumPy's broadcasting; shapes that don't broadcast trap.
    static func zip(_ f: lares_binary, _ a: Tensor, _ b: Tensor) -> Tensor {
        guard let shape = Shape.broadcast(a.shape, b.shape) else {
            fatalError("shapes \(a.shape) and \(b.shape) don't broadcast")
        }
        let (x, y) = (a.packed, b.packed)
        return Tensor(shape) { out in
            if x.shape == shape && y.shape == shape {
                zipWhole(f, x, 1, y, 1, out, shape.elementCount)
            } else if x.count == 1 || y.count == 1 {
                zipWhole(f, x, x.count == 1 ? 0 : 1, y, y.count == 1 ? 0 : 1, out, shape.elementCount)
            } else {
                zipRows(f, x, y, shape, out)
            }
        }
    }

    private static func zipWhole(
        _ f: lares_binary, _ x: Tensor, _ xStep: Int, _ y: Tensor, _ yStep: Int, _ out: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        let loops = Loops.shared
        loops.forParts(count) { from, count in
            loops.set.pointee.zip(f, x.floats + from * xStep, Int32(xStep), y.floats + from * yStep, Int32(yStep), out + from, count)
        }
    }

    private static func zipRows(_ f: lares_binary, _ x: Tensor, _ y: Tensor, _ shape: Shape, _ out: UnsafeMutablePointer<Float>) {
        let (xStrides, yStrides) = (x.shape.strides(broadcastTo: shape), y.shape.strides(broadcastTo: shape))
        let columns = shape[shape.count - 1], last = shape.count - 1
        let loops = Loops.shared
        var rows = Odometer(Shape(shape.dropLast()), [Shape(xStrides.dropLast()), Shape(yStrides.dropLast())])
        for row in 0..<rows.count {
            loops.set.pointee.zip(
                f, x.floats + rows.offsets[0], Int32(xStrides[last]), y.floats + rows.offsets[1], Int32(yStrides[last]),
                out + row * columns, columns)
            rows.advance()
        }
    }

    /// Sums what broadcasting repeated, so that the result has `shape` again.
    func summed(to shape: Shape) -> Tensor {
        guard self.shape != shape else { return self }
        var result = self
        while result.shape.count > shape.count { result = result.sum(along: 0) }
        for axis in shape.indices where shape[axis] == 1 && result.shape[axis] != 1 { result = result.sum(along: axis, keepingAxis: true) }
        return result
    }

    /// Sum, in the memory of the receiver when nothing else uses it.
    consuming func adding(_ other: Tensor) -> Tensor {
        demand(shape == other.shape, "a sum of the shapes \(shape) and \(other.shape)")
        var sum = self
        let other = other.packed
        let loops = Loops.shared
        sum.withMutableFloats { out in
            let base = out.baseAddress!
            loops.forParts(out.count) { from, count in loops.set.pointee.add_scaled(base + from, other.floats + from, 1, count) }
        }
        return sum
    }

    /// Each number times a factor.
    func scaled(by factor: Float) -> Tensor {
        let x = packed
        let loops = Loops.shared
        let y = Tensor(shape) { out in
            loops.forParts(count) { from, count in loops.set.pointee.scale_to(x.floats + from, factor, out + from, count) }
        }
        return y.derived(from: self) { dy, gradients in gradients.add(dy.scaled(by: factor), to: self) }
    }
}

extension Shape {
    fileprivate func strides(broadcastTo shape: Shape) -> Shape {
        let own = rowMajorStrides, missing = shape.count - count
        return Shape(shape.indices.lazy.map { axis in axis < missing || self[axis - missing] == 1 ? 0 : own[axis - missing] })
    }
}

extension Tensor {
    /// Element by element, with broadcasting.
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        zip(LARES_ADD, a, b).derived(from: a, b) { dy, gradients in
            gradients.add(dy.summed(to: a.shape), to: a)
            gradients.add(dy.summed(to: b.shape), to: b)
        }
    }

    /// Element by element, with broadcasting.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        zip(LARES_SUBTRACT, a, b).derived(from: a, b) { dy, gradients in
            gradients.add(dy.summed(to: a.shape), to: a)
            gradients.add(dy.summed(to: b.shape).scaled(by: -1), to: b)
        }
    }

    /// Element by element, with broadcasting; not the matrix product, which is `matmul`.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        zip(LARES_MULTIPLY, a, b).derived(from: a, b) { dy, gradients in
            gradients.add(zip(LARES_MULTIPLY, dy, b).summed(to: a.shape), to: a)
            gradients.add(zip(LARES_MULTIPLY, dy, a).summed(to: b.shape), to: b)
        }
    }

    /// Element by element, with broadcasting.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        let y = zip(LARES_DIVIDE, a, b)
        return y.derived(from: a, b) { dy, gradients in
            let da = zip(LARES_DIVIDE, dy, b)
            gradients.add(da.summed(to: a.shape), to: a)
            gradients.add(zip(LARES_MULTIPLY, da, y).summed(to: b.shape).scaled(by: -1), to: b)
        }
    }

    /// Adds a number to each.
    public static func + (a: Tensor, b: Float) -> Tensor { a + Tensor(b) }
    /// Subtracts a number from each.
    public static func - (a: Tensor, b: Float) -> Tensor { a + Tensor(-b) }
    /// Multiplies each by a number.
    public static func * (a: Tensor, b: Float) -> Tensor { a.scaled(by: b) }
    /// Divides each by a number.
    public static func / (a: Tensor, b: Float) -> Tensor { a.scaled(by: 1 / b) }
    /// Adds a number to each.
    public static func + (a: Float, b: Tensor) -> Tensor { b + Tensor(a) }
    /// A number less each.
    public static func - (a: Float, b: Tensor) -> Tensor { Tensor(a) - b }
    /// Multiplies each by a number.
    public static func * (a: Float, b: Tensor) -> Tensor { b.scaled(by: a) }
    /// A number divided by each.
    public static func / (a: Float, b: Tensor) -> Tensor { Tensor(a) / b }
    /// Each with the other sign.
    public static prefix func - (a: Tensor) -> Tensor { a.scaled(by: -1) }
}

/// The larger of each two, with broadcasting; where they are the same the gradient goes to the first.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { chosen(LARES_MAXIMUM, a, b) }

/// The smaller of each two, with broadcasting; where they are the same the gradient goes to the first.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { chosen(LARES_MINIMUM, a, b) }

private func chosen(_ f: lares_binary, _ a: Tensor, _ b: Tensor) -> Tensor {
    let y = Tensor.zip(f, a, b)
    return y.derived(from: a, b) { dy, gradients in
        let first = y.detached.equals(a.detached)
        gradients.add(Tensor.zip(LARES_MULTIPLY, dy, first).summed(to: a.shape), to: a)
        gradients.add(Tensor.zip(LARES_MULTIPLY, dy, 1 - first).summed(to: b.shape), to: b)
    }
}

extension Tensor {
    /// 1 where two tensors have the same number, else 0; with broadcasting. It has no gradient.
    public func equals(_ other: Tensor) -> Tensor {
        let difference = (detached - other.detached).packed
        return Tensor(difference.shape) { out in
            for i in 0..<difference.count { out[i] = difference.floats[i] == 0 ? 1 : 0 }
        }
    }
}
