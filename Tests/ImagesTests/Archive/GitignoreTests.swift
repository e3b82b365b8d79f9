import Testing

@testable import Images

/// One file's patterns, and what becomes of paths below it.
struct GitignoreTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var patterns: String
        /// A slash at the end marks a folder.
        var out: [String]
        var kept: [String]

        init(_ patterns: String, out: [String] = [], kept: [String] = []) {
            self.patterns = patterns
            self.out = out
            self.kept = kept
        }

        var testDescription: String { patterns.debugDescription }
    }

    private func check(_ row: Row) {
        let rules = GitignoreRules(parsing: Array(row.patterns.utf8))
        func isOut(_ path: String) -> Bool {
            let isFolder = path.hasSuffix("/")
            return rules.leavesOutWithParents(
                Array((isFolder ? String(path.dropLast()) : path).utf8), isFolder: isFolder)
        }
        for path in row.out { #expect(isOut(path), "\(row.patterns.debugDescription) lets \(path) in") }
        for path in row.kept { #expect(!isOut(path), "\(row.patterns.debugDescription) leaves \(path) out") }
    }

    @Test(arguments: [
        Row("a", out: ["a", "x/a", "x/y/a", "a/b", "a/"], kept: ["ab", "b", "x/ba"]),
        Row("/a", out: ["a", "a/b"], kept: ["x/a"]),
        Row("x/a", out: ["x/a"], kept: ["y/x/a", "a"]),
        Row("a/", out: ["a/", "a/b", "x/a/"], kept: ["a", "x/a"]),
        Row("/x/a/", out: ["x/a/", "x/a/b"], kept: ["x/a", "y/x/a/"]),
        Row("", kept: ["a"]), Row("/", kept: ["a", "a/"]), Row("!", kept: ["a"]), Row("//", kept: ["a"]),
    ])
    func `a slash anchors, one at the end means folders`(row: Row) { check(row) }

    @Test(arguments: [
        Row("*.log", out: ["a.log", "x/b.log", ".log"], kept: ["a.log2", "log"]),
        Row("/*.log", out: ["a.log"], kept: ["x/a.log"]),
        Row("x/*.log", out: ["x/a.log"], kept: ["x/y/a.log", "a.log"]),
        Row("a?c", out: ["abc", "x/a-c"], kept: ["ac", "a/c", "abbc"]),
        Row("*", out: ["a", "x/", "x/a"]), Row("a*c", out: ["ac", "abc", "a.b.c"], kept: ["a/c"]),
        Row("*a*", out: ["a", "bab", "x/xa"], kept: ["b"]),
    ])
    func `stars and question marks stay within a name`(row: Row) { check(row) }

    @Test(arguments: [
        Row("**/a", out: ["a", "x/a", "x/y/a"], kept: ["ba"]),
        Row("a/**", out: ["a/b", "a/b/c", "a/b/"], kept: ["a", "a/", "x/a/b"]),
        Row("a/**/b", out: ["a/b", "a/x/b", "a/x/y/b"], kept: ["ab", "a/xb", "x/a/b"]),
        Row("**", out: ["a", "a/b"]), Row("a**", out: ["a", "abc"], kept: ["ba"]),
        Row("a**b", out: ["ab", "axb"], kept: ["a/b"]), Row("x/a**b", out: ["x/ab", "x/azb"], kept: ["x/a/c"]),
        Row("**/x/**", out: ["x/a", "y/x/a"], kept: ["x", "a"]), Row("/**/a", out: ["a", "x/a"]),
    ])
    func `two stars between slashes cross folders`(row: Row) { check(row) }

    @Test(arguments: [
        Row("[ab].c", out: ["a.c", "b.c"], kept: ["c.c", "ab.c"]),
        Row("[a-c]x", out: ["ax", "cx"], kept: ["dx", "-x"]), Row("[!a]x", out: ["bx"], kept: ["ax", "x"]),
        Row("[^a]x", out: ["bx"], kept: ["ax"]), Row("[]a]x", out: ["]x", "ax"], kept: ["bx"]),
        Row("[!]a]x", out: ["bx"], kept: ["]x", "ax"]), Row("[a-]x", out: ["ax", "-x"], kept: ["bx"]),
        Row("[-a]x", out: ["ax", "-x"]), Row("[[:digit:]]x", out: ["1x"], kept: ["ax"]),
        Row("[[:alpha:][:digit:]]x", out: ["1x", "ax", "Zx"], kept: ["-x"]),
        Row("[[:nonsense:]]x", kept: ["nx", "[x"]), Row("[abc", kept: ["a", "[abc"]),
        Row("[\\]]x", out: ["]x"], kept: ["\\x"]), Row("[a\\-c]x", out: ["-x"], kept: ["bx"]),
        Row("x/[^a]b", out: ["x/cb"], kept: ["x/ab"]), Row("a[^b]c", kept: ["a/c"]), Row("[c-a]x", kept: ["bx", "ax"]),
    ])
    func `sets of characters`(row: Row) { check(row) }

    @Test(arguments: [
        Row("#a", kept: ["#a", "a"]), Row("\\#a", out: ["#a"]), Row("\\!a", out: ["!a"], kept: ["a"]),
        Row("a ", out: ["a"], kept: ["a "]), Row("a\\ ", out: ["a "], kept: ["a"]),
        Row("a\\  ", out: ["a "], kept: ["a  "]), Row("a b", out: ["a b"]), Row("   ", kept: [" ", "   "]),
        Row("a\r\nb\r\n", out: ["a", "b"]), Row("\u{FEFF}a", out: ["a"]), Row("a\\*", out: ["a*"], kept: ["ab"]),
        Row("\\a", out: ["a"]), Row("a\\", kept: ["a", "a\\"]), Row("a\\\\", out: ["a\\"]), Row("\ta", kept: ["a"]),
    ])
    func `escapes, spaces and comments`(row: Row) { check(row) }

    @Test(arguments: [
        Row("*.log\n!keep.log", out: ["a.log"], kept: ["keep.log", "x/keep.log"]),
        Row("!keep.log\n*.log", out: ["keep.log"]),
        Row("x/\n!x/a", out: ["x/a", "x/"]), Row("x/*\n!x/a", out: ["x/b"], kept: ["x/a", "x/"]),
        Row("*\n!*/\n!*.c", out: ["a", "x/a"], kept: ["a.c", "x/a.c", "x/"]),
        Row("/*\n!/x", out: ["a"], kept: ["x/", "x/a"]), Row("a\n!a\na", out: ["a"]),
        Row("x\n!x/", out: ["x"], kept: ["x/", "x/a"]), Row("x/**\n!x/y/", out: ["x/a"], kept: ["x/y/"]),
    ])
    func `the last one that matches decides, but nothing comes back below a folder`(row: Row) { check(row) }

    @Test func `names need not be text`() {
        let rules = GitignoreRules(parsing: [0xFF, UInt8(ascii: "*"), 0x0A])
        #expect(rules.leavesOut([0xFF, 0x61], isFolder: false) == true)
        #expect(rules.leavesOut([0xFE, 0x61], isFolder: false) == nil)
    }

    @Test(.timeLimit(.minutes(1))) func `a pattern that was made to take long does not`() {
        let pattern = String(repeating: "*a", count: 300) + "b"
        let rules = GitignoreRules(parsing: Array((pattern + "\n**/" + pattern).utf8))
        #expect(rules.leavesOut([UInt8](repeating: UInt8(ascii: "a"), count: 4000), isFolder: false) == nil)
    }
}
