import LaresJSON
import LaresLanguage
import LaresServer

/// What `lares bench` found, as text and as JSON; two of them can be compared.
struct BenchReport {
    let model: String
    let prompt: Int
    let decode: Int
    let parallel: Int
    let runs: [BenchRun]
    let profile: BenchProfile

    private var promptRate: Double { median(runs.map(\.promptRate)) }
    private var decodeRate: Double { median(runs.map(\.decodeRate)) }
    private var firstToken: Double { median(runs.map(\.firstToken)) }

    var json: JSON {
        [
            "model": .string(model), "prompt_tokens": .int(prompt), "decode_tokens": .int(decode), "parallel": .int(parallel),
            "prompt_tokens_per_second": .double(promptRate), "decode_tokens_per_second": .double(decodeRate),
            "time_to_first_token_seconds": .double(firstToken), "profile": profile.json, "runs": .array(runs.map(\.json)),
        ]
    }

    /// The figures, and those of an earlier report beside them.
    func text(comparedWith earlier: JSON?) -> String {
        let head = say(
            "cli.bench.result",
            [
                "name": model, "runs": "\(runs.count)", "prompt": "\(prompt)", "decode": "\(decode)", "parallel": "\(parallel)",
                "promptRate": Amounts.decimal(promptRate, 1), "decodeRate": Amounts.decimal(decodeRate, 1),
                "first": Amounts.decimal(firstToken * 1_000, 1),
            ])
        return ([head, profile.text] + (earlier.map { [comparison($0)] } ?? [])).joined(separator: "\n")
    }

    private func comparison(_ earlier: JSON) -> String {
        func number(_ value: JSON) -> Double? {
            switch value {
            case .int(let value): Double(value)
            case .double(let value): value
            default: nil
            }
        }
        func times(_ now: Double, _ key: String) -> String {
            earlier[key].flatMap(number).map { $0 > 0 ? Amounts.decimal(now / $0, 2) : "–" } ?? "–"
        }
        return say(
            "cli.bench.compared",
            ["prompt": times(promptRate, "prompt_tokens_per_second"), "decode": times(decodeRate, "decode_tokens_per_second")])
    }
}

/// Where the time of a written token goes, and how near the reading of weights comes to what the machine can read.
struct BenchProfile: Sendable {
    /// Seconds of all tokens, by part.
    let times: StepTimes
    let tokens: Int
    /// Bytes of weights that a token reads, and bytes a second that all threads read from memory when they do nothing else.
    let stepBytes: Int
    let readLimit: Double

    private var secondsPerToken: Double { times.total / Double(max(1, tokens)) }
    private var bytesPerSecond: Double { secondsPerToken > 0 ? Double(stepBytes) / secondsPerToken : 0 }

    var json: JSON {
        var parts = JSON.Members()
        for part in StepTimes.Part.allCases { parts.append(part.rawValue, .double(times[part] / Double(max(1, tokens)))) }
        return [
            "seconds_per_token": .object(parts), "weight_bytes_per_token": .int(stepBytes),
            "weight_bytes_per_second": .double(bytesPerSecond), "read_limit_bytes_per_second": .double(readLimit),
        ]
    }

    var text: String {
        var table = TextTable(["", "", ""], numbers: [1])
        for part in StepTimes.Part.allCases {
            let share = times.total > 0 ? times[part] / times.total : 0
            let bar = String(repeating: "█", count: Int((share * 40).rounded()))
            table.add(["  " + say("cli.bench.part.\(part.rawValue)"), Amounts.decimal(share * 100, 1) + " %", bar])
        }
        let title = say("cli.bench.profile", ["time": Amounts.decimal(secondsPerToken * 1_000, 3)])
        let share = readLimit > 0 ? bytesPerSecond / readLimit * 100 : 0
        let limit = say(
            "cli.bench.limit",
            [
                "rate": Amounts.decimal(bytesPerSecond / 1e9, 1), "limit": Amounts.decimal(readLimit / 1e9, 1),
                "share": Amounts.decimal(share, 0),
            ])
        return title + table.text + "\n" + limit
    }
}
