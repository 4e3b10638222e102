import ArgumentParser

@main
struct Lares: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lares", abstract: "AI models as a service for the places people live in.")
}
