internal import LaresJSON
package import LaresThings
internal import Synchronization

/// Keeps what is published as Observations; what makes none becomes a dead letter with the reason.
package final class SensorThingsIntake: MQTTReceiver {
    let api: SensorThingsAPI
    let messages: SensorThingsMessages
    let root: String
    private let state = Mutex(SensorThingsExchange.Counts())
    /// What stands in front of the topic in a letter's source.
    private static let source = "sensorthings:"

    package init(api: SensorThingsAPI, messages: SensorThingsMessages, root: String) {
        (self.api, self.messages, self.root) = (api, messages, root)
    }

    package var counts: SensorThingsExchange.Counts { state.withLock(\.self) }

    func note(_ change: (inout SensorThingsExchange.Counts) -> Void) { state.withLock { change(&$0) } }

    /// Keeps what messages say, together where that is possible.
    ///
    /// - Throws: ``SensorThingsError`` or `TelemetryError` when it can't be kept now: they come again.
    package func receive(_ received: [MQTTMessage]) throws { try Blocking.wait { try await self.take(received) } }

    package func changed(_ status: MQTTStatus) {}

    package func take(_ received: [MQTTMessage]) async throws {
        var (messages, requests, letters) = ([MQTTMessage](), [SensorThingsRequest](), [DeadLetter]())
        for message in received {
            switch self.messages.incoming(message, root: root) {
            case .nothing: break
            case .observation(let request):
                messages.append(message)
                requests.append(request)
            case .refused(let reason): letters.append(letter(message, reason))
            }
        }
        let answers = await requests.isEmpty ? [] : api.answer(together: requests)
        try check(answers)
        for (message, answer) in zip(messages, answers) {
            if let refused = refused(message, answer) { letters.append(refused) }
        }
        do { try await api.ingest?.letters.add(letters) } catch  where !answers.contains(where: { $0.status < 400 }) {
            throw error
        } catch {
            // What makes Observations would make them again.
        }
        note { [letters] counts in
            counts.taken += answers.count { $0.status < 400 }
            counts.refused += letters.count
            if let last = letters.last { counts.reason = last.fault.message }
        }
    }

    /// Tries a letter again, and gives what still makes no Observation.
    ///
    /// - Throws: `IngestError` when it can't be tried.
    package func replay(_ letter: DeadLetter) async throws -> DeadLetter? {
        let message = MQTTMessage(String(letter.source.dropFirst(Self.source.count)), letter.bytes)
        var rest: DeadLetter?
        switch messages.incoming(message, root: root) {
        case .nothing: throw IngestError(.badRequest, "the letter \(letter.id) makes no Observation on its topic: remove it")
        case .refused(let reason): rest = self.letter(message, reason)
        case .observation(let request):
            let answer = await api.answer(request)
            try check([answer])
            rest = refused(message, answer)
        }
        rest?.tries = letter.tries + 1
        return rest
    }

    private func check(_ answers: [SensorThingsResponse]) throws {
        for answer in answers where answer.status >= 500 {
            throw SensorThingsError(answer.status, answer.json?["message"]?.text ?? "it can't be kept now")
        }
    }

    /// What of a message made no Observation: all of it, or rows of a data array.
    private func refused(_ message: MQTTMessage, _ answer: SensorThingsResponse) -> DeadLetter? {
        guard answer.status < 400 else { return letter(message, answer.json?["message"]?.text ?? "it makes no Observation") }
        guard let results = answer.json?.elements?.map(\.text), let groups = (try? JSON(parsing: message.payload))?.elements else {
            return nil
        }
        var (rest, reason, next) = ([JSON](), String?.none, 0)
        for group in groups {
            guard case .object(var members) = group, let rows = group["dataArray"]?.elements else { continue }
            let failed = rows.indices.filter { next + $0 < results.count && results[next + $0]?.hasPrefix("error: ") == true }
            if let first = failed.first, reason == nil { reason = results[next + first].map { String($0.dropFirst(7)) } }
            next += rows.count
            guard !failed.isEmpty else { continue }
            members["dataArray"] = .array(failed.map { rows[$0] })
            rest.append(.object(members))
        }
        return reason.map { letter(MQTTMessage(message.topic, Array(JSON.array(rest).serialized.utf8)), $0) }
    }

    /// A message is one line, whatever is in it.
    private func letter(_ message: MQTTMessage, _ reason: String) -> DeadLetter {
        DeadLetter(
            time: Timestamp(milliseconds: api.now), tenant: "", source: Self.source + message.topic.prefix(1_000), format: .jsonl,
            precision: .seconds, heading: nil, fault: PointFault(.badObservation, reason), lines: 1, tries: 0, bytes: message.payload)
    }
}
