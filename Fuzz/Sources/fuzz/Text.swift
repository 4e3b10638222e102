import LaresJSON
import LaresYAML

/// A text of YAML. What is read must be written so that it is read as the same.
func readYAML(_ bytes: [UInt8]) {
    guard let json = try? JSON(parsingYAML: bytes) else { return }
    precondition((try? JSON(parsingYAML: Array(json.yaml.utf8))) == json, "it is written as something else")
}
