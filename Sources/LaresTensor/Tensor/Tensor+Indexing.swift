import CLaresKernels

extension Tensor {
    /// Rows at places of the first axis: the shape of `places` in place of that axis. Rows of an embedding table, say.
    public func rows(_ places: Indices) -> Tensor {
        let x = packed, size = shape.dropFirst().reduce(1, *), limit = shape[0]
        places.check(below: limit, "rows")
        let result = Tensor(Shape(Array(places.shape) + shape.dropFirst())) { out in
            ComputePool.shared.forRows(places.count, columns: size) { i in
                (out + i * size).update(from: x.floats + Int(places.values[i]) * size, count: size)
            }
        }
        return result.derived(from: self) { dy, gradients in
            gradients.add(Tensor.zeros(shape).adding(dy, atRows: places), to: self)
        }
    }

    /// Adds rows of another tensor at places of the first axis; a place that comes twice gets both sums. The inverse of `rows`.
    public func adding(_ rows: Tensor, atRows places: Indices) -> Tensor {
        let size = shape.dropFirst().reduce(1, *), source = rows.packed
        demand(rows.count == places.count * size, "rows of shape \(rows.shape) for \(places.count) places of \(shape)")
        places.check(below: shape[0], "adding")
        var result = detached
        let add = Loops.shared.set.pointee.add_scaled!
        result.withMutableFloats { out in
            for (i, place) in places.values.enumerated() { add(out.baseAddress! + Int(place) * size, source.floats + i * size, 1, size) }
        }
        return result.derived(from: self, rows) { dy, gradients in
            gradients.add(dy, to: self)
            gradients.add(dy.rows(places).reshaped(rows.shape), to: rows)
        }
    }

    /// One number from each line along an axis: `places` has the shape without that axis.
    public func taking(_ places: Indices, along axis: Int = -1) -> Tensor {
        let axis = shape.axis(axis), x = packed
        demand(places.shape == shape.removing(axis), "places of shape \(places.shape) along axis \(axis) of \(shape)")
        places.check(below: shape[axis], "taking")
        let (size, inner) = (shape[axis], shape.suffix(from: axis + 1).reduce(1, *))
        func position(_ i: Int) -> Int { (i / inner * size + Int(places.values[i])) * inner + i % inner }
        let result = Tensor(places.shape) { out in
            for i in 0..<places.count { out[i] = x.floats[position(i)] }
        }
        return result.derived(from: self) { dy, gradients in
            let dy = dy.packed
            gradients.add(
                Tensor(shape) { out in
                    out.update(repeating: 0, count: count)
                    for i in 0..<places.count { out[(i / inner * size + Int(places.values[i])) * inner + i % inner] = dy.floats[i] }
                }, to: self)
        }
    }

    /// Numbers of the first tensor where a condition is not 0, of the second elsewhere. All three have one shape.
    public static func choose(where condition: Tensor, _ a: Tensor, else b: Tensor) -> Tensor {
        demand(condition.shape == a.shape && a.shape == b.shape, "shapes \(condition.shape), \(a.shape) and \(b.shape) differ")
        let (c, x, y) = (condition.packed, a.packed, b.packed)
        let result = Tensor(a.shape) { out in
            for i in 0..<a.count { out[i] = c.floats[i] != 0 ? x.floats[i] : y.floats[i] }
        }
        return result.derived(from: a, b) { dy, gradients in
            let zeros = Tensor.zeros(a.shape)
            gradients.add(choose(where: c, dy, else: zeros), to: a)
            gradients.add(choose(where: c, zeros, else: dy), to: b)
        }
    }
}

extension Indices {
    /// 1 at each index along a new last axis of size `classes`, else 0.
    public func oneHot(_ classes: Int) -> Tensor {
        check(below: classes, "oneHot")
        return Tensor(Shape(Array(shape) + [classes])) { out in
            out.update(repeating: 0, count: count * classes)
            for (row, value) in values.enumerated() { out[row * classes + Int(value)] = 1 }
        }
    }
}
