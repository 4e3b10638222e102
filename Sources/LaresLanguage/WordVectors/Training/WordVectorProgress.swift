/// How far training has come.
public struct WordVectorProgress: Sendable, Hashable {
    /// Words of the text gone through so far, all epochs together.
    public let words: Int
    /// Words to go through in all.
    public let total: Int
    /// Words a second since the beginning.
    public let wordsPerSecond: Double
    /// The learning rate now.
    public let learningRate: Float
    /// Mean loss of the last predictions, in nats; of a word with its drawn words, or of a path.
    public let loss: Float
}
