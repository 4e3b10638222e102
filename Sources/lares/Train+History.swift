import Foundation
import LaresJSON
import LaresServer
import LaresServing

extension Train {
    /// The file to learn from: what `--data` names, or the home's history where the recipe asks for it; nil: the file that the recipe names.
    ///
    /// The history is asked for once and kept in the folder of the training, so that one that goes on has the same rows.
    func dataFile() async throws -> String? {
        guard data == nil, let question = order?.question else { return data }
        let file = folder + "/history.csv"
        if FileManager.default.fileExists(atPath: file) { return file }
        let rows = try await server.connection.fetch("POST", "/lares/v1/history/table", question)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(rows).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw Failure("cli.train.failed", ["message": "'\(file)': \(error.localizedDescription)".printable])
        }
        return file
    }

    /// The file of the model that learns more, where the recipe names one of the store.
    func baseFile() throws -> String? {
        guard let name = order?.model else { return nil }
        let store = try common.store()
        return try store.file(of: store.find(name))
    }

    /// The recipe; nil where it is none, which the process that trains says in a sentence.
    private var order: TrainingRecipe? {
        guard let bytes = FileManager.default.contents(atPath: recipe), bytes.count <= 16 << 20, let json = try? JSON(parsing: Array(bytes))
        else { return nil }
        return try? TrainingRecipe(json, dataComeAlong: data != nil)
    }
}
