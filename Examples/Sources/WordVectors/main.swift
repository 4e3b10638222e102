// Embeddings of a corpus of three sentences: words that stand among the same words end nearer to each other than to the rest.
import LaresLanguage

let sentences = [
    "the cat drinks milk in the warm kitchen while the dog drinks milk in the warm kitchen",
    "the cat sleeps on the soft chair while the dog sleeps on the soft chair",
    "a train leaves the grey station at noon and a bus leaves the grey station at noon",
]
let text = try TrainingText(lines: sentences)
print("\(text.wordCount) words, \(text.words.count) different ones")

var settings = WordVectorSettings()
settings.dimensions = 16
settings.window = 3
settings.epochs = 400
settings.sample = 0  // three sentences have no word to spare
settings.learningRate = 0.05
let vectors = try WordVectorTrainer(text, settings).train()

for word in ["cat", "train"] {
    let near = try vectors.nearest(to: word, count: 3).map { "\($0.word) \(($0.similarity * 100).rounded() / 100)" }
    print(word, "→", near.joined(separator: ", "))
}

let related = min(try vectors.similarity("cat", "dog"), try vectors.similarity("train", "bus"))
let unrelated = max(try vectors.similarity("cat", "train"), try vectors.similarity("dog", "bus"))
print("related words at least \(related), unrelated ones at most \(unrelated)")
guard related > unrelated + 0.1 else { fatalError("it hasn't learnt which words are related") }
