package import LaresAccess
package import LaresJSON
package import LaresThings

/// Judges commands that waited, when they are due, and writes it down.
package struct DelayedGuard: Sendable {
    private let home: Home
    private let guardian: HomeGuard
    private let audit: AuditLog

    /// What is dangerous waits for a day at most: nobody knows what a door is for in a year.
    static let longestDanger = 86_400.0

    /// The guard of a home's delayed commands.
    package init(home: Home, guardian: HomeGuard, audit: AuditLog) { (self.home, self.guardian, self.audit) = (home, guardian, audit) }

    /// Whether a command may still be carried out.
    ///
    /// - Throws: `ThingsError` with `needsConfirmation`; what the audit log throws: then it isn't done.
    package func permit(_ command: ThingCommand, _ kept: JSON) throws {
        guard let pledge = Pledge(kept) else {
            throw ThingsError(.needsConfirmation, "nobody knows any more who wanted this: ask for it again")
        }
        switch try guardian.judge(pledge, { home.deed(command, by: $0, through: pledge.path, cause: "delayed") }) {
        case .permitted(let permit): try audit.append(.thingSet, subject: command.subject, by: permit.deed.principal)
        case .refused(let reason):
            throw ThingsError(.needsConfirmation, "'\(command.cause.name)' may not have this done any more: \(reason.rawValue)")
        case .needs(let need):
            let wanted = need == .pin ? "PIN" : "confirmation"
            throw ThingsError(.needsConfirmation, "this needs a \(wanted) now that wasn't given: ask for it again")
        }
    }
}
