/// The names known at one place of a template; what isn't known here is looked for in the scope around it.
///
/// Names are numbered when the template is read, so a look-up compares integers.
final class Scope {
    let parent: Scope?
    private var names: [Int] = []
    private var values: [Value] = []
    private(set) var isCaptured = false

    init(inside parent: Scope?) { self.parent = parent }

    /// The value of a name, looked for from here outwards; long searches are paid for.
    func find(_ name: Int, _ render: Render) throws -> Value? {
        var scope: Scope? = self
        var passed = 0
        while let current = scope {
            let index = current.names.firstIndex(of: name)
            passed += index ?? current.names.count
            if let index {
                try render.spend(passed / 64)
                return current.values[index]
            }
            scope = current.parent
        }
        try render.spend(passed / 64)
        return nil
    }

    /// Gives a name its value here.
    func set(_ name: Int, _ value: Value) {
        if let index = names.firstIndex(of: name) {
            values[index] = value
        } else {
            names.append(name)
            values.append(value)
        }
    }

    func markCaptured() { isCaptured = true }

    func empty() {
        names = []
        values = []
    }
}
