import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing

/// The pages of trainings: those there are, one with its live curve, and starting one.
struct TrainingPages: Sendable {
    let console: Console
    let jobs: TrainingJobs

    static let mostRows = 100

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/training", use: list)
        router.get("/training-events", use: rowEvents)
        router.get("/training/:id", use: job)
        router.get("/training/:id/events", use: jobEvents)
        router.post("/training/:id/resume", use: resume)
        for end in Ending.allCases {
            router.get(RouterPath("/training/:id/" + end.rawValue)) { try await ask(end, $0, $1) }
            router.post(RouterPath("/training/:id/" + end.rawValue)) { try await finish(end, $0, $1) }
        }
        addDataRoutes(to: router)
        addFormRoutes(to: router)
    }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let rows = try await rows(viewer)
            return try console.html(
                .training, title: console.words(viewer)("train.title"),
                ["sentence": rows.sentence, "jobs": rows.rows, "any": !rows.jobs.isEmpty, "mayTrain": viewer.caller.mayAdminister],
                viewer: viewer)
        }
    }

    @Sendable private func rowEvents(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        return try await console.feed(request, context) {
            let rows = try await rows(viewer)
            let table = try console.pages.render(.trainingRows, ["jobs": rows.rows], language: viewer.language)
            return ["sentence": .string(rows.sentence), "rows": .string(table)]
        }
    }

    private func rows(_ viewer: Viewer) async throws -> JobRows {
        JobRows(jobs: try await jobs.newest(Self.mostRows), counts: try await jobs.counts(), amount: Amount(console.words(viewer)))
    }

    @Sendable private func job(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await about(request, context) { viewer, job in try show(job, viewer) }
    }

    private func show(_ job: Job, _ viewer: Viewer, _ limits: LimitsForm? = nil, trouble: Trouble? = nil) throws -> Response {
        var detail = detail(job, viewer)
        detail.limits = limits
        let title = console.words(viewer)("job.notResumed")
        return try console.html(
            .job, title: detail.title, detail.fields.merging(Trouble.fields(trouble, title: title, form: LimitsForm.fields)) { $1 },
            viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }

    /// The parts of the page that change, as finished HTML.
    @Sendable private func jobEvents(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context), id = id(context)
        do { _ = try await jobs.job(id) } catch is JobError { return try console.missingPage(request, context) }
        return try await console.feed(request, context) {
            let detail = detail(try await jobs.job(id), viewer), fields = detail.fields
            var parts = JSON.Members()
            for (name, page) in JobDetail.parts {
                parts.append(name, .string(try console.pages.render(page, fields, language: viewer.language)))
            }
            return [
                "sentence": .string(detail.sentence), "said": .string(detail.job.isOver ? detail.sentence : ""), "parts": .object(parts),
                "over": .bool(detail.job.isOver),
            ]
        }
    }

    private func detail(_ job: Job, _ viewer: Viewer) -> JobDetail {
        let words = console.words(viewer)
        return JobDetail(
            job: job, published: published(job, words), hasData: job.dataSet.map { (try? jobs.data.find($0)) != nil } ?? false,
            amount: Amount(words), mayChange: viewer.caller.mayAdminister, isLocal: viewer.caller.isLocal)
    }

    /// The version, or the model of the store, that a training became: what it is called, and the address of its page.
    private func published(_ job: Job, _ words: Words) -> (title: String, page: String)? {
        guard job.state == .finished, let name = job.recipe["name"]?.text else { return nil }
        if let version = try? console.networks?.model(name).versions.first(where: { $0.lineage.job == job.id }) {
            return (words("ver.title", ["name": version.model, "version": "\(version.number)"]), version.page)
        }
        guard (try? TrainingRecipe(job.recipe, dataComeAlong: true))?.makesModel == true, let model = try? console.store?.find(name) else {
            return nil
        }
        return (model.name, "/models/" + model.name.pathEscaped)
    }

    /// How a person may end a training: one that is under way, or one that is over.
    private enum Ending: String, CaseIterable {
        case cancel, remove

        func fits(_ job: Job) -> Bool { job.isOver == (self == .remove) }
    }

    private func ask(_ ending: Ending, _ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, job in
            guard ending.fits(job) else { return .redirect(to: job.page) }
            let words = console.words(viewer)
            return try console.html(
                .confirm, title: words("jobend.\(ending.rawValue).title", ["name": JobText(words).title(of: job)]),
                [
                    "text": words("jobend.\(ending.rawValue).text"), "action": "\(job.page)/\(ending.rawValue)", "back": job.page,
                    "keep": words("jobend.\(ending.rawValue).keep"), "do": words("jobend.\(ending.rawValue).do"),
                ], viewer: viewer)
        }
    }

    /// A training that ended since the page was made is not taken for one to remove.
    private func finish(_ ending: Ending, _ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, job in
            if ending.fits(job) { _ = try await changes(viewer, context).cancel(job.id) }
            return .redirect(to: ending == .remove ? "/training" : job.page)
        }
    }

    /// Lets a training that failed or was cancelled go on, or says on its page why it can't.
    @Sendable private func resume(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, job in
            guard job.isResumable else { return .redirect(to: job.page) }
            var request = request
            let limits = LimitsForm(try await Form(&request), usual: job.limits)
            do { _ = try await changes(viewer, context).resume(job.id, limits: try limits.json()) } catch let fault as FieldFault {
                return try show(job, viewer, limits, trouble: Trouble(fault.sentence(console.words(viewer)), field: fault.field))
            } catch {
                return try show(job, viewer, limits, trouble: Trouble(error, console.words(viewer), fallback: "job.notResumed"))
            }
            return .redirect(to: job.page)
        }
    }

    func changes(_ viewer: Viewer, _ context: LaresContext) -> JobChanges {
        JobChanges(
            jobs: jobs, history: HistoryData(services: console.home, automations: console.automations), audit: console.audit,
            caller: viewer.caller, logger: context.logger)
    }

    func id(_ context: LaresContext) -> String { context.parameters.get("id") ?? "" }

    private func about(
        _ request: Request, _ context: LaresContext, _ make: (Viewer, Job) async throws -> Response
    ) async throws -> Response {
        try await console.page(request, context) { viewer in
            do {
                return try await make(viewer, try await jobs.job(id(context)))
            } catch let error as JobError where error.code == .notFound {
                return try console.problem("problem.job", back: ("/training", "train.go"), viewer: viewer, status: .notFound)
            }
        }
    }

    private func administer(
        _ request: Request, _ context: LaresContext, _ make: (Viewer, Job) async throws -> Response
    ) async throws -> Response {
        try await about(request, context) { viewer, job in
            guard viewer.caller.mayAdminister else { return try console.missingPage(request, context) }
            return try await make(viewer, job)
        }
    }
}
