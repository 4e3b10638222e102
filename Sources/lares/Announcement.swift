import LaresServing
import ServiceLifecycle

/// Says where Lares listens as soon as it does, and that it is ready once the models for the start are loaded.
struct Announcement: Service {
    private let client: any ModelClient
    private let addresses: AsyncStream<String>
    private let opened: AsyncStream<String>.Continuation

    init(client: any ModelClient) {
        self.client = client
        (addresses, opened) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Connections are accepted at this address from now on.
    func open(_ address: String) { opened.yield(address) }

    func run() async throws {
        // The stream has no end of its own: only the shutdown ends the wait, and a service that ends sooner would end them all.
        await cancelWhenGracefulShutdown {
            for await address in addresses { await announce(address) }
        }
    }

    private func announce(_ address: String) async {
        if await client.status().state == .loading { Terminal.write(say("cli.serve.starting", ["address": address]) + "\n") }
        while await client.status().state == .loading {
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
        }
        if await client.status().state == .ready { Terminal.write(say("cli.serve.ready", ["address": address]) + "\n") }
    }
}
