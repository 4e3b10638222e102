import ArgumentParser
import Foundation
import LaresControl
import LaresForecast
import LaresJSON

/// Batteries of five homes over a year, and a city's requests to them.
struct EvalEnergy: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "energy", abstract: say("cli.eval.energy.abstract"), discussion: say("cli.eval.energy.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.eval.energy.path")), completion: .directory)
    var path: String

    @Option(help: ArgumentHelp(say("cli.eval.energy.days")))
    var flexibilityDays = 120

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func validate() throws {
        guard flexibilityDays == 0 || (30...365).contains(flexibilityDays) else {
            throw ValidationError(say("cli.eval.energy.bad-days"))
        }
    }

    func run() throws {
        let evaluation = try CityLearnEvaluation(contentsOf: path)
        let table = try evaluation.table { name in
            if !json { Terminal.note(say("cli.eval.progress", ["name": name])) }
        }
        let trial = try flexibilityDays == 0 ? nil : evaluation.flexibility(days: flexibilityDays)
        if json {
            let control: JSON = ["control": table.json, "flexibility": trial?.json ?? .null]
            print(control.serialized)
        } else {
            print(table.text)
            if let trial { print("\n" + trial.text) }
        }
    }
}

extension FlexibilityTrial {
    fileprivate var json: JSON {
        .array(
            outcomes.map { outcome in
                [
                    "request": .string(outcome.request.identifier), "asked": .double(outcome.request.change),
                    "offered": .double(outcome.offered),
                    "committed": .double(outcome.committed), "offers": .int(outcome.offers),
                    "delivered": .array(outcome.delivered.map { .double($0) }), "worst_miss": .double(outcome.worstMiss),
                    "worst_miss_of_asked": .double(outcome.worstMissOfAsked),
                ]
            })
    }

    fileprivate var text: String {
        let heads = ["request", "asked", "offered", "committed", "delivered", "miss", "missOfAsked"].map {
            say("cli.eval.energy.column.\($0)")
        }
        var table = TextTable(heads, numbers: Set(1...6))
        for outcome in outcomes {
            table.add([
                outcome.request.identifier, outcome.request.change.fixed(2), outcome.offered.fixed(2), outcome.committed.fixed(2),
                outcome.delivered.map { $0.fixed(2) }.joined(separator: " "), outcome.worstMiss.fixed(3),
                outcome.worstMissOfAsked.fixed(3),
            ])
        }
        let met = outcomes.count { $0.worstMiss <= 0.1 }, asked = outcomes.count { $0.worstMissOfAsked <= 0.1 }
        let covered = outcomes.count(where: \.isCovered)
        return table.text + "\n"
            + say(
                "cli.eval.energy.met", ["met": "\(met)", "asked": "\(asked)", "covered": "\(covered)", "count": "\(outcomes.count)"])
    }
}
