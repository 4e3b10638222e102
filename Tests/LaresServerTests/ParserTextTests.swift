import LaresServer
import Testing

/// The argument parser speaks the reader's language.
struct ParserTextTests {
    private let chinese = ParserText(Words(.chinese))

    @Test func englishStaysAsItIs() {
        let text = "Error: Missing expected argument '<thing>'\nUsage: lares set <thing>"
        #expect(ParserText(Words(.english))(text) == text)
    }

    @Test(arguments: [
        ("Error: Missing expected argument '<thing>'", "错误：缺少参数“<thing>”"),
        ("Error: Unknown option '--jsn'. Did you mean '--json'?", "错误：没有选项“--jsn”。您是否想输入“--json”？"),
        ("Error: Unknown option '--x'", "错误：没有选项“--x”"), ("Error: Unexpected argument 'it's'", "错误：多余的参数“it's”"),
        ("Error: The value 'x' is invalid for '--port <port>'", "错误：值“x”不能用于“--port <port>”"),
        ("  See 'lares set --help' for more information.", "  详情请见“lares set --help”。"),
        ("USAGE: lares set <thing>", "用法：lares set <thing>"), ("OPTIONS:", "选项："),
        ("  -h, --help              Show help information.", "  -h, --help              显示帮助。"),
        ("  lamp's 'name' stays", "  lamp's 'name' stays"),
    ])
    func whatTheParserSaysIsInChinese(english: String, text: String) { #expect(chinese(english) == text) }

    @Test func linesStayLines() {
        #expect(chinese("OVERVIEW: a\n\nUSAGE: b\n\nOPTIONS:\n  c").split(separator: "\n", omittingEmptySubsequences: false).count == 6)
    }
}
