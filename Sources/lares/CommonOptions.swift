import ArgumentParser
import LaresAccess
import LaresServer
import LaresServing
import LaresStore

/// What every subcommand takes.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp(say("cli.option.lang"), valueName: "en|zh"))
    var lang: String?

    @Option(help: ArgumentHelp(say("cli.option.home"), valueName: "folder"), completion: .directory)
    var home: String?

    func validate() throws {
        if let lang, Language(tag: lang) == nil { throw ValidationError(say("cli.bad-lang", ["lang": lang])) }
    }

    /// The data directory.
    func folder() throws -> LaresHome { try LaresHome(path: home) }

    /// The models of the data directory.
    func store() throws -> ModelStore { try ModelStore(home: folder()) }

    /// The keys of the data directory.
    func keys() throws -> KeyStore { try KeyStore(home: folder()) }
}

/// How many threads compute, for the commands that run a model themselves.
struct ComputeOptions: ParsableArguments {
    @Option(help: ArgumentHelp(say("cli.option.threads")))
    var threads: Int?

    @Flag(help: ArgumentHelp(say("cli.option.exact-head")))
    var exactHead = false

    func validate() throws {
        guard threads.map({ (1...1_024).contains($0) }) ?? true else { throw ValidationError(say("cli.bad-threads")) }
    }

    /// The settings of the serving side as these options have them.
    var settings: ServingSettings {
        var settings = ServingSettings()
        settings.threads = threads
        settings.exactHead = exactHead
        return settings
    }
}
