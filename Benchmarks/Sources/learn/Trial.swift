import LaresNeural
import LaresTensor

/// Something that is done again and again while the clock runs.
struct Trial {
    /// What one step counts: 1, or billions of operations.
    var unit = 1.0
    let step: () -> Void

    static func named(_ name: String) -> Trial? {
        var random = SeededRandom(seed: 1)
        return switch name {
        case "matmul1024": matmul(side: 1024, &random)
        case "mlp": mlp(&random)
        case "seq2seq": sequenceToSequence(&random)
        case "transformer": transformer(&random)
        case "cnn": cnn(&random)
        default: nil
        }
    }

    /// Forward, backward and a step of Adam.
    private static func training<M: Module>(_ start: M, loss: @escaping (M) -> Tensor) -> Trial {
        var (model, optimizer) = (start, Adam())
        return Trial {
            let (_, gradient) = valueAndGradient(at: model, loss)
            optimizer.update(&model, along: gradient)
        }
    }

    private static func matmul(side: Int, _ random: inout SeededRandom) -> Trial {
        let (a, b) = (Tensor.normal([side, side], using: &random), Tensor.normal([side, side], using: &random))
        return Trial(unit: 2 * Double(side * side * side) / 1e9) { _ = LaresTensor.matmul(a, b) }
    }

    private static func mlp(_ random: inout SeededRandom) -> Trial {
        let rows = Tensor.uniform([64, 784], in: 0..<1, using: &random), classes = drawn([64], below: 10, &random)
        let model = Sequential(Linear(784, 256, using: &random), ReLU(), Linear(256, 10, using: &random))
        return training(model) { crossEntropy($0(rows), classes) }
    }

    private static func sequenceToSequence(_ random: inout SeededRandom) -> Trial {
        let (read, written) = (drawn([32, 64], below: 64, &random), drawn([32, 64], below: 64, &random))
        let next = drawn([64, 32], below: 64, &random)
        return training(SequenceToSequence(tokens: 64, hidden: 256, using: &random)) { crossEntropy($0(read, written), next) }
    }

    private static func transformer(_ random: inout SeededRandom) -> Trial {
        let (text, following) = (drawn([16, 128], below: 256, &random), drawn([16, 128], below: 256, &random))
        let model = SmallGPT(tokens: 256, width: 256, layers: 6, length: 128, using: &random)
        return training(model) { crossEntropy($0(text), following) }
    }

    private static func cnn(_ random: inout SeededRandom) -> Trial {
        let images = Tensor.uniform([64, 8, 8, 1], in: 0..<1, using: &random), classes = drawn([64], below: 10, &random)
        let window = Window2D(3, 3, paddingY: 1, paddingX: 1)
        let model = Sequential(
            Convolution2D(1, 32, window, using: &random), ReLU(), Convolution2D(32, 64, window, using: &random), ReLU(), MaxPool2D(2),
            Flatten(), Linear(1024, 128, using: &random), ReLU(), Linear(128, 10, using: &random))
        return training(model) { crossEntropy($0(images), classes) }
    }

    private static func drawn(_ shape: Shape, below limit: Int32, _ random: inout SeededRandom) -> Indices {
        Indices((0..<shape.elementCount).map { _ in Int32.random(in: 0..<limit, using: &random) }, shape)
    }
}
