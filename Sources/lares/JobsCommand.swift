import ArgumentParser
import Foundation
import LaresJSON
import LaresServer
import LaresServing

/// `lares jobs`: trainings that the Lares that runs does beside its work.
struct JobsCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "jobs", abstract: say("cli.jobs.abstract"), discussion: say("cli.jobs.discussion"),
            subcommands: [AllJobs.self, StartJob.self, FollowJob.self, ShowJob.self, CancelJob.self, ResumeJob.self],
            defaultSubcommand: AllJobs.self)
    }
}

struct AllJobs: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: say("cli.jobs.list"), aliases: ["ls"])
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let answer = try await server.connection.ask("GET", "/lares/v1/jobs")
        if json { return print(answer.serialized) }
        let jobs = answer["jobs"]?.elements ?? []
        guard !jobs.isEmpty else { return print(say("cli.jobs.none")) }
        var table = TextTable(["id", "name", "state", "progress", "created"].map { say("cli.jobs.column.\($0)") })
        for job in jobs { table.add(JobLine.row(job)) }
        print(table.text)
    }
}

struct StartJob: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: "start", abstract: say("cli.jobs.start")) }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var limits: JobLimits

    @Argument(help: ArgumentHelp(say("cli.train.recipe")), completion: .file(extensions: ["json"]))
    var recipe: String

    @Option(help: ArgumentHelp(say("cli.train.data"), valueName: "file"), completion: .file())
    var data: String?

    @Flag(help: ArgumentHelp(say("cli.jobs.start.follow")))
    var follow = false

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let order = try Self.order(recipe)
        var body = JSON.Members()
        body.append("recipe", order)
        if let file = data ?? Self.file(of: order, beside: recipe) {
            body.append("data_id", .string(try await send(file, as: TextRecipe.kind(of: order) == nil ? .table : .text)))
        }
        if let limits = limits.json { body.append("limits", limits) }
        let job = try await server.connection.ask("POST", "/lares/v1/jobs", .object(body)), id = job["id"]?.text ?? ""
        if follow { return try await JobLine.follow(id, server.connection, json) }
        print(json ? job.serialized : say("cli.jobs.started", ["id": id]))
    }

    private static func order(_ path: String) throws -> JSON {
        let bytes = Array(try contents(path))
        do throws(JSONError) { return try JSON(parsing: bytes) } catch {
            throw Failure("cli.jobs.unreadable", ["file": path.printable, "reason": error.message])
        }
    }

    /// Sends the data, which the server keeps as a data set: its id.
    private func send(_ file: String, as kind: DataSummary.Kind) async throws -> String {
        let name = ServerConnection.part(URL(filePath: file).lastPathComponent).replacing("&", with: "%26").replacing("+", with: "%2B")
        let bytes = try Self.contents(file)
        let address = "/lares/v1/data?name=\(name)&kind=\(kind.rawValue)"
        let answer = try await server.connection.send("POST", address, Array(bytes), as: "application/octet-stream")
        guard let id = (try JSON(parsing: answer))["id"]?.text else {
            throw Failure("cli.server.refused", ["message": String(decoding: answer.prefix(200), as: UTF8.self).printable])
        }
        return id
    }

    /// The file that a recipe names, as `lares train` finds it: beside the recipe.
    private static func file(of recipe: JSON, beside path: String) -> String? {
        guard let file = recipe["data"]?["file"]?.text else { return nil }
        return file.hasPrefix("/") ? file : URL(filePath: path).deletingLastPathComponent().appending(path: file).path
    }

    private static func contents(_ path: String) throws -> Data {
        do { return try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) } catch {
            throw Failure("cli.jobs.unreadable", ["file": path.printable, "reason": error.localizedDescription.printable])
        }
    }
}

struct FollowJob: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: "follow", abstract: say("cli.jobs.follow")) }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp(say("cli.jobs.id")))
    var job: String

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws { try await JobLine.follow(job, server.connection, json) }
}

struct ShowJob: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: "show", abstract: say("cli.jobs.show")) }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp(say("cli.jobs.id")))
    var job: String

    func run() async throws { print(try await server.connection.ask("GET", JobLine.path(job)).indented) }
}

struct CancelJob: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: "cancel", abstract: say("cli.jobs.cancel")) }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp(say("cli.jobs.id")))
    var job: String

    func run() async throws {
        let before = try await server.connection.ask("GET", JobLine.path(job))["state"]?.text ?? ""
        _ = try await server.connection.ask("DELETE", JobLine.path(job))
        let isOver = !["queued", "running"].contains(before)
        print(say(isOver ? "cli.jobs.removed" : "cli.jobs.cancelled", ["id": job.printable]))
    }
}

struct ResumeJob: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: "resume", abstract: say("cli.jobs.resume")) }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var limits: JobLimits

    @Argument(help: ArgumentHelp(say("cli.jobs.id")))
    var job: String

    func run() async throws {
        let body: JSON? = limits.json.map { ["limits": $0] }
        _ = try await server.connection.ask("POST", JobLine.path(job) + "/resume", body)
        print(say("cli.jobs.resumed", ["id": job.printable]))
    }
}

/// What a job may use; what isn't said stays as it is.
struct JobLimits: ParsableArguments {
    @Option(help: ArgumentHelp(say("cli.train.memory"), valueName: "MB"))
    var memory: Int?

    @Option(help: ArgumentHelp(say("cli.train.disk"), valueName: "MB"))
    var disk: Int?

    @Option(help: ArgumentHelp(say("cli.jobs.seconds")))
    var seconds: Int?

    var json: JSON? {
        var members = JSON.Members()
        for (name, value) in [("memory_mb", memory), ("disk_mb", disk), ("seconds", seconds)] {
            if let value { members.append(name, .int(value)) }
        }
        return memory == nil && disk == nil && seconds == nil ? nil : .object(members)
    }
}

/// Jobs as the command line shows them.
enum JobLine {
    static func path(_ id: String) -> String { "/lares/v1/jobs/" + ServerConnection.part(id) }

    static func row(_ job: JSON) -> [String] {
        let recipe = job["recipe"], name = recipe?["name"]?.text ?? recipe?["data"]?["file"]?.text ?? "–"
        return [
            (job["id"]?.text ?? "").printable, name.printable, state(job), progress(job) ?? "–", ThingText.time(job["created"]),
        ]
    }

    private static func state(_ job: JSON) -> String { say("jobstate.\(job["state"]?.text ?? "queued")") }

    private static func progress(_ job: JSON) -> String? {
        guard let epoch = job["progress"]?["epoch"]?.whole, let epochs = job["progress"]?["epochs"]?.whole else { return nil }
        return "\(epoch)/\(epochs)"
    }

    /// Shows how a job goes until it is over, and what it came to; asked each second, so that a connection that broke does no harm.
    ///
    /// - Throws: ``Failure`` with the job's message when it fails or is cancelled.
    static func follow(_ id: String, _ connection: ServerConnection, _ json: Bool) async throws {
        var line = LiveLine(), last: JSON?
        defer { line.finish() }
        while true {
            let job = try await connection.ask("GET", path(id))
            if json, job != last { print(job.serialized) }
            last = job
            switch job["state"]?.text {
            case "queued"?: line.show(state(job))
            case "running"?: line.show(running(job))
            case "finished"?:
                line.finish()
                if !json { print(finished(job)) }
                return
            default: throw Failure("cli.train.failed", ["message": (job["message"]?.text ?? state(job)).printable])
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private static func running(_ job: JSON) -> String {
        guard let progress = progress(job), let loss = job["progress"]?["loss"]?.number else { return state(job) }
        return "\(state(job))  \(progress)  \(Amounts.decimal(loss, 4))"
    }

    private static func finished(_ job: JSON) -> String {
        let figures = Train.words(job["card"]?["metrics"])
        guard let name = job["recipe"]?["name"]?.text else { return say("cli.jobs.finished", ["metrics": figures]) }
        let isModel = (try? TrainingRecipe(job["recipe"] ?? .null, dataComeAlong: true))?.makesModel ?? false
        return say(isModel ? "cli.jobs.model" : "cli.jobs.published", ["name": name.printable, "metrics": figures])
    }
}
