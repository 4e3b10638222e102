internal import Dispatch
internal import Synchronization

/// Having things do what they are asked.
extension Home {
    /// Has a thing do something, and waits until it says that it did.
    ///
    /// - Returns: What became of it: confirmed, or sent where the thing doesn't report such things.
    /// - Throws: ``ThingsError``: what can't be asked, `unavailable`, `noAnswer` when it didn't do it in time, `broker`.
    @discardableResult
    public func carryOut(_ command: ThingCommand) async throws(ThingsError) -> CommandOutcome {
        let (sending, answers, outcome) = try begin(command)
        var answered = answers.makeAsyncIterator()
        for _ in sending.messages {
            if let fault = await answered.next(), let fault { throw fail(sending.number, fault) }
        }
        guard sending.isConfirmable else { return .sent }
        for await outcome in outcome { return try judge(outcome, command) }
        return .superseded
    }

    /// What becomes of a command, as ``carryOut(_:)`` says or throws it.
    public func outcome(of command: ThingCommand) async -> Result<CommandOutcome, ThingsError> {
        do throws(ThingsError) { return .success(try await carryOut(command)) } catch { return .failure(error) }
    }

    /// Publishes a message as it is.
    ///
    /// - Throws: ``ThingsError`` with `broker`.
    public func publish(_ message: MQTTMessage) async throws(ThingsError) {
        guard let connection = state.withLock(\.connection) else { throw MQTTConnection.away }
        try await connection.publish(message)
    }

    /// Publishes what Lares itself has to say of things, and takes it in as if a device had said it: the broker doesn't send it back. What is announced
    /// below "homeassistant" goes below ``discovery``.
    ///
    /// - Throws: ``ThingsError`` with `broker`; an error of the database.
    public func say(_ own: MQTTMessage) async throws {
        let message = discovery.placing(own)
        try await publish(message)
        // Over MQTT 3.1.1 it does.
        guard status.version == "5.0" else { return }
        // Recording waits for the disk, and no thread of the tasks' may.
        try await withCheckedThrowingContinuation { continuation in
            Self.taking.async { continuation.resume(with: Result { try self.receive([message]) }) }
        }
    }

    private static let taking = DispatchQueue(label: "home.say")

    /// Enters a command and hands its messages over under one lock: of two commands for a door, the one entered last is published last.
    private func begin(
        _ command: ThingCommand
    ) throws(ThingsError) -> (HomeModel.Sending, AsyncStream<ThingsError?>, AsyncStream<CommandOutcome>) {
        let (outcome, continuation) = AsyncStream.makeStream(of: CommandOutcome.self)
        let (answers, answering) = AsyncStream.makeStream(of: ThingsError?.self)
        let now = clock.now
        let result: Result<(HomeModel.Sending, [HomeEvent]), ThingsError> = state.withLock { state in
            do throws(ThingsError) {
                let sending = try state.model.send(command, mayRepeat: !state.setsDangerous(command), at: now)
                if sending.isConfirmable { state.waiting[sending.number] = continuation }
                var told = HomeOutcome()
                state.finish(&told)
                for message in sending.messages {
                    guard let connection = state.connection else {
                        answering.yield(MQTTConnection.away)
                        continue
                    }
                    connection.send(message) { answering.yield($0) }
                }
                return .success((sending, told.events))
            } catch {
                return .failure(error)
            }
        }
        let (sending, events) = try result.get()
        watchers.tell(events)
        return (sending, answers, outcome)
    }

    private func fail(_ number: Int, _ error: ThingsError) -> ThingsError {
        let now = clock.now
        let events = state.withLock { state in
            state.model.fail(number, error, at: now)
            var told = HomeOutcome()
            state.finish(&told)
            return told.events
        }
        watchers.tell(events)
        return error
    }

    private func judge(_ outcome: CommandOutcome, _ command: ThingCommand) throws(ThingsError) -> CommandOutcome {
        switch outcome {
        case .confirmed, .sent, .superseded: return outcome
        case .unanswered:
            let lagging = state.withLock { $0.model.lagging(command) }.map(\.description).joined(separator: "', '")
            throw ThingsError(
                .noAnswer,
                "'\(lagging.isEmpty ? command.thing.description : lagging)' was asked and didn't report that it did it: is it switched on, and in range?"
            )
        case .failed(let error): throw error
        }
    }
}
