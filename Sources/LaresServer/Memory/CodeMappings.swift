/// Where a process has code of files mapped that it hasn't changed, as the system lists it (proc(5), `smaps`).
package enum CodeMappings {
    /// The addresses of such code. Mappings with pages of their own are left out: those can't be read from the file again.
    package static func unchanged(in smaps: String) -> [Range<UInt>] {
        var (found, open): ([Range<UInt>], Range<UInt>?) = ([], nil)
        for line in smaps.split(separator: "\n") {
            if let range = code(line) {
                open = range
            } else if line.hasPrefix("Anonymous:"), let range = open {
                if line.split(separator: " ").dropFirst().first == "0" { found.append(range) }
                open = nil
            } else if line.first?.isLowercase == true || line.first?.isNumber == true {
                // The first line of another mapping; those that tell of one begin with a capital.
                open = nil
            }
        }
        return found
    }

    /// "55d0c0a00000-55d0c3859000 r-xp 00e00000 fd:01 1234 /usr/bin/lares"
    private static func code(_ line: Substring) -> Range<UInt>? {
        let words = line.split(separator: " ", maxSplits: 5)
        guard words.count == 6, words[1] == "r-xp", words[5].drop(while: { $0 == " " }).hasPrefix("/") else { return nil }
        let ends = words[0].split(separator: "-")
        guard ends.count == 2, let low = UInt(ends[0], radix: 16), let high = UInt(ends[1], radix: 16), low > 0, low < high else {
            return nil
        }
        return low..<high
    }
}
