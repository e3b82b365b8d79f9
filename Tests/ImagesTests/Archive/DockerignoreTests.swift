import Testing

@testable import Images

/// One `.dockerignore`, and what becomes of paths in the context.
struct DockerignoreTests {
    typealias Row = GitignoreTests.Row

    private func check(_ row: Row) {
        let rules = DockerignoreRules(parsing: Array(row.patterns.utf8))
        for path in row.out {
            #expect(rules.leavesOut(Array(path.utf8)), "\(row.patterns.debugDescription) lets \(path) in")
        }
        for path in row.kept {
            #expect(!rules.leavesOut(Array(path.utf8)), "\(row.patterns.debugDescription) leaves \(path) out")
        }
    }

    @Test(arguments: [
        Row("a", out: ["a", "a/b", "a/b/c"], kept: ["x/a", "ab"]), Row("/a", out: ["a", "a/b"], kept: ["x/a"]),
        Row("a/", out: ["a", "a/b"], kept: ["x/a"]), Row("x/a", out: ["x/a", "x/a/b"], kept: ["a", "x"]),
        Row("./a", out: ["a"]), Row("x/../a", out: ["a"], kept: ["x/a"]), Row("a//b", out: ["a/b"]),
        Row("  a  ", out: ["a"]), Row(".", kept: ["a"]), Row("/", kept: ["a"]), Row("", kept: ["a"]),
        Row("../a", kept: ["a"]), Row("\u{FEFF}a", out: ["a"]), Row("a\r\nb\r\n", out: ["a", "b"]),
    ])
    func `every pattern is anchored at the context and means what is below as well`(row: Row) { check(row) }

    @Test(arguments: [
        Row("*", out: ["a", "a/b"]), Row("*.md", out: ["a.md"], kept: ["x/a.md"]),
        Row("*/*.md", out: ["x/a.md"], kept: ["a.md", "x/y/a.md"]), Row("a?", out: ["ab", "aé"], kept: ["a", "abc"]),
        Row("*/a*", out: ["x/a", "x/abc", "x/a/b"], kept: ["a", "x/y/a"]),
        Row("**/a", out: ["a", "x/a", "x/y/a", "x/a/b"], kept: ["ba", "x/ba"]),
        Row("**", out: ["a", "x/y"]), Row("**/*.go", out: ["a.go", "x/y/a.go"], kept: ["a.gox", "go"]),
        Row("a/**", out: ["a/b", "a/b/c"], kept: ["a", "b"]),
        Row("a/**/b", out: ["a/b", "a/x/y/b"], kept: ["ab", "a/c"]),
        Row("**a", out: ["a", "xa", "x/ya", "a/b"], kept: ["ab"]), Row("a**", out: ["a", "abc", "ab/c"], kept: ["ba"]),
        Row("a**b", out: ["ab", "ax/b"], kept: ["axb"]), Row("x/**/y*/z", out: ["x/ya/z", "x/a/b/y/z"], kept: ["x/z"]),
    ])
    func `stars by Docker's rules`(row: Row) { check(row) }

    @Test(arguments: [
        Row("[ab]c", out: ["ac", "bc"], kept: ["cc"]), Row("[a-c]x", out: ["bx"], kept: ["dx"]),
        Row("[^a]x", out: ["bx"], kept: ["ax"]), Row("a.c", out: ["a.c"], kept: ["abc"]),
        Row("a\\*", out: ["a*"], kept: ["ab"]), Row("a+b(c)", out: ["a+b(c)"], kept: ["aab(c)"]),
        Row("#a", kept: ["#a", "a"]), Row("\\#a", out: ["#a"]),
    ])
    func `sets, escapes and comments`(row: Row) { check(row) }

    @Test(arguments: [
        Row("*.md\n!README.md", out: ["a.md"], kept: ["README.md"]),
        Row("*.md\n!README*.md\nREADME-secret.md", out: ["a.md", "README-secret.md"], kept: ["README.md"]),
        Row("x\n!x/a", out: ["x", "x/b"], kept: ["x/a", "x/a/c"]), Row("!a\na", out: ["a"]),
        Row("*\n!src", out: ["a"], kept: ["src", "src/a/b"]), Row("**\n!**/*.c", out: ["a"], kept: ["x/y/a.c"]),
        Row("! a\na", out: ["a"]), Row("a\n! a", kept: ["a"]), Row("a\n!", out: ["a"]),
    ])
    func `the last one that matches decides, and exceptions reach below folders`(row: Row) { check(row) }

    @Test(arguments: ["[a*]", "[a", "a]", "\\dx", "a\\", "a^*", "[b-a]", "[[:alpha:]]", "[a-]"])
    func `what is odd leaves nothing out and lets everything back in`(pattern: String) {
        #expect(!DockerignoreRules(parsing: Array(pattern.utf8)).leavesOut(Array("a".utf8)))
        #expect(!DockerignoreRules(parsing: Array("*\n!\(pattern)".utf8)).leavesOut(Array("z".utf8)))
    }

    @Test(.timeLimit(.minutes(1))) func `a pattern that was made to take long does not`() {
        let rules = DockerignoreRules(parsing: Array((String(repeating: "**/*a", count: 200) + "b").utf8))
        #expect(!rules.leavesOut([UInt8](repeating: UInt8(ascii: "a"), count: 3000)))
    }
}
