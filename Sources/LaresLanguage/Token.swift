/// The number of a piece of text in a model's vocabulary.
public typealias Token = Int32
