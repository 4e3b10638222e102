extension Words {
    /// What people call who did something: what the machine does itself has words, everybody else a name of their own.
    func who(_ name: String) -> String {
        switch name {
        case "local": callAsFunction("who.local")
        case "control:energy": callAsFunction("who.energy")
        default: name.printable
        }
    }
}
