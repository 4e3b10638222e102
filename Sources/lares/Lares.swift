import ArgumentParser
import Foundation
import LaresServer

@main
struct Lares: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "lares", abstract: say("cli.lares.abstract"), discussion: say("cli.lares.discussion"),
            version: LaresServer.version,
            subcommands: [TrainWorker.self],
            groupedSubcommands: [
                group(
                    "models",
                    [Serve.self, Run.self, Pull.self, List.self, Show.self, Alias.self, Remove.self, Import.self, Bench.self, Keys.self]),
                group(
                    "learning",
                    [
                        Train.self, JobsCommand.self, Registry.self, WordsCommand.self, TranslateCommand.self, LanguageCommand.self,
                        Eval.self,
                    ]),
                group(
                    "home",
                    [
                        Demo.self, Things.self, SetThing.self, GroupsCommand.self, AreasCommand.self, FloorsCommand.self,
                        ScenesCommand.self, RulesCommand.self, TimersCommand.self, HolidaysCommand.self, PeopleCommand.self,
                        PolicyCommand.self, AuditCommand.self, BrokerCommand.self, ZigbeeCommand.self, HomeCommand.self,
                        EnergyCommand.self,
                    ]),
                group(
                    "city",
                    [
                        IngestCommand.self, TrafficCommand.self, OrdersCommand.self, ZonesCommand.self, DevicesCommand.self,
                        FlexibilityCommand.self,
                    ]),
            ])
    }

    private static func group(_ name: String, _ commands: [any ParsableCommand.Type]) -> CommandGroup {
        CommandGroup(name: say("cli.lares.\(name)"), subcommands: commands)
    }

    static func main() async {
        Heap.shareArenas()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch {
            Failure.leave(error)
        }
    }
}
