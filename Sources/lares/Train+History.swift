import Foundation
import LaresJSON
import LaresServer
import LaresServing

extension Train {
    /// The file to learn from: what `--data` names, or the home's history where the recipe asks for it; nil: the file that the recipe names.
    ///
    /// The history is asked for once and kept in the folder of the training, so that one that goes on has the same rows.
    func dataFile() async throws -> String? {
        guard data == nil, let bytes = FileManager.default.contents(atPath: recipe), bytes.count <= 16 << 20,
            let question = Self.question(Array(bytes))
        else { return data }
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

    /// What of the home's history a recipe asks for; nil: nothing, or it is none.
    private static func question(_ recipe: [UInt8]) -> JSON? {
        (try? JSON(parsing: recipe)).flatMap { try? TrainingRecipe($0) }?.question
    }
}
