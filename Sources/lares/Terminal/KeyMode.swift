import Dispatch
import Foundation
import Synchronization

/// A terminal that can give keys as they are pressed. A signal that ends the program puts it back first.
final class KeyMode: Sendable {
    private let before: termios
    private let endings = Mutex<[any DispatchSourceSignal]>([])

    /// Nil when the terminal can't do it.
    init?() {
        var mode = termios()
        guard ProcessInfo.processInfo.environment["TERM"] ?? "dumb" != "dumb", tcgetattr(STDIN_FILENO, &mode) == 0 else { return nil }
        before = mode
        endings.withLock { $0 = [SIGTERM, SIGHUP].map(handling) }
    }

    func enter() {
        var mode = before
        cfmakeraw(&mode)
        mode.c_oflag |= tcflag_t(OPOST)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
    }

    /// Puts the terminal back.
    func leave() {
        var mode = before
        tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
    }

    /// Waits until the signal is heard: until then it would be lost.
    private func handling(_ number: Int32) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        let isHeard = DispatchSemaphore(value: 0)
        source.setRegistrationHandler { isHeard.signal() }
        source.setEventHandler { [weak self] in
            self?.leave()
            signal(number, SIG_DFL)
            kill(getpid(), number)
        }
        source.activate()
        isHeard.wait()
        return source
    }
}
