import ArgumentParser
import Foundation
import LaresServer

@main
struct Lares: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "lares", abstract: say("cli.lares.abstract"), discussion: say("cli.lares.discussion"),
            version: LaresServer.version,
            subcommands: [
                Serve.self, Run.self, Pull.self, List.self, Show.self, Alias.self, Remove.self, Import.self, Bench.self, Keys.self,
                LanguageCommand.self, TranslateCommand.self, Things.self, SetThing.self, ScenesCommand.self, HolidaysCommand.self,
                Demo.self, HomeCommand.self, PeopleCommand.self, PolicyCommand.self, AuditCommand.self,
                BrokerCommand.self, Registry.self, Train.self,
                TrainWorker.self, Eval.self, WordsCommand.self, IngestCommand.self,
            ])
    }

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch {
            Failure.leave(error)
        }
    }
}
