internal import LaresJSON

/// Makes and removes accounts at the broker that Lares started, while it runs.
public struct BrokerControl: Sendable {
    private let address: BrokerAddress
    /// Seconds that the broker may take for an answer.
    static let patience = 5.0

    private let home: Home?
    private let obstacle: @Sendable () -> String?

    /// - Parameter address: The broker, with the account that makes others.
    public init(_ address: BrokerAddress) { self.init(address, home: nil) { nil } }

    /// - Parameters:
    ///   - address: The broker, with the account that makes others.
    ///   - home: Whose things' commands are Lares' alone.
    ///   - obstacle: Why the broker may not be connected to now; nil: it may.
    init(_ address: BrokerAddress, home: Home?, obstacle: @escaping @Sendable () -> String?) {
        (self.address, self.home, self.obstacle) = (address, home, obstacle)
    }

    /// The accounts of devices, by name.
    ///
    /// - Throws: ``ThingsError`` with `broker` when it doesn't answer.
    public func accounts() async throws(ThingsError) -> [BrokerAccounts.Account] {
        try await standing().map(\.account).sorted { $0.name < $1.name }
    }

    private func standing() async throws(ThingsError) -> [(account: BrokerAccounts.Account, rules: Set<BrokerAccounts.Rule>)] {
        BrokerAccounts.accounts(in: try await ask(BrokerAccounts.list)) ?? []
    }

    /// Has the broker let nobody but Lares publish where the home's things take commands; accounts of an earlier Lares get today's rules too.
    ///
    /// - Throws: ``ThingsError`` with `broker` when it doesn't answer.
    func guardCommands() async throws(ThingsError) {
        guard let home else { return }
        var guarded: GuardedTopics
        repeat {
            guarded = home.guarded
            let changes = BrokerAccounts.changes(try await standing(), guarding: guarded.filters, below: home.discovery)
            for commands in BrokerAccounts.messages(of: changes) { _ = try await ask(commands) }
            // Who changed it meanwhile may have told the broker before this did.
        } while guarded.revision != home.guarded.revision
    }

    /// Makes an account.
    ///
    /// - Returns: Its password, which nobody can read again.
    /// - Throws: ``ThingsError`` with `broker` when there is one of that name, or the broker doesn't answer.
    public func add(_ account: BrokerAccounts.Account) async throws(ThingsError) -> String {
        let password = BrokerFiles.secret()
        _ = try await ask(BrokerAccounts.creation(of: account, password: password, below: home?.discovery ?? .usual))
        try await guardCommands()
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
        settings.largestMessage = 64 << 20
        settings.obstacle = obstacle
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
