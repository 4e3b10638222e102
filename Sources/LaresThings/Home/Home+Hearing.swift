/// How others of Lares follow a home.
extension Home {
    /// Hears what happens until the task is cancelled. Who falls behind has lost some of it, and begins again with what is known.
    ///
    ///     let first = home.events()
    ///     begin()
    ///     await home.hear(from: first, again: begin, take)
    ///
    /// - Parameters:
    ///   - first: The events from before the first look at what is known.
    ///   - again: Looks at what is known.
    ///   - take: Takes in an event; both run where the caller does.
    public func hear(from first: AsyncStream<HomeEvent>, again: () -> Void, _ take: (HomeEvent) -> Void) async {
        var events = first
        while true {
            for await event in events { take(event) }
            guard !Task.isCancelled else { return }
            events = self.events()
            again()
        }
    }
}
