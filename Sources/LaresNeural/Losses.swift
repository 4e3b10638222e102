public import LaresTensor

// `crossEntropy` is with softmax, in LaresTensor.

/// The mean of (prediction - target)².
public func meanSquaredError(_ prediction: Tensor, _ target: Tensor) -> Tensor {
    checkShapes(prediction, target)
    return square(prediction - target).mean()
}

/// The mean of |prediction - target|.
public func meanAbsoluteError(_ prediction: Tensor, _ target: Tensor) -> Tensor {
    checkShapes(prediction, target)
    return abs(prediction - target).mean()
}

/// Half the square of an error up to `delta`, linear beyond; the mean of all (Huber 1964).
public func huberLoss(_ prediction: Tensor, _ target: Tensor, delta: Float = 1) -> Tensor {
    checkShapes(prediction, target)
    let size = abs(prediction - target), inner = minimum(size, Tensor(delta))
    // inner²/2 + delta (size - inner) is both branches at once.
    return (square(inner) * 0.5 + (size - inner) * delta).mean()
}

/// The mean of -target log σ(x) - (1 - target) log(1 - σ(x)), from logits x: exact where σ would round to 0 or 1.
public func binaryCrossEntropy(_ logits: Tensor, _ target: Tensor) -> Tensor {
    checkShapes(logits, target)
    // max(x, 0) - x t + log(1 + e^-|x|)
    return (relu(logits) - logits * target + log(exp(-abs(logits)) + 1)).mean()
}

/// The mean of q e⁺ + (1 - q) e⁻ for errors e = target - prediction: least at the quantile q (Koenker & Bassett 1978).
public func quantileLoss(_ prediction: Tensor, _ target: Tensor, quantile: Float) -> Tensor {
    checkShapes(prediction, target)
    demand(quantile > 0 && quantile < 1, "a quantile of \(quantile): expected between 0 and 1")
    let error = target - prediction
    return maximum(error * quantile, error * (quantile - 1)).mean()
}

private func checkShapes(_ prediction: Tensor, _ target: Tensor) {
    demand(prediction.shape == target.shape, "a prediction of shape \(prediction.shape) for a target of shape \(target.shape)")
}

/// The part of rows whose largest logit is at the label.
public func accuracy(_ logits: Tensor, _ labels: Indices) -> Float {
    let found = logits.argmax()
    demand(found.shape == labels.shape, "labels of shape \(labels.shape) for logits of shape \(logits.shape)")
    let right = zip(found.values, labels.values).count { $0 == $1 }
    return Float(right) / Float(max(1, labels.count))
}
