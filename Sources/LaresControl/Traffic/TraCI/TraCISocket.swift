import Glibc

/// A connection that blocks, with an end to its patience: a peer that dies or hangs is an error, never a wait without end.
package final class TraCISocket {
    /// More than any step of a city says, and little enough to be read.
    static let longestMessage = 256 << 20

    private var descriptor: Int32
    private let patience: Double

    /// Connects to a port of this machine.
    /// - Parameter patience: How long one message or reply may take, in seconds.
    package init(port: UInt16, patience: Double) throws(TrafficError) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.patience = patience
        guard descriptor >= 0 else { throw Self.failure("no socket can be opened") }
        var address = sockaddr_in()
        (address.sin_family, address.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0 else {
            let failure = Self.failure("nothing listens on port \(port)")
            close()
            throw failure
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { if descriptor >= 0 { _ = Glibc.close(descriptor) } }

    func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Sends a message and reads the reply, without the length before it.
    package func exchange(_ message: [UInt8]) throws(TrafficError) -> [UInt8] {
        let deadline = Self.now + patience
        var sent = 0
        while sent < message.count {
            try wait(for: Int16(POLLOUT), until: deadline)
            let count = message.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + sent, message.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 { sent += count } else { try check(count) }
        }
        let head = try read(4, until: deadline)
        let length = head.reduce(0) { $0 << 8 | Int($1) } - 4
        guard (0...Self.longestMessage).contains(length) else {
            throw TrafficError(.badReply, "SUMO announces a reply of \(length) bytes; \(Self.longestMessage) are taken")
        }
        return try read(length, until: deadline)
    }

    private func read(_ count: Int, until deadline: Double) throws(TrafficError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: min(max(count, 1), 1 << 20))
        // Grows with what arrives, not with what is announced.
        while bytes.count < count {
            try wait(for: Int16(POLLIN), until: deadline)
            let got = recv(descriptor, &piece, min(piece.count, count - bytes.count), 0)
            guard got != 0 else { throw TrafficError(.unreachable, "SUMO closed the connection: it ended, or was ended") }
            if got > 0 { bytes += piece[..<got] } else { try check(got) }
        }
        return bytes
    }

    private func wait(for events: Int16, until deadline: Double) throws(TrafficError) {
        guard descriptor >= 0 else { throw TrafficError(.unreachable, "the connection to SUMO is closed") }
        var watched = pollfd(fd: descriptor, events: events, revents: 0)
        while true {
            let left = deadline - Self.now
            guard left > 0 else { throw TrafficError(.unreachable, "SUMO didn't answer within \(patience) s") }
            let ready = poll(&watched, 1, Int32(min(left * 1_000, 60_000).rounded(.up)))
            if ready > 0 { return }
            if ready < 0, errno != EINTR { throw Self.failure("the connection to SUMO can't be watched") }
        }
    }

    private func check(_ result: Int) throws(TrafficError) {
        guard result < 0, errno == EINTR || errno == EAGAIN else { throw Self.failure("the connection to SUMO broke") }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func failure(_ what: String) -> TrafficError {
        TrafficError(.unreachable, "\(what): \(String(cString: strerror(errno)))")
    }
}
