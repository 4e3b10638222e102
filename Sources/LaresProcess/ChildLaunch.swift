package import class Foundation.FileHandle
package import class Foundation.NSLock
package import class Foundation.Pipe
package import class Foundation.Process

/// One child is started at a time.
///
/// Foundation opens pipes, and the socket by which it hears of a child's end, without having them closed in other children: one that is started in the same
/// moment inherits them, and as long as it lives nobody hears that the first has ended.
package enum ChildLaunch {
    private static let turn = NSLock()

    /// Makes a child's pipes and starts it, while nobody else does.
    package static func alone<T>(_ body: () throws -> T) rethrows -> T {
        turn.lock()
        defer { turn.unlock() }
        return try body()
    }

    /// Starts a child, while nobody else does.
    ///
    /// - Parameter stream: What of it is to be read: its output, or its errors.
    /// - Returns: Where that is read.
    package static func start(_ child: Process, reading stream: ReferenceWritableKeyPath<Process, Any?>) throws -> FileHandle {
        try alone {
            let pipe = Pipe()
            child[keyPath: stream] = pipe
            try child.run()
            return pipe.fileHandleForReading
        }
    }
}
