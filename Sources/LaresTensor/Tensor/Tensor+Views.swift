import CLaresKernels

extension Tensor {
    /// The same numbers in another shape of as many elements; one size may be -1 and follows from the others.
    public func reshaped(_ sizes: [Int]) -> Tensor {
        guard let open = sizes.firstIndex(of: -1) else { return reshaped(Shape(sizes)) }
        let others = sizes.enumerated().reduce(1) { $1.offset == open ? $0 : $0 * $1.element }
        demand(others > 0 && count % others == 0, "\(shape) doesn't reshape to \(sizes)")
        var sizes = sizes
        sizes[open] = count / others
        return reshaped(Shape(sizes))
    }

    /// The same numbers in another shape of as many elements. A view where the numbers lie without gaps.
    public func reshaped(_ shape: Shape) -> Tensor {
        demand(shape.elementCount == count, "\(self.shape) doesn't reshape to \(shape)")
        let x = packed
        let result = Tensor(x.storage, offset: x.offset, shape: shape, strides: shape.rowMajorStrides)
        return result.derived(from: self) { dy, gradients in gradients.add(dy.reshaped(self.shape), to: self) }
    }

    /// A view with its axes in another order: axis `i` of the result is axis `order[i]` of this.
    public func permuted(_ order: [Int]) -> Tensor {
        demand(order.sorted() == Array(shape.indices), "\(order) is no order of the axes of \(shape)")
        let result = Tensor(storage, offset: offset, shape: Shape(order.map { shape[$0] }), strides: Shape(order.map { strides[$0] }))
        return result.derived(from: self) { dy, gradients in
            var inverse = order
            for (place, axis) in order.enumerated() { inverse[axis] = place }
            gradients.add(dy.permuted(inverse), to: self)
        }
    }

    /// A view with two axes exchanged: the last two unless told otherwise.
    public func transposed(_ a: Int = -2, _ b: Int = -1) -> Tensor {
        var order = Array(shape.indices)
        order.swapAt(shape.axis(a), shape.axis(b))
        return permuted(order)
    }

    /// A view of the part of an axis.
    public func slice(_ range: Range<Int>, along axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis)
        demand(range.lowerBound >= 0 && range.upperBound <= shape[axis], "\(range) of axis \(axis) of the shape \(shape)")
        let result = Tensor(
            storage, offset: offset + range.lowerBound * strides[axis], shape: shape.replacing(axis, with: range.count), strides: strides)
        return result.derived(from: self) { dy, gradients in gradients.add(dy, to: self, along: axis, from: range.lowerBound) }
    }

    /// A view of what is at one place of an axis, without that axis.
    public func at(_ place: Int, along axis: Int = 0) -> Tensor {
        let axis = shape.axis(axis)
        return slice(place..<(place + 1), along: axis).reshaped(shape.removing(axis))
    }

    /// With zeros at the ends of an axis.
    public func padded(along axis: Int, before: Int, after: Int) -> Tensor {
        let axis = shape.axis(axis), size = shape[axis], x = packed
        let (outer, inner) = (shape.prefix(axis).reduce(1, *), shape.suffix(from: axis + 1).reduce(1, *))
        let result = Tensor(shape.replacing(axis, with: before + size + after)) { out in
            out.update(repeating: 0, count: outer * (before + size + after) * inner)
            for o in 0..<outer {
                (out + (o * (before + size + after) + before) * inner).update(from: x.floats + o * size * inner, count: size * inner)
            }
        }
        return result.derived(from: self) { dy, gradients in gradients.add(dy.slice(before..<(before + size), along: axis), to: self) }
    }

    /// Adds to the part of an axis that begins at `start`.
    mutating func add(_ part: Tensor, along axis: Int, from start: Int) {
        let (outer, inner) = (shape.prefix(axis).reduce(1, *), shape.suffix(from: axis + 1).reduce(1, *))
        let (size, whole, part) = (part.shape[axis] * inner, shape[axis] * inner, part.packed)
        let loops = Loops.shared, add = loops.set.pointee.add_scaled!, source = part.floats
        withMutableFloats { out in
            guard let target = out.baseAddress.map({ $0 + start * inner }) else { return }
            if outer == 1 { return loops.forParts(size) { from, count in add(target + from, source + from, 1, count) } }
            loops.pool.forRows(outer, columns: size) { o in add(target + o * whole, source + o * size, 1, size) }
        }
        extendLifetime(part)
    }

    /// Another axis of size 1.
    public func expanded(at axis: Int) -> Tensor { reshaped(shape.inserting(1, at: axis < 0 ? shape.count + 1 + axis : axis)) }
}

/// Joins tensors along an axis; their other sizes are the same.
public func concatenated(_ parts: [Tensor], along axis: Int = 0) -> Tensor {
    guard let first = parts.first else { fatalError("nothing to join") }
    let axis = first.shape.axis(axis)
    for part in parts {
        demand(
            part.shape.count == first.shape.count && part.shape.removing(axis) == first.shape.removing(axis),
            "shapes \(first.shape) and \(part.shape) don't join along axis \(axis)")
    }
    let sizes = parts.map { $0.shape[axis] }, total = sizes.reduce(0, +)
    let (outer, inner) = (first.shape.prefix(axis).reduce(1, *), first.shape.suffix(from: axis + 1).reduce(1, *))
    let result = Tensor(first.shape.replacing(axis, with: total)) { out in
        var start = 0
        for (part, size) in zip(parts, sizes) {
            let x = part.packed, (source, target) = (x.floats, out + start * inner)
            ComputePool.shared.forRows(outer, columns: size * inner) { o in
                (target + o * total * inner).update(from: source + o * size * inner, count: size * inner)
            }
            extendLifetime(x)
            start += size
        }
    }
    return result.derived(fromAny: parts) { dy, gradients in
        var start = 0
        for (part, size) in zip(parts, sizes) {
            gradients.add(dy.slice(start..<(start + size), along: axis), to: part)
            start += size
        }
    }
}

/// Joins tensors of one shape along a new axis.
public func stacked(_ parts: [Tensor], along axis: Int = 0) -> Tensor { concatenated(parts.map { $0.expanded(at: axis) }, along: axis) }
