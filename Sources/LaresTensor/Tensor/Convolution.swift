import CLaresKernels

/// Where a sliding window goes.
public struct Window2D: Sendable, Hashable {
    /// Rows and columns it covers.
    public var height: Int, width: Int
    /// Steps between windows.
    public var stride: Int
    /// Zeros around the input: above and below, left and right.
    public var paddingY: Int, paddingX: Int

    /// A window of `height` by `width`, moved by `stride`, over an input with zeros around it.
    public init(_ height: Int, _ width: Int, stride: Int = 1, paddingY: Int = 0, paddingX: Int = 0) {
        precondition(
            height > 0 && width > 0 && stride > 0 && paddingY >= 0 && paddingX >= 0, "a window of \(height) by \(width), stride \(stride)")
        self.height = height
        self.width = width
        self.stride = stride
        self.paddingY = paddingY
        self.paddingX = paddingX
    }
}

/// Windows over images `[batch, height, width, channels]`.
struct Windows: Sendable {
    let window: Window2D
    let batch: Int, height: Int, width: Int, channels: Int
    let outHeight: Int, outWidth: Int

    init(_ shape: Shape, _ window: Window2D) {
        precondition(shape.count == 4, "images of shape \(shape): expected [batch, height, width, channels]")
        self.window = window
        (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
        let (h, w) = (height + 2 * window.paddingY - window.height, width + 2 * window.paddingX - window.width)
        precondition(h >= 0 && w >= 0, "a window of \(window.height) by \(window.width) over images of \(height) by \(width)")
        (outHeight, outWidth) = (h / window.stride + 1, w / window.stride + 1)
    }

    /// Numbers under one window.
    var size: Int { window.height * window.width * channels }
    var count: Int { batch * outHeight * outWidth }

    /// Calls `body` with each run of neighbours under a window: where in the window, where in the images, how many floats.
    @inline(__always)
    func forRuns(_ image: Int, _ y: Int, _ x: Int, _ body: (Int, Int, Int) -> Void) {
        let left = x * window.stride - window.paddingX
        let (from, to) = (max(0, left), min(width, left + window.width))
        for row in 0..<window.height {
            let inputY = y * window.stride - window.paddingY + row
            guard inputY >= 0, inputY < height, from < to else { continue }
            body(
                (row * window.width + from - left) * channels, ((image * height + inputY) * width + from) * channels, (to - from) * channels
            )
        }
    }

    /// Every window as a row of a matrix.
    func rows(_ x: Tensor) -> Tensor {
        Tensor([count, size]) { out in
            let isPadded = window.paddingY > 0 || window.paddingX > 0
            ComputePool.shared.forRows(batch * outHeight, columns: outWidth * size) { line in
                for column in 0..<outWidth {
                    let target = out + (line * outWidth + column) * size
                    if isPadded { target.update(repeating: 0, count: size) }
                    forRuns(line / outHeight, line % outHeight, column) { at, source, count in
                        let (to, from) = (target + at, x.floats + source)
                        if count < 16 { for i in 0..<count { to[i] = from[i] } } else { to.update(from: from, count: count) }
                    }
                }
            }
        }
    }

    /// The inverse of `rows`: sums every window back to where it was taken.
    func images(_ rows: Tensor) -> Tensor {
        let add = Loops.shared.set.pointee.add_scaled!
        return Tensor([batch, height, width, channels]) { out in
            ComputePool.shared.forRows(batch, columns: outHeight * outWidth * size) { image in
                (out + image * height * width * channels).update(repeating: 0, count: height * width * channels)
                for window in 0..<(outHeight * outWidth) {
                    let source = rows.floats + (image * outHeight * outWidth + window) * size
                    forRuns(image, window / outWidth, window % outWidth) { at, target, count in
                        add(out + target, source + at, 1, count)
                    }
                }
            }
        }
    }
}

/// Convolution of images, channels last, with a bias and a function after it.
/// - Parameters:
///   - x: `[batch, height, width, channels]`
///   - weight: `[window height · window width · channels, outputs]`, rows in the order of the window's numbers
///   - bias: `[outputs]`
/// - Returns: `[batch, height, width, outputs]`
public func convolution2D(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ window: Window2D, then f: Nonlinearity = .identity) -> Tensor {
    let windows = Windows(x.shape, window)
    precondition(weight.shape.first == windows.size, "a weight of shape \(weight.shape) for windows of \(windows.size) numbers")
    let rows = windows.rows(x.packed)
    let input = rows.derived(from: x) { dy, gradients in gradients.add(windows.images(dy.packed), to: x) }
    return linear(input, weight, bias, then: f).reshaped([windows.batch, windows.outHeight, windows.outWidth, weight.shape[1]])
}

/// Convolution of sequences `[batch, time, channels]`; the weight is `[window · channels, outputs]`.
public func convolution1D(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, window: Int, stride: Int = 1, padding: Int = 0, then f: Nonlinearity = .identity
) -> Tensor {
    precondition(x.shape.count == 3, "sequences of shape \(x.shape): expected [batch, time, channels]")
    let images = x.reshaped([x.shape[0] * 1, x.shape[1], 1, x.shape[2]])
    let y = convolution2D(images, weight, bias, Window2D(window, 1, stride: stride, paddingY: padding), then: f)
    return y.reshaped([y.shape[0], y.shape[1], y.shape[3]])
}

/// The largest number of each channel under a window, of images `[batch, height, width, channels]`; the gradient goes to the first of
/// equals.
public func maxPool2D(_ x: Tensor, _ window: Window2D) -> Tensor {
    let windows = Windows(x.shape, window), input = x.packed, channels = windows.channels
    var places = [Int32](repeating: -1, count: windows.count * channels)
    let y = Tensor([windows.batch, windows.outHeight, windows.outWidth, channels]) { out in
        places.withUnsafeMutableBufferPointer { places in
            guard let places = places.baseAddress else { return }
            ComputePool.shared.forRows(windows.count, columns: windows.size) { index in
                windows.largest(input.floats, index, out + index * channels, places + index * channels)
            }
        }
    }
    let chosen = places
    return y.derived(from: x) { dy, gradients in
        let dy = dy.packed
        gradients.add(
            Tensor(x.shape) { out in
                out.update(repeating: 0, count: x.count)
                for (i, place) in chosen.enumerated() where place >= 0 { out[Int(place)] += dy.floats[i] }
            }, to: x)
    }
}

/// The mean of each channel under a window, zeros around the input included.
public func averagePool2D(_ x: Tensor, _ window: Window2D) -> Tensor {
    let windows = Windows(x.shape, window), channels = windows.channels
    let rows = windows.rows(x.packed).derived(from: x) { dy, gradients in gradients.add(windows.images(dy.packed), to: x) }
    let means = rows.reshaped([windows.count, windows.size / channels, channels]).mean(along: 1)
    return means.reshaped([windows.batch, windows.outHeight, windows.outWidth, channels])
}

extension Windows {
    /// The largest numbers of one window and where they are; none there is -infinity from nowhere.
    fileprivate func largest(
        _ x: UnsafePointer<Float>, _ index: Int, _ out: UnsafeMutablePointer<Float>, _ places: UnsafeMutablePointer<Int32>
    ) {
        out.update(repeating: -.infinity, count: channels)
        let (image, y, column) = position(index)
        forRuns(image, y, column) { _, source, count in
            for start in stride(from: source, to: source + count, by: channels) {
                for i in 0..<channels {
                    let isLarger = x[start + i] > out[i]
                    places[i] = isLarger ? Int32(truncatingIfNeeded: start + i) : places[i]
                    out[i] = isLarger ? x[start + i] : out[i]
                }
            }
        }
    }

    fileprivate func position(_ index: Int) -> (image: Int, y: Int, x: Int) {
        (index / (outHeight * outWidth), index / outWidth % outHeight, index % outWidth)
    }
}
