import Foundation
import Testing

/// A server that hangs: connections to it are made, by the system, and nobody ever answers.
final class DeafServer: Sendable {
    let port: Int
    private let socket: Int32

    init() throws {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = socket
        let listens = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 100) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        try #require(listens)
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// How many connections were made since this was asked last.
    var callers: Int {
        var count = 0
        while true {
            let caller = accept(socket, nil, nil)
            guard caller >= 0 else { return count }
            _ = Foundation.close(caller)
            count += 1
        }
    }

    func close() { _ = Foundation.close(socket) }
}
