import ArgumentParser
import Foundation
import LaresLanguage
import LaresServer
import LaresServing

struct Run: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(abstract: say("cli.run.abstract"), discussion: say("cli.run.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.argument.model")))
    var model: String

    @Argument(help: ArgumentHelp(say("cli.run.prompt")))
    var prompt: [String] = []

    @Option(help: ArgumentHelp(say("cli.run.system")))
    var system: String?

    @Option(help: ArgumentHelp(say("cli.run.max-tokens")))
    var maxTokens: Int?

    @Option(help: ArgumentHelp(say("cli.run.temperature")))
    var temperature = ChatSampling.temperature

    @Option(help: ArgumentHelp(say("cli.run.top-p")))
    var topP = ChatSampling.topP

    @Option(help: ArgumentHelp(say("cli.run.seed")))
    var seed: UInt64?

    @OptionGroup var compute: ComputeOptions

    @Flag(help: ArgumentHelp(say("cli.run.once")))
    var once = false

    @Flag(name: .shortAndLong, help: ArgumentHelp(say("cli.run.verbose")))
    var verbose = false

    func validate() throws {
        guard (0...2).contains(temperature), (0...1).contains(topP), maxTokens.map({ $0 > 0 }) ?? true else {
            throw ValidationError(say("cli.run.bad-options"))
        }
    }

    func run() async throws {
        let store = try common.store()
        let description = try store.find(model).description
        guard description.kind == .language else { throw Failure("cli.run.wrong-kind", ["name": description.name]) }
        let isConversation = Terminal.inputIsTerminal && Terminal.outputIsTerminal && !once
        let first = prompt.isEmpty && !Terminal.inputIsTerminal ? Self.wholeInput() : prompt.joined(separator: " ")
        guard isConversation || !first.isEmpty else { throw Failure("cli.run.no-prompt", ["name": description.name]) }
        let interrupts = Interrupts()
        try await withServing(store: store, settings: compute.settings) { client in
            var session = ChatSession(
                client: client, template: template(description.name), system: system, interrupts: interrupts, showsStatistics: verbose)
            if !first.isEmpty {
                let isWhole = try await session.say(first)
                if !isWhole, !isConversation { throw CancellationError() }
            }
            if isConversation { try await converse(&session, interrupts) }
        }
    }

    private func template(_ name: String) -> GenerationRequest {
        GenerationRequest(
            model: name, prompt: .text(""), sampling: ChatSampling.parameters(temperature: temperature, topP: topP, seed: seed),
            maxTokens: maxTokens)
    }

    /// What is piped in.
    private static func wholeInput() -> String {
        String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Lines in, answers out, until Ctrl-D.
    private func converse(_ session: inout ChatSession, _ interrupts: Interrupts) async throws {
        Terminal.note(Terminal.dim(say("cli.run.hint")))
        let mark = ">>> "
        interrupts.handle { Terminal.write("\n" + say("cli.run.leave-hint") + "\n" + mark) }
        defer { interrupts.handle(nil) }
        var editor = LineEditor(mark: mark, hint: say("cli.run.leave-hint"))
        while let line = await editor.next() {
            let text = line.trimmingCharacters(in: .whitespaces)
            switch text {
            case "": break
            case "/clear":
                session.clear()
                Terminal.note(say("cli.run.cleared"))
            case "/help", "/?": Terminal.note(say("cli.run.help"))
            case "/bye", "/exit", "/quit": return
            default: await answer(text, &session)
            }
        }
        Terminal.write("\n")
    }

    /// A failed answer ends neither the program nor the conversation.
    private func answer(_ text: String, _ session: inout ChatSession) async {
        do { try await session.say(text) } catch { Terminal.note(Failure.text(of: error)) }
    }
}
