import CLaresKernels

/// Convolution of images, channels last, with a bias and a function after it.
/// - Parameters:
///   - x: `[batch, height, width, channels]`
///   - weight: `[window height · window width · channels, outputs]`, rows in the order of the window's numbers
///   - bias: `[outputs]`
/// - Returns: `[batch, height, width, outputs]`
public func convolution2D(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ window: Window2D, then f: Nonlinearity = .identity) -> Tensor {
    let windows = Windows(x.shape, window)
    demand(
        weight.shape.count == 2 && weight.shape.first == windows.size && (bias.map { $0.shape == [weight.shape[1]] } ?? true),
        "a weight of shape \(weight.shape) and bias \(bias?.shape.description ?? "none") for windows of \(windows.size) numbers")
    guard f.isKnownByResult else { return apply(f, convolution2D(x, weight, bias, window)) }
    let run = ConvolutionRun(windows: windows, x: x.packed, weight: weight.packed)
    let y = run.forward(bias?.packed, f)
    return y.derived(fromAny: [x, weight] + (bias.map { [$0] } ?? [])) { dy, gradients in
        let d = f == .identity ? dy.packed : Tensor.back(f.kind, y, y, dy)
        if let bias { gradients.add(d.sumOfRows(), to: bias) }
        gradients.add(run.weightGradient(d), to: weight)
        gradients.add(run.inputGradient(d), to: x)
    }
}

/// Convolution as products of windows laid out as rows, a piece at a time: a piece stays in its processor's cache between layout and
/// product. All windows at once took nine times the memory of the images, and a third of the time went by waiting for it.
private struct ConvolutionRun: Sendable {
    let windows: Windows
    let x: Tensor, weight: Tensor

    private var outputs: Int { weight.shape[1] }

    /// Lines of a piece; some hundred windows make a product worth its preparation.
    private var pieceLines: Int { max(1, min(windows.lines, 256 / max(1, windows.outWidth))) }

    /// Calls `body` with the lines of each piece and room for their windows, one piece after another.
    private func forPieces(_ lines: Range<Int>, _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void) {
        let room = Tensor([pieceLines * windows.outWidth, windows.size]) { _ in }
        for start in stride(from: lines.lowerBound, to: lines.upperBound, by: pieceLines) {
            body(start..<min(lines.upperBound, start + pieceLines), room.floats)
        }
    }

    private func matrix(_ lines: Range<Int>, _ base: UnsafeMutablePointer<Float>, columns: Int) -> MatrixView {
        MatrixView(base: base, rows: lines.count * windows.outWidth, columns: columns, rowStep: columns)
    }

    func forward(_ bias: Tensor?, _ f: Nonlinearity) -> Tensor {
        let shape: Shape = [windows.batch, windows.outHeight, windows.outWidth, outputs], lines = windows.lines, size = pieceLines
        return Tensor(shape) { out in
            let then = Epilogue(bias: bias.map { UnsafePointer($0.floats) }, unary: f.kind)
            ComputePool.shared.forEach((lines + size - 1) / size) { piece in
                forPieces((piece * size)..<min(lines, (piece + 1) * size)) { lines, room in
                    windows.copyRows(lines, of: x.floats, to: room)
                    let target = out + lines.lowerBound * windows.outWidth * outputs
                    multiply(matrix(lines, room, columns: windows.size), weight.matrix, into: target, row: outputs, then, alone: true)
                }
            }
        }
    }

    /// Parts of the batch, as many as there are whatever the threads, are summed apart and then together.
    func weightGradient(_ d: Tensor) -> Tensor {
        let parts = max(1, min(8, windows.batch)), images = (windows.batch + parts - 1) / parts, count = windows.size * outputs
        let sums = Tensor([parts, count]) { out in
            ComputePool.shared.forEach(parts) { part in
                let lines =
                    min(windows.batch, part * images) * windows.outHeight..<min(windows.batch, (part + 1) * images) * windows.outHeight
                let sum = out + part * count
                if lines.isEmpty { sum.update(repeating: 0, count: count) }
                forPieces(lines) { piece, room in
                    windows.copyRows(piece, of: x.floats, to: room)
                    let dOut = matrix(piece, d.floats + piece.lowerBound * windows.outWidth * outputs, columns: outputs)
                    let rows = matrix(piece, room, columns: windows.size), isFirst = piece.lowerBound == lines.lowerBound
                    multiply(rows.transposed, dOut, into: sum, row: outputs, Epilogue(adding: !isFirst), alone: true)
                }
            }
        }
        return sums.sumOfRows().reshaped(weight.shape)
    }

    func inputGradient(_ d: Tensor) -> Tensor {
        let image = windows.height * windows.width * windows.channels, turned = PackedMatrix(weight.matrix.transposed)
        return Tensor(x.shape) { out in
            ComputePool.shared.forEach(windows.batch) { index in
                (out + index * image).update(repeating: 0, count: image)
                forPieces((index * windows.outHeight)..<((index + 1) * windows.outHeight)) { lines, room in
                    let dOut = matrix(lines, d.floats + lines.lowerBound * windows.outWidth * outputs, columns: outputs)
                    multiply(dOut, turned, into: room, row: windows.size, alone: true)
                    windows.addRows(lines, room, to: out)
                }
            }
        }
    }
}

/// Convolution of sequences `[batch, time, channels]`; the weight is `[window · channels, outputs]`.
public func convolution1D(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, window: Int, stride: Int = 1, padding: Int = 0, then f: Nonlinearity = .identity
) -> Tensor {
    demand(x.shape.count == 3, "sequences of shape \(x.shape): expected [batch, time, channels]")
    let images = x.reshaped([x.shape[0] * 1, x.shape[1], 1, x.shape[2]])
    let y = convolution2D(images, weight, bias, Window2D(window, 1, stride: stride, paddingY: padding), then: f)
    return y.reshaped([y.shape[0], y.shape[1], y.shape[3]])
}
