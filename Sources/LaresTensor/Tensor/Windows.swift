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
        demand(
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
        demand(shape.count == 4, "images of shape \(shape): expected [batch, height, width, channels]")
        self.window = window
        (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
        let (h, w) = (height + 2 * window.paddingY - window.height, width + 2 * window.paddingX - window.width)
        demand(h >= 0 && w >= 0, "a window of \(window.height) by \(window.width) over images of \(height) by \(width)")
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

    /// Lines of windows, those of all images one after another.
    var lines: Int { batch * outHeight }

    /// Writes every window of some lines as a row of a matrix.
    func copyRows(_ lines: Range<Int>, of x: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>) {
        let isPadded = window.paddingY > 0 || window.paddingX > 0
        var target = out
        for line in lines {
            for column in 0..<outWidth {
                if isPadded { target.update(repeating: 0, count: size) }
                forRuns(line / outHeight, line % outHeight, column) { at, source, count in
                    let (to, from) = (target + at, x + source)
                    if count < 16 { for i in 0..<count { to[i] = from[i] } } else { to.update(from: from, count: count) }
                }
                target += size
            }
        }
    }

    /// The inverse of `copyRows`: adds every window of some lines to where it was taken.
    func addRows(_ lines: Range<Int>, _ rows: UnsafePointer<Float>, to images: UnsafeMutablePointer<Float>) {
        let add = Loops.shared.set.pointee.add_scaled!
        var source = rows
        for line in lines {
            for column in 0..<outWidth {
                forRuns(line / outHeight, line % outHeight, column) { at, target, count in add(images + target, source + at, 1, count) }
                source += size
            }
        }
    }
}
