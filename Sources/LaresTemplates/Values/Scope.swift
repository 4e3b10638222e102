/// The names known at one place of a template; what isn't known here is looked for in the scope around it.
///
/// Names are numbered when the template is read, so a look-up compares integers.
final class Scope {
    let parent: Scope?
    private var names: [Int] = []
    private var values: [Value] = []
    private(set) var isCaptured = false

    init(inside parent: Scope?) { self.parent = parent }

    subscript(_ name: Int) -> Value? {
        get {
            var scope: Scope? = self
            while let current = scope {
                if let index = current.names.firstIndex(of: name) { return current.values[index] }
                scope = current.parent
            }
            return nil
        }
        set {
            guard let newValue else { return }
            if let index = names.firstIndex(of: name) {
                values[index] = newValue
            } else {
                names.append(name)
                values.append(newValue)
            }
        }
    }

    func markCaptured() { isCaptured = true }

    func empty() {
        names = []
        values = []
    }
}
