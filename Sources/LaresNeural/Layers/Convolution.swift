public import LaresTensor

/// Convolution of images, channels last.
public struct Convolution2D: FusingLayer {
    /// `[height · width · channels, outputs]`
    public var weight: Tensor
    /// `[outputs]`
    public var bias: Tensor
    /// Where the window goes.
    public let window: Window2D

    /// Weights evenly spread within ±1/√(numbers under a window), as PyTorch has them.
    public init(_ channels: Int, _ outputs: Int, _ window: Window2D, using random: inout SeededRandom) {
        let inputs = window.height * window.width * channels
        let bound = 1 / Float(max(1, inputs)).squareRoot()
        weight = .uniform([inputs, outputs], in: -bound..<bound, using: &random)
        bias = .uniform([outputs], in: -bound..<bound, using: &random)
        self.window = window
    }

    /// Names `weight` and `bias`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("weight", &weight)
        visitor.visit("bias", &bias)
    }

    /// `[batch, height, width, channels]` to `[batch, height, width, outputs]`.
    public func callAsFunction(_ x: Tensor, then f: Nonlinearity) -> Tensor { convolution2D(x, weight, bias, window, then: f) }
}

/// Convolution of sequences, channels last.
public struct Convolution1D: FusingLayer {
    /// `[window · channels, outputs]`
    public var weight: Tensor
    /// `[outputs]`
    public var bias: Tensor
    /// Steps it covers.
    public let window: Int
    /// Steps between windows.
    public let stride: Int
    /// Zeros at both ends.
    public let padding: Int

    /// Weights evenly spread within ±1/√(numbers under a window), as PyTorch has them.
    public init(_ channels: Int, _ outputs: Int, window: Int, stride: Int = 1, padding: Int = 0, using random: inout SeededRandom) {
        let bound = 1 / Float(max(1, window * channels)).squareRoot()
        weight = .uniform([window * channels, outputs], in: -bound..<bound, using: &random)
        bias = .uniform([outputs], in: -bound..<bound, using: &random)
        (self.window, self.stride, self.padding) = (window, stride, padding)
    }

    /// Names `weight` and `bias`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("weight", &weight)
        visitor.visit("bias", &bias)
    }

    /// `[batch, time, channels]` to `[batch, time, outputs]`.
    public func callAsFunction(_ x: Tensor, then f: Nonlinearity) -> Tensor {
        convolution1D(x, weight, bias, window: window, stride: stride, padding: padding, then: f)
    }
}

/// The largest number of each channel under a window.
public struct MaxPool2D: Layer {
    /// Where the window goes.
    public let window: Window2D

    /// Windows side by side, `size` on each side.
    public init(_ size: Int) { window = Window2D(size, size, stride: size) }
    /// No parameters.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {}
    /// `[batch, height, width, channels]`
    public func callAsFunction(_ x: Tensor) -> Tensor { maxPool2D(x, window) }
}

/// The mean of each channel under a window.
public struct AveragePool2D: Layer {
    /// Where the window goes.
    public let window: Window2D

    /// Windows side by side, `size` on each side.
    public init(_ size: Int) { window = Window2D(size, size, stride: size) }
    /// No parameters.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {}
    /// `[batch, height, width, channels]`
    public func callAsFunction(_ x: Tensor) -> Tensor { averagePool2D(x, window) }
}
