import Foundation
public import LaresForecast
public import LaresJSON
public import LaresNeural

/// A recipe of any kind: what it trains, its members tell.
public enum TrainingRecipe: Sendable {
    /// A network, from a table.
    case network(Recipe)
    /// A forecaster or a detector, from series.
    case series(SeriesRecipe)
    /// A translator, word vectors, or what a language model is made of, from a text.
    case text(TextRecipe)

    /// Reads and checks a recipe.
    ///
    /// - Parameter dataComeAlong: Whether the data come from elsewhere, so that the recipe needs no `data.file`.
    /// - Throws: ``JobError`` with code `badRecipe`, which names the member.
    public init(_ json: JSON, dataComeAlong: Bool = false) throws(JobError) {
        if TextRecipe.kind(of: json) != nil {
            self = .text(try TextRecipe(json, dataComeAlong: dataComeAlong))
        } else if SeriesRecipe.describes(json) {
            do throws(ForecastError) { self = .series(try SeriesRecipe(json, dataComeAlong: dataComeAlong)) } catch {
                throw JobError(.badRecipe, error.message)
            }
        } else {
            do throws(RecipeError) { self = .network(try Recipe(json, dataComeAlong: dataComeAlong)) } catch {
                throw JobError(.badRecipe, error.message)
            }
        }
    }

    /// Reads a file. Throws ``JobError``, ``ServingError`` for a file that isn't there.
    init(contentsOf path: String, dataComeAlong: Bool) throws {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw ServingError(.modelNotFound, "the recipe '\(path)' can't be read: check the path")
        }
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: Array(bytes)) } catch {
            throw JobError(.badRecipe, "the recipe is not JSON: \(error.message)")
        }
        try self.init(json, dataComeAlong: dataComeAlong)
    }

    /// What the registry calls what is trained; nil: it isn't published.
    public var name: String? {
        switch self {
        case .network(let recipe): recipe.name
        case .series(let recipe): recipe.name
        case .text(let recipe): recipe.name
        }
    }

    /// The files that it names; none: the data come along, or the home's history is asked for.
    public var files: [String] {
        switch self {
        case .network(let recipe): recipe.dataFiles.filter { !$0.isEmpty }
        case .series(let recipe): recipe.file.map { [$0] } ?? []
        case .text(let recipe): recipe.file.map { [$0] } ?? []
        }
    }

    /// What of a home's history it learns from, for those who can ask for it; nil: nothing.
    public var question: JSON? {
        switch self {
        case .network(let recipe): recipe.history
        case .series(let recipe): recipe.question
        case .text: nil
        }
    }

    /// Whether a model of the store comes of it, and not a version of the registry.
    public var makesModel: Bool {
        guard case .text(let recipe) = self else { return false }
        return [.language, .tuning].contains(TextRecipe.kind(of: recipe.json))
    }

    /// The model of the store that learns more; nil: none does.
    public var model: String? {
        guard case .text(let recipe) = self, case .tuning(let tuning) = recipe.task else { return nil }
        return tuning.model
    }

    /// A file to test with; nil: none.
    var testFile: String? {
        guard case .network(let recipe) = self else { return nil }
        return recipe.testFile
    }
}
