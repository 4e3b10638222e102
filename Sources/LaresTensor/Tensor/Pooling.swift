import CLaresKernels

/// The largest number of each channel under a window, of images `[batch, height, width, channels]`; the gradient goes to the first of
/// equals.
public func maxPool2D(_ x: Tensor, _ window: Window2D) -> Tensor {
    let windows = Windows(x.shape, window), input = x.packed, channels = windows.channels, image = windows.outHeight * windows.outWidth
    let shape: Shape = [windows.batch, windows.outHeight, windows.outWidth, channels]
    let places = Tensor(shape) { _ in }  // bits of whole numbers: the pixel of its image with the largest number, from 1
    let y = Tensor(shape) { out in
        ComputePool.shared.forRows(windows.batch, columns: image * windows.size) { index in
            windows.largest(index, of: input.floats, to: out, places.floats)
        }
    }
    return y.derived(from: x) { dy, gradients in
        let dy = dy.packed, numbers = windows.height * windows.width * channels
        gradients.add(
            Tensor(x.shape) { out in
                ComputePool.shared.forRows(windows.batch, columns: numbers) { index in
                    let target = out + index * numbers, from = index * image * channels
                    target.update(repeating: 0, count: numbers)
                    for i in 0..<(image * channels) {
                        let pixel = Int(places.floats[from + i].bitPattern)
                        if pixel > 0 { target[(pixel - 1) * channels + i % channels] += dy.floats[from + i] }
                    }
                }
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
    /// The largest numbers of an image's windows and where they are; none there is -infinity from nowhere.
    fileprivate func largest(
        _ image: Int, of x: UnsafePointer<Float>, to out: UnsafeMutablePointer<Float>, _ places: UnsafeMutablePointer<Float>
    ) {
        let take = Loops.shared.set.pointee.take_larger!, first = image * height * width * channels
        for index in 0..<(outHeight * outWidth) {
            let at = (image * outHeight * outWidth + index) * channels
            (out + at).update(repeating: -.infinity, count: channels)
            (places + at).update(repeating: 0, count: channels)
            forRuns(image, index / outWidth, index % outWidth) { _, source, count in
                for start in stride(from: source, to: source + count, by: channels) {
                    take(x + start, UInt32(truncatingIfNeeded: (start - first) / channels + 1), out + at, places + at, channels)
                }
            }
        }
    }

    /// Every window as a row of a matrix.
    fileprivate func rows(_ x: Tensor) -> Tensor {
        Tensor([count, size]) { out in
            ComputePool.shared.forRows(lines, columns: outWidth * size) { line in
                copyRows(line..<(line + 1), of: x.floats, to: out + line * outWidth * size)
            }
        }
    }

    /// The inverse of `rows`: sums every window back to where it was taken.
    fileprivate func images(_ rows: Tensor) -> Tensor {
        Tensor([batch, height, width, channels]) { out in
            ComputePool.shared.forRows(batch, columns: outHeight * outWidth * size) { image in
                (out + image * height * width * channels).update(repeating: 0, count: height * width * channels)
                addRows((image * outHeight)..<((image + 1) * outHeight), rows.floats + image * outHeight * outWidth * size, to: out)
            }
        }
    }
}
