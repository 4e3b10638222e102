import HTTPTypes
import Hummingbird
import LaresJSON
import LaresThings

/// A page of the home as it changes: parts that read differently are sent a few milliseconds after a thing reported.
struct HomeFeed {
    /// What a page reads: its sentence, and its parts by the ids of their elements.
    typealias Reading = @Sendable () throws -> (sentence: String, parts: [(id: String, html: String)])

    let console: Console
    let home: Home
    /// Something besides things that the page reads, looked at once a second; nil: nothing.
    var watched: (@Sendable () -> String)?
    /// What happens within this time is one event of the page.
    private static let pause = Duration.milliseconds(20)
    /// Times that are told in words ("3 min ago") are looked at again this often.
    private static let patience = Duration.seconds(20)

    func answer(_ request: Request, _ context: LaresContext, _ read: @escaping Reading) async throws -> Response {
        let presence = await context.channel.clientPresence()
        let happening = home.events()
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: .init { body in
                var writer = TextWriter(body)
                var known: [String: String] = [:]
                try await Self.follow(happening, watched, until: presence) {
                    let (sentence, parts) = try read()
                    let fresh = parts.filter { known[$0.id] != $0.html }
                    guard !fresh.isEmpty || known[""] != sentence else { return try await writer.send(": still here\n\n") }
                    known[""] = sentence
                    var members = JSON.Members()
                    for (id, html) in fresh {
                        known[id] = html
                        members.append(id, .string(html))
                    }
                    let event: JSON = ["sentence": .string(sentence), "parts": .object(members)]
                    try await writer.send("retry: 2000\ndata: \(event.serialized)\n\n")
                }
                try await writer.finish()
            })
    }

    /// Runs `step` now, whenever something happened, and now and then, until the client has left or the server goes down.
    private static func follow(
        _ happening: AsyncStream<HomeEvent>, _ watched: (@Sendable () -> String)?, until presence: ClientPresence,
        _ step: () async throws -> Void
    ) async throws {
        let (ticks, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await presence.waitUntilGone()
                continuation.finish()
            }
            group.addTask {
                for await _ in happening { continuation.yield() }
                continuation.finish()
            }
            group.addTask {
                while !Task.isCancelled {
                    continuation.yield()
                    try await Task.sleep(for: patience)
                }
            }
            group.addTask {
                var last = watched?()
                while let watched {
                    try await Task.sleep(for: .seconds(1))
                    let now = watched()
                    if now != last { continuation.yield() }
                    last = now
                }
            }
            for await _ in ticks {
                try await step()
                try await Task.sleep(for: pause)
            }
            group.cancelAll()
        }
    }
}
