import LaresAccess
import Logging

extension AuditLog? {
    /// Writes down who did what. What was done is done: a log that can't be written is a fault for the server's own log, not an answer.
    func note(_ act: AuditAct, _ subject: String, by caller: Caller, _ logger: Logger) {
        do { try self?.append(act, subject: subject, by: caller.principal) } catch {
            logger.error("the audit log can't be written", metadata: ["act": "\(act)", "subject": "\(subject)", "error": "\(error)"])
        }
    }
}
