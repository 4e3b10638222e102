import Foundation

/// The file that a training leaves beside its card.
public enum TrainedFile {
    /// A language model of its own, and an adapter for one: they belong into the store of models.
    static let model = "model.gguf", adapter = "adapter.gguf"

    /// The one in a training's folder; nil: there is none yet.
    public static func name(in folder: String) -> String? {
        (ModelVersion.Kind.allCases.map(\.file) + [model, adapter]).first { FileManager.default.fileExists(atPath: folder + "/" + $0) }
    }
}
