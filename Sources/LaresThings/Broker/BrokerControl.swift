internal import LaresJSON

/// Makes and removes accounts at the broker that Lares started, while it runs.
public struct BrokerControl: Sendable {
    private let address: BrokerAddress
    /// Seconds that the broker may take for an answer.
    static let patience = 5.0

    /// - Parameter address: The broker, with the account of Lares.
    public init(_ address: BrokerAddress) { self.address = address }

    /// The accounts of devices, by name.
    ///
    /// - Throws: ``ThingsError`` with `broker` when it doesn't answer.
    public func accounts() async throws(ThingsError) -> [BrokerAccounts.Account] {
        let answer = try await ask(BrokerAccounts.list)
        return (BrokerAccounts.accounts(in: answer) ?? []).sorted { $0.name < $1.name }
    }

    /// Makes an account.
    ///
    /// - Returns: Its password, which nobody can read again.
    /// - Throws: ``ThingsError`` with `broker` when there is one of that name, or the broker doesn't answer.
    public func add(_ account: BrokerAccounts.Account) async throws(ThingsError) -> String {
        let password = BrokerFiles.secret()
        _ = try await ask(BrokerAccounts.creation(of: account, password: password))
        return password
    }

    /// Removes an account; whoever uses it is disconnected.
    ///
    /// - Throws: ``ThingsError`` with `broker` when there is none of that name, or the broker doesn't answer.
    public func remove(_ name: String) async throws(ThingsError) { _ = try await ask(BrokerAccounts.removal(of: name)) }

    private func ask(_ commands: [JSON]) async throws(ThingsError) -> MQTTMessage {
        let (answers, continuation) = AsyncStream.makeStream(of: MQTTMessage.self)
        let mark = String(UInt64.random(in: .min ... .max), radix: 16), question = BrokerAccounts.message(commands, mark: mark)
        var settings = MQTTSettings(address: address, clientID: "lares-control-\(UInt32.random(in: .min ... .max))")
        settings.sessionSeconds = 0
        let connection = try MQTTConnection(settings, receiver: Questioner(answers: continuation))
        connection.subscribe([BrokerAccounts.topic + "/response"])
        let answer = await withTaskGroup(of: MQTTMessage?.self) { group in
            group.addTask {
                await connection.run()
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(Self.patience))
                return nil
            }
            group.addTask {
                while !Task.isCancelled, connection.status.state != .connected { try? await Task.sleep(for: .milliseconds(5)) }
                connection.send(question)
                for await answer in answers where BrokerAccounts.isAnswer(answer, to: mark) { return answer }
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let answer else {
            throw ThingsError(
                .broker, "the broker doesn't answer: \(connection.status.reason ?? "it took more than \(Int(Self.patience)) s")")
        }
        if let refusal = BrokerAccounts.refusal(in: answer) {
            guard !refusal.hasSuffix("already exists") else {
                throw ThingsError(.badName, "there is an account of this name already: choose another one, or remove it first")
            }
            throw ThingsError(.broker, "the broker refuses: \(refusal)")
        }
        return answer
    }

    /// Waits for the answer.
    private struct Questioner: MQTTReceiver {
        let answers: AsyncStream<MQTTMessage>.Continuation

        func receive(_ messages: [MQTTMessage]) throws {
            for message in messages where message.topic == BrokerAccounts.topic + "/response" { answers.yield(message) }
        }

        func changed(_ status: MQTTStatus) {}
    }
}
