import LaresJSON
import LaresServing
import ServiceLifecycle

/// A model someone wants fetched, and how it goes.
struct PullOrder: Sendable {
    typealias Pull =
        @Sendable (ModelSource, String?, @escaping @Sendable (PullProgress) -> Void) async throws -> ModelDescription

    let source: String
    let name: String?
    let words: Words

    /// An order for `source`, under a name of its own or the source's.
    init(source: String, name: String?, words: Words) {
        self.source = source
        self.name = name
        self.words = words
    }

    /// What a form asks for. One of the well-known models wins over the fields: its button was pressed.
    init(_ form: Form, words: Words) {
        let name = form["name"].isEmpty ? nil : form["name"]
        let pick = form["pick"]
        self.init(source: pick.isEmpty ? form["source"] : pick, name: pick.isEmpty ? name : nil, words: words)
    }

    /// What a page shows of it.
    enum Step: Sendable {
        /// A sentence, and the part that is done, 0…1, where it is known.
        case running(String, part: Double?)
        /// The address of the model's page.
        case done(String)
        /// Why it could not be had.
        case failed(Trouble)

        /// For `pull.js`.
        var json: JSON {
            switch self {
            case .running(let text, let part): part.map { ["text": .string(text), "part": .double($0)] } ?? ["text": .string(text)]
            case .done(let page): ["done": .string(page)]
            case .failed(let trouble):
                trouble.detail.map { ["problem": .string(trouble.sentence), "detail": .string($0)] } ?? [
                    "problem": .string(trouble.sentence)
                ]
            }
        }
    }

    /// Fetches the model and tells how it goes, the last step being `done` or `failed`; ends when the client leaves or the server stops.
    func run(pull: @escaping Pull, presence: ClientPresence, _ handle: (Step) async throws -> Void) async throws {
        let (steps, continuation) = AsyncStream<Step>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withGracefulShutdownHandler {
                    await presence.waitUntilGone()
                } onGracefulShutdown: {
                    continuation.finish()
                }
                continuation.finish()
            }
            group.addTask {
                let last = await outcome(of: pull) { continuation.yield(step($0)) }
                continuation.yield(last)
                continuation.finish()
            }
            for await step in steps { try await handle(step) }
            group.cancelAll()
        }
    }

    private func outcome(of pull: Pull, progress: @escaping @Sendable (PullProgress) -> Void) async -> Step {
        guard !source.isEmpty else { return .failed(Trouble(words("add.noSource"), field: "source")) }
        do {
            return .done(try await pull(ModelSource(source), name, progress).page)
        } catch is CancellationError {
            return .failed(Trouble(words("add.lost")))
        } catch {
            return .failed(Trouble(error, words, fallback: "add.fault", field: Self.field(of: error)))
        }
    }

    /// The field of the form that is at fault.
    private static func field(of error: any Error) -> String? {
        switch (error as? PullError)?.code {
        case .badName?, .nameTaken?: "name"
        case .badSource?, .refusedAddress?, .notFound?, .notAModel?: "source"
        default: nil
        }
    }

    /// What a page says of progress.
    func step(_ progress: PullProgress) -> Step {
        let amount = Amount(words)
        let bytes = amount.bytes(progress.bytes)
        let rate = amount.bytes(Int(min(max(progress.bytesPerSecond, 0), 1e15)))
        guard let total = progress.total, total > 0 else {
            return .running(words("add.some", ["bytes": bytes, "rate": rate]), part: nil)
        }
        let text = words("add.stage.\(progress.stage.rawValue)", ["bytes": bytes, "total": amount.bytes(total), "rate": rate])
        return .running(text, part: min(1, Double(progress.bytes) / Double(total)))
    }
}
