import Foundation

/// Reads lines from a terminal, with the keys people edit lines with.
struct LineEditor: Sendable {
    private let mark: String
    private let hint: String
    private var mode: KeyMode?
    private var line = EditedLine()
    /// How many rows the cursor stands below the mark.
    private var row = 0

    /// - Parameters:
    ///   - mark: What stands before the line.
    ///   - hint: What Ctrl-C says.
    init(mark: String, hint: String) { (self.mark, self.hint) = (mark, hint) }

    /// The next line; nil after Ctrl-D. Reading waits in a thread of its own, never in a task.
    mutating func next() async -> String? {
        let line: String?
        (line, self) = await withCheckedContinuation { [self] continuation in
            Thread.detachNewThread {
                var editor = self
                continuation.resume(returning: (editor.read(), editor))
            }
        }
        return line
    }

    private mutating func read() -> String? {
        mode = mode ?? KeyMode()
        guard let mode else {
            Terminal.write(mark)
            return readLine()
        }
        mode.enter()
        defer { mode.leave() }
        draw()
        while let key = Key(Terminal.byte) {
            switch key {
            case .enter: return finish("\n", isDone: true)
            case .close where line.text.isEmpty: return nil
            case .interrupt: _ = finish("\n\(hint)\n", isDone: false)
            default: line.press(key)
            }
            draw()
        }
        return nil
    }

    /// Leaves the line as it stands, with the cursor behind it.
    private mutating func finish(_ end: String, isDone: Bool) -> String {
        line.press(.end)
        draw()
        let text = line.text
        Terminal.write(end)
        line.begin(isDone: isDone)
        row = 0
        return text
    }

    /// Draws the line anew, over as many rows as it takes.
    private mutating func draw() {
        let (cursor, end) = (place(after: mark + line.beforeCursor), place(after: mark + line.text))
        func up(_ rows: Int) -> String { rows > 0 ? "\u{1B}[\(rows)A" : "" }
        let wrap = end.row > 0 && end.column == 0 ? "\n" : ""  // a terminal waits at the end of a full row
        Terminal.write(up(row) + "\r\u{1B}[J" + mark + line.text + wrap + up(end.row - cursor.row) + "\u{1B}[\(cursor.column + 1)G")
        row = cursor.row
    }

    /// Where the cursor is after a text; a wide character that has no room begins the next row.
    private func place(after text: String) -> (row: Int, column: Int) {
        let width = max(2, Terminal.width)
        let (row, column) = text.unicodeScalars.reduce((0, 0)) { place, scalar in
            place.1 + scalar.columns > width ? (place.0 + 1, scalar.columns) : (place.0, place.1 + scalar.columns)
        }
        return column == width ? (row + 1, 0) : (row, column)
    }
}
