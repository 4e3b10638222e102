import ArgumentParser
import LaresAccess
import LaresServing
import LaresStore

/// What every subcommand takes.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp(say("cli.option.lang"), valueName: "en|zh"))
    var lang: String?

    @Option(help: ArgumentHelp(say("cli.option.home"), valueName: "folder"), completion: .directory)
    var home: String?

    /// The data directory.
    func folder() throws -> LaresHome { try LaresHome(path: home) }

    /// The models of the data directory.
    func store() throws -> ModelStore { try ModelStore(home: folder()) }

    /// The keys of the data directory.
    func keys() throws -> KeyStore { try KeyStore(home: folder()) }
}
