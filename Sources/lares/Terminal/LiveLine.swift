import Foundation

/// A line at the end of a terminal that is written over; for work that goes on in one place.
struct LiveLine {
    /// Whether standard error is a terminal: elsewhere nothing can be written over.
    let isLive = Terminal.errorIsTerminal
    private var isShown = false

    /// Shows a text in place of the one before; nothing where there is no terminal.
    mutating func show(_ text: String) {
        guard isLive else { return }
        isShown = true
        FileHandle.standardError.write(Data(("\r\u{1B}[K" + text).utf8))
    }

    /// Takes the line away.
    mutating func finish() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
        isShown = false
    }
}
