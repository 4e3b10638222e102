internal import AsyncHTTPClient
internal import NIOCore

/// What a server, or the way to it, answers instead of doing what it was asked.
package struct ClickHouseFault: Error, Hashable {
    /// The server's number for it (ClickHouse `ErrorCodes.cpp`); nil: it was not reached, or did not answer.
    let number: Int?
    let text: String
    /// Whether it did not answer in time.
    let isLate: Bool

    /// From the body of an answer: "Code: 252, e.displayText() = DB::Exception: Too many parts …".
    package init(body: String, status: Int) {
        let digits = body.hasPrefix("Code: ") ? body.dropFirst(6).prefix { $0.isNumber } : ""
        isLate = false
        number = Int(digits) ?? (status == 502 || status == 503 || status == 504 ? nil : -status)
        let line = body.prefix { $0 != "\n" }
        text = String((line.firstRange(of: "DB::Exception: ").map { line[$0.upperBound...] } ?? line).prefix(300))
    }

    init(network error: any Error) {
        number = nil
        let late: [HTTPClientError] = [.deadlineExceeded, .readTimeout, .connectTimeout]
        isLate = (error as? HTTPClientError).map(late.contains) ?? false
        switch error {
        case is HTTPClientError where isLate: text = "it did not answer in time"
        case is HTTPClientError: text = "the connection broke: \(error)"
        default: text = "no connection: \(error)"
        }
    }

    /// Whether the same request may do better in a moment, on this server or another one.
    package var isPassing: Bool { number.map { Self.overloaded.contains($0) || Self.unreachable.contains($0) } ?? true }

    /// Whether another server may do better.
    package var isOfThisServer: Bool { number.map { Self.unreachable.contains($0) } ?? true }

    /// Too many parts, simultaneous queries, or too much memory.
    private static let overloaded: Set<Int> = [202, 241, 252]
    /// Timeouts, broken connections between servers, ZooKeeper gone, a read-only replica, too few replicas for a quorum, replicas
    /// that are all behind, an end too early.
    private static let unreachable: Set<Int> = [3, 32, 33, 95, 96, 159, 209, 210, 225, 242, 254, 279, 285, 286, 289, 319, 369, 999, 1000]

    /// What it means to a caller.
    package func error(at address: ClickHouseAddress) -> TelemetryError {
        if number == 243 || text.contains("No space left on device") || text.contains("Cannot reserve") {
            return TelemetryError(
                .noSpace, "a disk of \(address) is full: make room; what was stored is safe, what was not can be sent again")
        }
        guard let number else { return TelemetryError(.unreachable, "\(address) can't be reached, send it again later: \(text)") }
        if Self.overloaded.contains(number) {
            return TelemetryError(.overloaded, "\(address) has too much to do, send it again a little later: \(text)")
        }
        if Self.unreachable.contains(number) {
            return TelemetryError(.unreachable, "a part of \(address) is missing, so an answer would be partial; ask again later: \(text)")
        }
        if [192, 193, 194, 195, 291, 497, 516].contains(number) {
            return TelemetryError(.failed, "\(address) refuses user or password: check both, and the user's rights (\(text))")
        }
        return TelemetryError(.failed, "\(address) can't do it (\(number)): \(text)")
    }
}
