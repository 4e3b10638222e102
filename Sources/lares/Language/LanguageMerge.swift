import ArgumentParser
import Foundation
import LaresLanguage
import LaresServer
import LaresServing
import LaresTensor

struct LanguageMerge: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "merge", abstract: say("cli.language.merge.abstract"), discussion: say("cli.language.merge.discussion"))
    }

    /// What the matrices of a merged model are stored as.
    enum Rounding: String, ExpressibleByArgument, CaseIterable {
        case f16
        case q8_0

        var type: DType { self == .f16 ? .f16 : .q8_0 }
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.language.merge.adapter")), completion: .file())
    var adapter: String

    @Option(help: ArgumentHelp(say("cli.language.merge.base")))
    var base: String?

    @Option(name: .shortAndLong, help: ArgumentHelp(say("cli.language.merged")), completion: .file())
    var output: String

    @Option(help: ArgumentHelp(say("cli.language.merge.type")))
    var type = Rounding.q8_0

    func run() async throws {
        try LearningFiles.check([output])
        let store = try common.store(), (path, base) = try sources(store)
        guard base.kind == .language, base.base == nil else { throw Failure("cli.language.merge.no-model", ["base": base.name.printable]) }
        let contents: GGUFContents
        do {
            contents = try GGUFContents(
                merging: GGUFFile(contentsOf: path), into: GGUFFile(contentsOf: store.file(of: base)), as: type.type)
        } catch let error as GGUFError {
            throw Failure(
                "cli.language.merge.mismatch",
                ["adapter": adapter.printable, "base": base.name.printable, "reason": error.message.printable])
        }
        try contents.write(to: output)
        print(say("cli.language.written", ["file": output.printable]))
    }

    /// Where the adapter is, and the model that it changes: a file needs `--base`, an imported adapter knows its own.
    private func sources(_ store: ModelStore) throws -> (path: String, base: StoredModel) {
        if FileManager.default.fileExists(atPath: adapter) {
            guard let base else { throw Failure("cli.language.merge.no-base", ["adapter": adapter.printable]) }
            return (adapter, try store.find(base))
        }
        let model = try store.find(adapter)
        guard let own = model.base else { throw Failure("cli.language.merge.no-adapter", ["adapter": adapter.printable]) }
        return (try store.file(of: model), try store.find(base ?? own))
    }
}
