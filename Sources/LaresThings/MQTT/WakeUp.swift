internal import CMosquitto
import Glibc

/// Wakes a thread that waits in `poll`.
final class WakeUp: Sendable {
    /// Readable when someone called ``wake()`` since the last ``clear()``.
    let descriptor: Int32

    /// Nil when the system has no more descriptors.
    init?() {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else { return nil }
    }

    func wake() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    /// Waits for the other descriptor, for a call, or for so many milliseconds.
    /// - Returns: Which of reading and writing the other one is ready for.
    func wait(with other: Int32, toWrite: Bool, milliseconds: Int32) -> (canRead: Bool, canWrite: Bool) {
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(toWrite ? POLLIN | POLLOUT : POLLIN), revents: 0),
        ]
        guard poll(&descriptors, other >= 0 ? 2 : 1, milliseconds) > 0 else { return (false, false) }
        if descriptors[0].revents != 0 { clear() }
        let events = Int32(descriptors[1].revents)
        return (events & (POLLIN | POLLERR | POLLHUP) != 0, events & POLLOUT != 0)
    }

    deinit { close(descriptor) }
}
