public import LaresTensor

/// Layers one after another. A function that follows a linear map or a convolution is computed together with it.
public struct Sequential: Layer {
    /// In order.
    public private(set) var layers: [any Layer]
    /// The function that is computed with the layer before it, by that layer's place.
    private let fused: [Nonlinearity?]

    /// `Sequential(Linear(784, 128), ReLU(), Linear(128, 10))`
    public init(_ layers: any Layer...) { self.init(layers) }

    /// Layers made by a loop.
    public init(_ layers: [any Layer]) {
        self.layers = layers
        fused = layers.indices.map { i in
            layers[i] is any FusingLayer && i + 1 < layers.count ? (layers[i + 1] as? any PointwiseLayer)?.function : nil
        }
    }

    /// Names the layers by their places.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        for i in layers.indices { visitor.visit(String(i), &layers[i]) }
    }

    /// The last layer's result.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        var i = 0
        while i < layers.count {
            if let f = fused[i], let layer = layers[i] as? any FusingLayer {
                x = layer(x, then: f)
                i += 2
            } else {
                x = layers[i](x)
                i += 1
            }
        }
        return x
    }
}
