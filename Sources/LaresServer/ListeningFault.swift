import Foundation
import NIOCore

/// Why the system would not let the server listen.
public enum ListeningFault: String, Sendable, Hashable {
    /// Another program listens there (`EADDRINUSE`).
    case inUse = "port-taken"
    /// The port belongs to the system: below 1,024 it takes more rights (`EACCES`, `EPERM`).
    case forbidden = "port-forbidden"
    /// No interface of this machine has the address, or nobody knows the name (`EADDRNOTAVAIL`).
    case notHere = "not-here"

    /// The fault behind an error of the start; nil when it is another.
    public init?(_ error: any Error) {
        if error is SocketAddressError.UnknownHost {
            self = .notHere
            return
        }
        guard let error = error as? IOError else { return nil }
        switch error.errnoCode {
        case EADDRINUSE: self = .inUse
        case EACCES, EPERM: self = .forbidden
        case EADDRNOTAVAIL: self = .notHere
        default: return nil
        }
    }
}
