import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// Why a server could not be talked to, in words for people; what the libraries call it is for programmers.
package enum WebFault: Sendable {
    case noConnection
    case tls
    case timeout
    case other

    /// Sorts an error of the client; nil is an address nobody could be tried at.
    package init(_ error: (any Error)?) {
        switch error {
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self = .tls
        case let error as HTTPClientError: self = Self.fault(of: error)
        case let error as ChannelError: if case .connectTimeout = error { self = .timeout } else { self = .noConnection }
        case nil, is NIOConnectionError, is IOError: self = .noConnection
        default: self = .other
        }
    }

    private static func fault(of error: HTTPClientError) -> WebFault {
        switch error {
        case .tlsHandshakeTimeout: .tls
        case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded: .timeout
        case .remoteConnectionClosed, .getConnectionFromPoolTimeout: .noConnection
        default: .other
        }
    }

    /// Why `host` could not be asked, and what to do.
    package func sentence(about host: String) -> String {
        switch self {
        case .noConnection: "no connection to \(host) can be made: is the network up, and the server running? Try again later"
        case .tls: "\(host) can't prove that it is \(host) (TLS failed): check the address, and this machine's clock and certificates"
        case .timeout: "\(host) does not answer in time: try again later"
        case .other: "\(host) answers with something that is not HTTP: check the address"
        }
    }

    /// What happened in the middle of an answer.
    package func whileReading(_ host: String) -> String {
        if case .timeout = self { "\(host) stopped sending" } else { "the connection to \(host) broke" }
    }
}
