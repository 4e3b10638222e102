/// Sizes of a tensor's axes, outermost first: `[batch, time, features]`. An empty shape is a single number's.
public struct Shape: Hashable, Sendable, RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral, CustomStringConvertible {
    /// The most axes a tensor has.
    public static let mostAxes = 6

    // Inline, because a shape made on the heap for every operator cost as much as a small operator.
    private var sizes = InlineArray<6, Int>(repeating: 0)
    private var axes = 0

    /// A shape of at most six axes; more, or a negative size, trap.
    public init(_ sizes: some Sequence<Int>) {
        for size in sizes {
            demand(axes < Shape.mostAxes && size >= 0, "a shape of more than \(Shape.mostAxes) axes, or with the size \(size)")
            self.sizes[axes] = size
            axes += 1
        }
    }

    /// `[2, 3]`
    public init(arrayLiteral sizes: Int...) { self.init(sizes) }

    /// Always 0.
    public var startIndex: Int { 0 }
    /// The number of axes.
    public var endIndex: Int { axes }
    /// The size of one axis.
    public subscript(axis: Int) -> Int {
        get {
            demand(axis >= 0 && axis < axes, "axis \(axis) of a shape of \(axes) axes")
            return sizes[axis]
        }
        set {
            demand(axis >= 0 && axis < axes && newValue >= 0, "axis \(axis) of a shape of \(axes) axes, size \(newValue)")
            sizes[axis] = newValue
        }
    }

    /// Numbers that a tensor of this shape holds.
    public var elementCount: Int {
        var product = 1
        for axis in 0..<axes { product *= sizes[axis] }
        return product
    }

    /// The same count, nil where it doesn't fit: for shapes from outside.
    public var checkedElementCount: Int? {
        var product = 1
        for axis in 0..<axes {
            let (next, overflow) = product.multipliedReportingOverflow(by: sizes[axis])
            if overflow { return nil }
            product = next
        }
        return product
    }

    /// `[2, 3]`
    public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }

    /// Whether all sizes are the same.
    public static func == (a: Shape, b: Shape) -> Bool {
        guard a.axes == b.axes else { return false }
        for axis in 0..<a.axes where a.sizes[axis] != b.sizes[axis] { return false }
        return true
    }

    /// Feeds the sizes to a hasher.
    public func hash(into hasher: inout Hasher) { for size in self { hasher.combine(size) } }
}

extension Shape {
    /// An axis counted from the end when negative: -1 is the last.
    func axis(_ axis: Int) -> Int {
        let counted = axis < 0 ? count + axis : axis
        demand(counted >= 0 && counted < count, "axis \(axis) of the shape \(self)")
        return counted
    }

    /// Floats between neighbours along each axis when nothing lies between rows.
    var rowMajorStrides: Shape {
        var strides = self
        var step = 1
        for axis in indices.reversed() {
            strides[axis] = step
            step *= self[axis]
        }
        return strides
    }

    func inserting(_ size: Int, at axis: Int) -> Shape {
        var sizes = Array(self)
        sizes.insert(size, at: axis)
        return Shape(sizes)
    }

    func removing(_ axis: Int) -> Shape { Shape(indices.lazy.filter { $0 != axis }.map { self[$0] }) }

    func replacing(_ axis: Int, with size: Int) -> Shape {
        var shape = self
        shape[axis] = size
        return shape
    }

    /// The shape two shapes broadcast to, aligned at the last axis; nil when they don't (NumPy's rule).
    public static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
        if a == b { return a }
        var (result, other) = a.count >= b.count ? (a, b) : (b, a)
        let offset = result.count - other.count
        for axis in other.indices where other[axis] != result[offset + axis] {
            guard other[axis] == 1 || result[offset + axis] == 1 else { return nil }
            if result[offset + axis] == 1 { result[offset + axis] = other[axis] }
        }
        other = result
        return other
    }
}
