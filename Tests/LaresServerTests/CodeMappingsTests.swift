import LaresServer
import Testing

/// What of a process's memory is code as it is in the file.
struct CodeMappingsTests {
    private func mapping(_ head: String, anonymous: Int) -> String {
        "\(head)\nSize:                  8 kB\nRss:                   8 kB\nAnonymous:             \(anonymous) kB\nVmFlags: rd ex mr mw me\n"
    }

    @Test func codeOfFilesIsFound() {
        let text =
            mapping("55d0c0a00000-55d0c3859000 r-xp 00e00000 fd:01 1234                     /usr/bin/lares", anonymous: 0)
            + mapping("7f0000000000-7f0000001000 r--p 00000000 fd:01 99 /usr/lib/libc.so.6", anonymous: 0)
            + mapping("7f0000001000-7f0000003000 r-xp 00001000 fd:01 99 /usr/lib/lib with spaces.so", anonymous: 0)
        #expect(CodeMappings.unchanged(in: text) == [0x55d0_c0a0_0000..<0x55d0_c385_9000, 0x7f00_0000_1000..<0x7f00_0000_3000])
    }

    @Test(arguments: [
        "7f0000001000-7f0000003000 r-xp 00001000 fd:01 99", "7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0 [vdso]",
        "7f0000001000-7f0000003000 rwxp 00001000 fd:01 99 /usr/lib/a.so", "7f0000001000-7f0000003000 rw-p 00001000 fd:01 99 /usr/lib/a.so",
        "7f0000003000-7f0000001000 r-xp 00001000 fd:01 99 /usr/lib/a.so", "xyz-7f r-xp 0 fd:01 9 /a", "0-0 r-xp 0 fd:01 9 /a", "",
    ])
    func nothingElseIs(head: String) { #expect(CodeMappings.unchanged(in: mapping(head, anonymous: 0)).isEmpty) }

    @Test func whatWasChangedIsLeft() {
        #expect(CodeMappings.unchanged(in: mapping("7f0000001000-7f0000003000 r-xp 00001000 fd:01 99 /a.so", anonymous: 4)).isEmpty)
        #expect(CodeMappings.unchanged(in: "7f0000001000-7f0000003000 r-xp 00001000 fd:01 99 /a.so\n").isEmpty, "it doesn't say")
    }

    @Test func anotherMappingInBetweenTellsOfItself() {
        let text =
            "7f0000001000-7f0000003000 r-xp 00001000 fd:01 99 /a.so\n" + mapping("7f0000003000-7f0000004000 rw-p 0 00:00 0", anonymous: 0)
        #expect(CodeMappings.unchanged(in: text).isEmpty)
    }
}
