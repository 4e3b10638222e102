/// Ends the program, and says why, when its code asks for what can't be: shapes that don't fit, sizes below nothing.
///
/// `precondition` is silent in an optimised build, and whoever writes a network wants to know which shapes met.
@inline(__always) package func demand(
    _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
    if !condition { fatalError(message(), file: file, line: line) }
}
