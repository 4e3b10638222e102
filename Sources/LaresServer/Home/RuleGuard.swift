package import LaresAccess
package import LaresPlaces
package import LaresThings

/// Judges what rules have things do, and writes it down. What is dangerous is done by a rule that was trusted, or when a person says yes to it.
package struct RuleGuard: Sendable {
    private let home: Home
    private let guardian: HomeGuard
    private let audit: AuditLog

    /// The guard of a home's rules.
    package init(home: Home, guardian: HomeGuard, audit: AuditLog) { (self.home, self.guardian, self.audit) = (home, guardian, audit) }

    /// Whether a rule may have a thing do something now.
    ///
    /// - Throws: `ThingsError` with `needsConfirmation`; what the audit log throws: then it isn't done.
    package func permit(_ rule: RuleID, _ command: ThingCommand, isTrusted: Bool) throws {
        let principal = Principal(name: "rule:\(rule)", roles: [.resident])
        let deed = home.deed(command, by: principal, through: .rule, cause: "rule:\(rule)")
        switch try guardian.judge(deed, isTrusted ? .standing(by: "rule:\(rule)") : .none) {
        case .permitted: try audit.append(.thingSet, subject: command.subject, by: principal)
        case .refused(let reason):
            throw ThingsError(.needsConfirmation, "'\(command.thing)': the policy doesn't let rules do this: \(reason.rawValue)")
        case .needs:
            _ = try guardian.ask(deed)
            throw ThingsError(
                .needsConfirmation,
                "'\(command.thing)': this rule may not do this unasked, or not for who started it; a person was asked. Save it again with \"trusted\": true if it may"
            )
        }
    }
}
