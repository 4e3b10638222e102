import Dispatch
import Foundation
public import LaresTensor
import Synchronization

/// A conversation with a model: two lines to an answer.
///
///     let chat = Chat(try LanguageModel(contentsOf: "smollm2.gguf"), system: "Answer briefly.")
///     for try await piece in chat.respond(to: "Why is the hall light on?") { print(piece, terminator: "") }
///
/// For programs that talk to one model in one place; a server shares a model between many through `LaresServing`.
public final class Chat: Sendable {
    private let conversation: Mutex<Conversation>
    // Computing blocks a thread for milliseconds at a time, so it stays off Swift's own pool.
    private let queue = DispatchQueue(label: "lares.chat")
    private let pool: ComputePool

    /// A conversation that begins with a system message, if one is given. An answer takes at most `maxTokens` tokens, all that is said
    /// at most `contextLength` or what the model takes, if that is less.
    public init(
        _ model: LanguageModel, pool: ComputePool? = nil, system: String? = nil,
        sampling: SamplingParameters = SamplingParameters(temperature: 0.7, topP: 0.95), maxTokens: Int = 1024, contextLength: Int = 8192
    ) {
        self.pool = pool ?? model.pool
        let context = max(1, min(contextLength, model.contextLength))
        conversation = Mutex(Conversation(model, system: system, sampling: sampling, maxTokens: maxTokens, contextLength: context))
    }

    /// What has been said, unfinished answers included.
    public var messages: [ChatTurn] { conversation.withLock { $0.messages } }

    /// Says something and streams the answer. It is computed as it is read: leaving the loop stops it, and what was read stays in the history.
    ///
    /// The stream throws `LanguageModelError` (the conversation is longer than the context) or `TemplateError`.
    public func respond(to text: String) -> AsyncThrowingStream<String, any Error> {
        let turn = conversation.withLock { $0.nextTurn() }
        return AsyncThrowingStream(unfolding: { [self] in
            if Task.isCancelled { return nil }
            return try await withCheckedThrowingContinuation { continuation in
                queue.async { [self] in
                    continuation.resume(
                        with: Result { try pool.withTurn(.chat) { try conversation.withLock { try $0.piece(of: turn, to: text) } } })
                }
            }
        })
    }
}

/// The state behind a `Chat`.
struct Conversation {
    private(set) var messages: [ChatTurn]
    private let model: LanguageModel
    private let cache: KVCache
    private let sampling: SamplingParameters
    private let maxTokens: Int
    private let contextLength: Int
    private var logits = LogitRows()
    private var lastTurn = 0
    private var answer: Answer?

    /// An answer on its way.
    private struct Answer {
        var turn: Int
        var sequence: SequenceID
        var pending: [Token]
        var history: [Token]
        let promptLength: Int
        var left: Int
        var sampler: Sampler
        var stream: TextStream
        var isDone = false
    }

    init(_ model: LanguageModel, system: String?, sampling: SamplingParameters, maxTokens: Int, contextLength: Int) {
        self.model = model
        self.sampling = sampling
        self.maxTokens = maxTokens
        self.contextLength = contextLength
        messages = system.map { [ChatTurn(role: "system", content: $0)] } ?? []
        cache = model.makeCache(pages: KVCache.pages(for: contextLength))
    }

    mutating func nextTurn() -> Int {
        lastTurn += 1
        return lastTurn
    }

    /// The next piece of text of a turn; nil when it is over or a later turn has begun.
    mutating func piece(of turn: Int, to text: String) throws -> String? {
        if answer?.turn != turn {
            guard turn == lastTurn, answer.map({ $0.turn < turn }) ?? true else { return nil }
            try begin(turn, text)
        }
        while var current = answer, !current.isDone {
            let piece = try advance(&current)
            answer = current
            if current.isDone { cache.close(current.sequence, keep: true) }
            if !piece.isEmpty {
                messages[messages.count - 1].content += piece
                return piece
            }
        }
        return nil
    }

    private mutating func begin(_ turn: Int, _ text: String) throws {
        if let answer, !answer.isDone { cache.close(answer.sequence, keep: true) }
        answer = nil
        messages.append(ChatTurn(role: "user", content: text))
        let prompt: [Token]
        do {
            prompt = try model.encode(messages, now: Date())
            guard prompt.count < contextLength else {
                throw LanguageModelError(
                    .contextTooLong,
                    "the conversation has \(prompt.count) tokens, the context \(contextLength); begin a new one")
            }
        } catch {
            messages.removeLast()
            throw error
        }
        let (sequence, cached) = cache.open(prompt: prompt)
        answer = Answer(
            turn: turn, sequence: sequence, pending: Array(prompt[cached...]), history: prompt, promptLength: prompt.count,
            left: min(maxTokens, contextLength - prompt.count), sampler: Sampler(sampling, seed: .random(in: .min ... .max)),
            stream: TextStream(model.tokenizer))
        messages.append(ChatTurn(role: "assistant", content: ""))
    }

    /// One step: computes what is pending, chooses a token, and gives the text that is complete by then.
    private mutating func advance(_ answer: inout Answer) throws -> String {
        let entry = StepEntry(sequence: answer.sequence, tokens: answer.pending, need: sampling.need(excluded: 0))
        try model.step([entry], cache: cache, into: &logits)
        let token = answer.sampler.next(logits[0], history: answer.history, promptLength: answer.promptLength)
        answer.left -= 1
        answer.isDone = model.tokenizer.endTokens.contains(token) || answer.left <= 0
        if model.tokenizer.endTokens.contains(token) { return answer.stream.finish() }
        answer.history.append(token)
        answer.pending = [token]
        let text = answer.stream.append(token)
        return answer.isDone ? text + answer.stream.finish() : text
    }
}
