/// A line that is being typed, and those typed before it.
struct EditedLine: Sendable {
    private(set) var beforeCursor = ""
    private var afterCursor = ""
    private var history: [String] = []
    /// Which line of the history is shown; their number while a new one is typed, which waits in `draft` meanwhile.
    private var place = 0
    private var draft = ""

    var text: String { beforeCursor + afterCursor }

    mutating func press(_ key: Key) {
        switch key {
        case .text(let typed): beforeCursor += typed
        case .left: if let last = beforeCursor.popLast() { afterCursor = String(last) + afterCursor }
        case .right: if !afterCursor.isEmpty { beforeCursor.append(afterCursor.removeFirst()) }
        case .start: (beforeCursor, afterCursor) = ("", text)
        case .end: (beforeCursor, afterCursor) = (text, "")
        case .backspace: _ = beforeCursor.popLast()
        case .delete, .close: afterCursor = String(afterCursor.dropFirst())
        case .eraseBefore: beforeCursor = ""
        case .up: recall(place - 1)
        case .down: recall(place + 1)
        case .enter, .interrupt, .other: break
        }
    }

    private mutating func recall(_ wanted: Int) {
        guard (0...history.count).contains(wanted) else { return }
        if place == history.count { draft = text }
        place = wanted
        (beforeCursor, afterCursor) = (place == history.count ? draft : history[place], "")
    }

    /// Begins a new line; what was typed is kept for the up key when it `isDone`.
    mutating func begin(isDone: Bool) {
        if isDone, !text.isEmpty, text != history.last { history.append(text) }
        (beforeCursor, afterCursor, draft, place) = ("", "", "", history.count)
    }
}
