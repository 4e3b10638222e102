internal import Foundation
internal import LaresThings

/// Who has it in hand: the book of orders says so, as it does of signals. Whoever takes it over or hands it back there is obeyed as here.
extension EnergyControl {
    /// Seconds for which it keeps what it controls after an hour was decided: longer than to the next.
    private static let lease = 7_200.0

    /// Takes what it controls, or keeps it longer, unless a person has it.
    func claim() {
        // Another one that has it has its own orders; this one's are refused then, and say so.
        _ = try? book.claim(.energy, by: issuer, lease: Self.lease)
    }

    /// Follows what changed hands in the book.
    func lookAtHands() async {
        guard writeHands() else { return }
        let owner: Ownership?
        do { owner = try book.owner(of: .energy) } catch { return note(fault: "store.failed") }
        let person = owner.flatMap { $0.owner.kind == .person ? $0.owner.name : nil }
        guard person != state.mode.takeover.map({ OrderIssuer.person($0.by).name }) else { return }
        let last = (try? book.handovers(limit: 100))?.first { $0.actuator == .energy }
        guard let person else { return end(by: last?.by ?? "lares", reason: last?.reason ?? "", isWritten: true) }
        await begin(EnergyMode.Takeover(by: person, at: clock.now.timeIntervalSince1970, reason: last?.reason ?? ""), nil, nil)
    }

    /// Has the book say what is so here, where it doesn't yet: a take-over of a release without a book, and what couldn't be written.
    ///
    /// - Returns: Whether it does.
    private func writeHands() -> Bool {
        guard state.isInBook != true else { return true }
        if let takeover = state.mode.takeover {
            write(takeover)
        } else if state.isInBook == false {
            writeHandBack(by: "lares", "")
        } else {
            state.isInBook = true
        }
        save()
        return state.isInBook == true
    }

    /// Writes that somebody has it now; what can't be written is so all the same, and is written later.
    func write(_ takeover: EnergyMode.Takeover) {
        claim()
        do {
            try book.takeOver(.energy, by: takeover.by, reason: takeover.reason.isEmpty ? nil : takeover.reason)
            state.isInBook = true
        } catch {
            state.isInBook = false
            note(fault: "store.failed")
        }
    }

    /// Writes that the controller has it again.
    func writeHandBack(by name: String, _ reason: String) {
        do {
            try book.handBack(.energy, by: name, reason: reason.isEmpty ? nil : reason)
            state.isInBook = true
        } catch let error as OrderError where error.code == .owned {
            state.isInBook = true
        } catch {
            state.isInBook = false
            note(fault: "store.failed")
        }
    }
}
