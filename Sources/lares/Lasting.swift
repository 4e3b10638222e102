import ServiceLifecycle

/// A service that may be done before it is its turn to shut down.
///
/// The drain, which is told first, ends the answers that take too long; the serving side is then done while the HTTP side still closes, and
/// a group takes a service that ends out of turn for a failure: the program ended with 1.
struct Lasting<Body: Service>: Service {
    let body: Body

    func run() async throws {
        try await body.run()
        try? await gracefulShutdown()
    }
}
