/// The path of a picture through points in whole units, each told by its distance from the one before: less than half of the bytes.
package struct CompactPath: Sendable {
    package private(set) var text = ""
    private var x = 0, y = 0
    private var isOpen = false

    package init() {}

    /// Begins a line.
    package mutating func move(_ x: Int, _ y: Int) {
        text += "M\(x) \(y)"
        (self.x, self.y, isOpen) = (x, y, false)
    }

    /// Goes on to a point.
    package mutating func line(_ x: Int, _ y: Int) {
        let (right, down) = (x - self.x, y - self.y)
        text += isOpen ? (right < 0 ? "\(right)" : " \(right)") : "l\(right)"
        text += down < 0 ? "\(down)" : " \(down)"
        (self.x, self.y, isOpen) = (x, y, true)
    }

    /// Ends an area.
    package mutating func close() {
        text += "z"
        isOpen = false
    }

    /// A line of one point is a dot.
    package mutating func dot() { text += "h0" }
}
