import Glibc
import LaresControl
import Testing

/// The other side of a connection, which says what it is told to say, then hangs or hangs up.
private final class Peer: @unchecked Sendable {
    let port: UInt16
    private let listener: Int32
    private var connection: Int32 = -1

    init() {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let handle = listener
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = (bind(handle, $0, length), listen(handle, 1), getsockname(handle, $0, &length))
            }
        }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { _ = (close(listener), close(connection)) }

    func say(_ bytes: [UInt8]) {
        connection = accept(listener, nil, nil)
        _ = send(connection, bytes, bytes.count, 0)
    }

    func hangUp() { _ = shutdown(connection, Int32(SHUT_RDWR)) }
}

@Suite struct TraCISocketTests {
    @Test func aPeerThatHangsIsAnErrorInTime() throws {
        let peer = Peer()
        let socket = try TraCISocket(port: peer.port, patience: 0.2)
        peer.say([0, 0, 0, 20, 1, 2])
        let start = ContinuousClock.now
        let error = #expect(throws: TrafficError.self) { try socket.exchange([0, 0, 0, 4]) }
        #expect(error?.code == .unreachable)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func aPeerThatEndsIsAnError() throws {
        let peer = Peer()
        let socket = try TraCISocket(port: peer.port, patience: 5)
        peer.say([0, 0, 0, 20, 1, 2])
        peer.hangUp()
        let error = #expect(throws: TrafficError.self) { try socket.exchange([0, 0, 0, 4]) }
        #expect(error?.code == .unreachable)
    }

    @Test func aLengthThatLiesIsAnError() throws {
        let peer = Peer()
        let socket = try TraCISocket(port: peer.port, patience: 5)
        peer.say([0x7F, 0xFF, 0xFF, 0xFF, 1, 2])
        let error = #expect(throws: TrafficError.self) { try socket.exchange([0, 0, 0, 4]) }
        #expect(error?.code == .badReply)
    }

    @Test func nobodyListeningIsAnError() {
        #expect(throws: TrafficError.self) { try TraCISocket(port: 1, patience: 1) }
    }
}
