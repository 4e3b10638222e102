import ArgumentParser
import LaresServer
import LaresServing

struct AliasVersion: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "alias", abstract: say("cli.registry.alias.abstract"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.registry.model")))
    var model: String

    @Argument(help: ArgumentHelp(say("cli.registry.alias.name")))
    var alias: String

    @Argument(help: ArgumentHelp(say("cli.registry.version")))
    var version: String?

    @Flag(help: ArgumentHelp(say("cli.alias.remove")))
    var remove = false

    @Flag(help: ArgumentHelp(say("cli.registry.new-signature")))
    var newSignature = false

    func validate() throws {
        guard remove == (version == nil) else { throw ValidationError(say("cli.registry.alias.bad-options")) }
    }

    func run() async throws {
        let registry = try common.registry()
        if let version {
            try registry.setAlias(alias, of: model, to: version, newSignature: newSignature)
            let number = try registry.version(of: model, alias).number
            print(say("cli.registry.aliased", ["alias": alias, "name": model, "version": "\(number)"]))
        } else {
            try registry.removeAlias(alias, of: model)
            print(say("cli.alias.removed", ["alias": alias]))
        }
    }
}

struct PromoteVersion: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "promote", abstract: say("cli.registry.promote.abstract"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.registry.model")))
    var model: String

    @Argument(help: ArgumentHelp(say("cli.registry.promote.version")))
    var version: String?

    @Flag(help: ArgumentHelp(say("cli.registry.new-signature")))
    var newSignature = false

    func run() async throws {
        let number = try common.registry().promote(model, to: version, newSignature: newSignature)
        print(say("cli.registry.promoted", ["name": model, "version": "\(number)"]))
    }
}

struct RollBackVersion: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "rollback", abstract: say("cli.registry.rollback.abstract"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.registry.model")))
    var model: String

    func run() async throws {
        let number = try common.registry().rollBack(model)
        print(say("cli.registry.promoted", ["name": model, "version": "\(number)"]))
    }
}

struct TryVersion: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "canary", abstract: say("cli.registry.canary.abstract"), discussion: say("cli.registry.canary.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.registry.model")))
    var model: String

    @Argument(help: ArgumentHelp(say("cli.registry.promote.version")))
    var version: String = RegisteredModel.candidate

    @Option(help: ArgumentHelp(say("cli.registry.canary.percent")))
    var percent: Int?

    @Flag(help: ArgumentHelp(say("cli.registry.canary.shadow")))
    var shadow = false

    @Option(help: ArgumentHelp(say("cli.registry.canary.error-share")))
    var errorShare = 0.05

    @Option(help: ArgumentHelp(say("cli.registry.canary.least")))
    var least = 20

    @Flag(help: ArgumentHelp(say("cli.registry.new-signature")))
    var newSignature = false

    @Flag(help: ArgumentHelp(say("cli.registry.canary.stop")))
    var stop = false

    func run() async throws {
        let registry = try common.registry()
        if stop {
            let isEnded = try registry.endTrial(of: registry.model(model).name)
            return print(say(isEnded ? "cli.registry.canary.stopped" : "cli.registry.canary.none", ["name": model]))
        }
        let share = percent ?? (shadow ? 100 : 10)
        try registry.tryOut(
            version, of: model, shadow ? .shadow : .canary, percent: share, errorShare: errorShare, least: least, newSignature: newSignature
        )
        let number = try registry.version(of: model, version).number
        print(say("cli.registry.trial.\(shadow ? "shadow" : "canary")", ["version": "\(number)", "percent": "\(share)"]))
    }
}

struct RemoveVersion: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "rm", abstract: say("cli.registry.rm.abstract"), aliases: ["remove"])
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.registry.model")))
    var model: String

    @Argument(help: ArgumentHelp(say("cli.registry.rm.version")))
    var version: String?

    func run() async throws {
        let registry = try common.registry()
        let freed = try version.map { try registry.remove(model, version: $0) } ?? registry.remove(model)
        print(say("cli.rm.done", ["name": version.map { "\(model) \($0)" } ?? model, "size": Amounts.bytes(freed)]))
    }
}
