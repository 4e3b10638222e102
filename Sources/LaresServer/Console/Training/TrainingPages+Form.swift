import Foundation
import HTTPTypes
import Hummingbird
import LaresJSON
import LaresNeural
import LaresServing

extension TrainingPages {
    func addFormRoutes(to router: Router<LaresContext>) {
        router.get("/new-training", use: begin)
        router.post("/new-training", use: start)
    }

    /// Which data; then, with those, what to learn from them; or the recipe of a training that is to be done again.
    @Sendable private func begin(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            let query = request.queryFields, words = console.words(viewer)
            if let id = query.get("job"), let job = try? await jobs.job(id) {
                let source = try await source(job, viewer)
                return try show(job.recipe.indented, source, viewer)
            }
            let (data, path) = (query.get("data") ?? "", query.get("path") ?? "")
            guard !data.isEmpty || !path.isEmpty else { return try showData(viewer) }
            do {
                let source = try await source(data, path, viewer)
                return try show(source, viewer)
            } catch {
                return try showData(viewer, path: path, trouble: trouble(error, words, field: path.isEmpty ? nil : "path"))
            }
        }
    }

    /// Starts a training from the fields or from a recipe's text, or shows the recipe that the fields make.
    @Sendable private func start(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(incoming, context) { viewer, _ in
            var request = incoming
            let form = try await Form(&request, upTo: 4 << 20)
            let source: TrainingSource
            do { source = try await self.source(form["data"], form["path"], viewer) } catch {
                return try showData(viewer, path: form["path"], trouble: trouble(error, console.words(viewer), field: nil))
            }
            let text = form.exact("recipe")
            guard text.isEmpty, let table = source.summary.table else {
                return try await start(text, LimitsForm(form), source, viewer, context)
            }
            return try await start(
                RecipeForm(file: source.file, summary: table, form), LimitsForm(form), source, viewer, context, form["act"])
        }
    }

    private func start(
        _ form: RecipeForm, _ limits: LimitsForm, _ source: TrainingSource, _ viewer: Viewer, _ context: LaresContext, _ act: String
    ) async throws -> Response {
        do {
            let recipe = try form.recipe()
            if act == "recipe" { return try show(recipe.indented, source, viewer, limits) }
            return .redirect(to: try await changes(viewer, context).submit(recipe, data: source.data, limits: try limits.json()).page)
        } catch {
            return try show(form, source, viewer, limits, trouble: trouble(error, console.words(viewer), field: "name"))
        }
    }

    private func start(
        _ text: String, _ limits: LimitsForm, _ source: TrainingSource, _ viewer: Viewer, _ context: LaresContext
    ) async throws -> Response {
        do {
            let recipe: JSON
            do { recipe = try JSON(parsing: Array(text.utf8)) } catch { throw APIError.invalid("the recipe is not JSON: \(error.message)") }
            return .redirect(to: try await changes(viewer, context).submit(recipe, data: source.data, limits: try limits.json()).page)
        } catch {
            return try show(text, source, viewer, limits, trouble: trouble(error, console.words(viewer), field: "recipe"))
        }
    }

    /// The fields for a table, the text of a recipe for anything else.
    private func show(_ source: TrainingSource, _ viewer: Viewer) throws -> Response {
        switch source.summary {
        case .table(let table): try show(RecipeForm(file: source.file, summary: table), source, viewer)
        case .text(_, let isPairs): try show(RecipeForm.recipe(file: source.file, isPairs: isPairs).indented, source, viewer)
        }
    }

    private func show(
        _ form: RecipeForm, _ source: TrainingSource, _ viewer: Viewer, _ limits: LimitsForm = LimitsForm(), trouble: Trouble? = nil
    ) throws -> Response {
        let words = console.words(viewer)
        let view = RecipeFormView(source: source, form: form, limits: limits, trouble: trouble, amount: Amount(words))
        return try console.html(
            .trainingForm, title: words("form.title"), view.fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    private func show(
        _ recipe: String, _ source: TrainingSource, _ viewer: Viewer, _ limits: LimitsForm = LimitsForm(), trouble: Trouble? = nil
    ) throws -> Response {
        let words = console.words(viewer), (name, value) = source.field
        let own: [String: Any] = [
            "carryName": name, "carryValue": value, "file": source.file, "recipe": recipe,
            "fields": source.summary.table == nil ? false : "/new-training?\(name)=\(value.pathEscaped)",
            "openLimits": trouble?.field.map(LimitsForm.fields.contains) ?? false,
        ]
        return try console.html(
            .recipe, title: words("recipe.title"),
            own.merging(limits.fields) { $1 }
                .merging(Trouble.fields(trouble, title: words("form.failed"), form: ["recipe"] + LimitsForm.fields)) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }

    private func trouble(_ error: any Error, _ words: Words, field: String?) -> Trouble {
        switch error {
        case let fault as FieldFault: Trouble(fault.sentence(words), field: fault.field)
        case let error as APIError: Trouble(words("form.failed"), detail: error.message, field: field)
        case let error as RecipeError: Trouble(words("error.data.table"), detail: error.message, field: field)
        case let error as JobError where error.code == .badData: Trouble(error, words, fallback: "form.failed", field: field)
        case let error as JobError where error.code != .badRecipe: Trouble(error, words, fallback: "form.failed")
        default: Trouble(error, words, fallback: "form.failed", field: field)
        }
    }
}

extension TrainingPages {
    /// The data that a page was given by an id or by a path; a file of this machine is named by those on this machine only.
    private func source(
        _ id: String, _ path: String, _ viewer: Viewer, as kind: DataSummary.Kind? = nil
    ) async throws -> TrainingSource {
        guard !path.isEmpty, viewer.caller.isLocal else { return .kept(try jobs.data.find(id)) }
        let file = URL(filePath: path).resolvingSymlinksInPath().path
        let type = try? FileManager.default.attributesOfItem(atPath: file)[.type] as? FileAttributeType
        guard path.hasPrefix("/"), type == .typeRegular else { throw FieldFault("path", "data.noFile") }
        return .file(path, try await offTheThreads { try DataSummary(contentsOf: path, named: path, as: kind) })
    }

    /// The data that a training learned from.
    private func source(_ job: Job, _ viewer: Viewer) async throws -> TrainingSource {
        try await source(
            job.dataSet ?? "", job.dataSet == nil ? job.recipe["data"]?["file"]?.text ?? "" : "", viewer,
            as: TextRecipe.kind(of: job.recipe) == nil ? nil : .text)
    }
}
