package import LaresAccess
package import LaresThings

/// Judges what controllers have things do, and writes it down. What is dangerous is done when a person says yes to it, and never by a controller alone.
package struct ControlGuard: Sendable {
    private let home: Home
    private let guardian: HomeGuard
    private let audit: AuditLog
    private let principal: Principal

    /// The guard of a controller by its name.
    package init(home: Home, guardian: HomeGuard, audit: AuditLog, name: String) {
        (self.home, self.guardian, self.audit) = (home, guardian, audit)
        principal = Principal(name: "control:\(name)", roles: [.resident])
    }

    /// Whether the controller may have a thing do something now.
    ///
    /// - Throws: `ThingsError` with `needsConfirmation`; what the audit log throws: then it isn't done.
    package func permit(_ command: ThingCommand) throws {
        let deed = home.deed(command, by: principal, through: .rule, cause: principal.name)
        switch try guardian.judge(deed, .none) {
        case .permitted: try audit.append(.thingSet, subject: command.subject, by: principal)
        case .refused(let reason):
            throw ThingsError(.needsConfirmation, "'\(command.thing)': the policy doesn't let controllers do this: \(reason.rawValue)")
        case .needs:
            _ = try guardian.ask(deed)
            throw ThingsError(.needsConfirmation, "'\(command.thing)': a controller may not do this unasked; a person was asked")
        }
    }
}
