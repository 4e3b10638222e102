import HTTPTypes
import Hummingbird
import LaresJSON
import LaresLanguage
import LaresNeural
import LaresServing

extension NetworkPages {
    @Sendable func showTry(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await about(request, context) { viewer, model in
            let reference = request.queryFields.get("version") ?? ""
            guard let view = await view(model, reference, viewer, values: nil) else { return try console.missingPage(request, context) }
            return try show(view, viewer)
        }
    }

    /// Asks the network what the form says, as any program may.
    @Sendable func tryIt(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await about(incoming, context) { viewer, model in
            var request = incoming
            let form = try await Form(&request, upTo: 4 << 20)
            guard var view = await view(model, form["version"], viewer, values: form) else {
                return try console.missingPage(request, context)
            }
            do {
                let inputs = try Self.inputs(view.inputs, form)
                let clock = ContinuousClock(), began = clock.now
                let answer = try await networks.infer(
                    InferenceRequest(model: model.name, version: view.reference.isEmpty ? nil : view.reference, inputs: inputs))
                let plan = try? networks.plan(of: answer.version)
                let names = answer.version.signature.outputs.map(\.name)
                let hints = Dictionary(uniqueKeysWithValues: names.map { ($0, plan?.hint(ofOutput: $0) ?? TensorHint()) })
                let time = clock.now - began
                view.answer = TryAnswer(answer: answer, hints: hints, time: time, neighbours: try await neighbours(inputs, answer.version))
            } catch {
                view.trouble = trouble(error, view, console.words(viewer))
            }
            return try show(view, viewer)
        }
    }

    /// Of word vectors, which people don't read: the words nearest to the one that was asked for.
    private func neighbours(_ inputs: [InferenceInput], _ version: ModelVersion) async throws -> [WordVectors.Neighbour] {
        guard version.kind == .words, case .strings(let texts, _)? = inputs.first?.value, let word = texts.first else { return [] }
        let vectors = try await networks.words(of: version.model, version: "\(version.number)")
        return try await offTheThreads { try vectors.nearest(to: word) }
    }

    private static func inputs(_ inputs: [TryInput], _ form: Form) throws(FieldFault) -> [InferenceInput] {
        var found: [InferenceInput] = []
        for input in inputs {
            let value = try input.value { form.exact($0) }
            found.append(InferenceInput(name: input.signature.name, datatype: input.signature.datatype, value: value))
        }
        return found
    }

    private func trouble(_ error: any Error, _ view: TryView, _ words: Words) -> Trouble {
        switch error {
        case let fault as FieldFault: Trouble(fault.sentence(words), field: fault.field)
        case let error as ServingError where view.isClosed: Trouble(words("net.closed"), detail: error.message)
        default: Trouble(error, words, fallback: "try.failed")
        }
    }

    private func show(_ view: TryView, _ viewer: Viewer) throws -> Response {
        try console.html(
            .try, title: console.words(viewer)("try.title", ["name": view.model.name]), view.fields, viewer: viewer,
            status: view.trouble == nil ? .ok : .badRequest)
    }

    /// The form for a version; nil when there is none of that name.
    private func view(
        _ model: RegisteredModel, _ reference: String, _ viewer: Viewer, values: Form?
    ) async -> TryView? {
        guard let version = reference.isEmpty ? model.standard : model.version(reference), version.kind.takesSamples else {
            return nil
        }
        let plan = try? networks.plan(of: version), columns = await columns(of: version)
        let inputs = version.signature.inputs.enumerated().map { place, signature in
            TryInput(signature, plan?.hint(ofInput: signature.name) ?? TensorHint(), labels: columns[signature.name] ?? [], place: place)
        }
        return TryView(
            model: model, version: version, reference: reference, inputs: inputs, values: values,
            isClosed: networks.standing(of: model.name).isClosed, mayChange: viewer.caller.mayAdminister, origin: viewer.origin,
            asksForKey: console.settings.asksForKey, amount: Amount(console.words(viewer)))
    }

    /// The columns that each input is made of, where the training that made the version is still known.
    private func columns(of version: ModelVersion) async -> [String: [String]] {
        guard let id = version.lineage.job, let job = try? await console.jobs?.job(id) else { return [:] }
        return (job.recipe["columns"]?.elements ?? []).reduce(into: [:]) { columns, column in
            guard let name = column["name"]?.text else { return }
            columns[name] = column["from"]?.elements?.compactMap(\.text) ?? [name]
        }
    }
}
