/// The names of the four options by which one property is reported and set.
struct OptionKeys {
    var state: String
    var stateTemplates: [String]
    var command: String
    var commandTemplate: String

    /// The pattern most follow: "mode_state_topic", "mode_state_template" or "mode_value_template", "mode_command_topic", "mode_command_template".
    init(_ stem: String, fallback: [String] = []) {
        self.init(
            state: "\(stem)_state_topic", ["\(stem)_state_template", "\(stem)_value_template"] + fallback, command: "\(stem)_command_topic",
            "\(stem)_command_template")
    }

    /// Any names.
    init(state: String, _ stateTemplates: [String], command: String = "", _ commandTemplate: String = "") {
        (self.state, self.stateTemplates, self.command, self.commandTemplate) = (state, stateTemplates, command, commandTemplate)
    }

    /// What a component mainly is.
    static let main = OptionKeys(
        state: "state_topic", ["state_value_template", "value_template"], command: "command_topic", "command_template")
}
