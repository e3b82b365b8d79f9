import Loop
import Testing

struct PathPatternTests {
    @Test func `globs mean what a reader of gitignore expects`() {
        let table: [(pattern: String, path: String, matches: Bool)] = [
            ("a/b", "a/b", true), ("a/b", "a/b/c", true), ("a/b", "x/a/b", false), ("/a", "a", true),
            ("/a", "x/a", false),
            ("a", "x/a", true), ("a", "x/a/y", true), ("a", "ab", false), ("*.py", "x/y.py", true),
            ("*.py", "y.pyc", false), ("a/*.py", "a/b.py", true), ("a/*.py", "a/b/c.py", false),
            ("a/**", "a/b/c", true), ("a/**", "a", true), ("a/**/c", "a/c", true), ("a/**/c", "a/x/y/c", true),
            ("a/**/c", "a/x/y", false), ("**", "a/b", true), ("**/c", "c", true), ("**/c", "a/c", true),
            ("a?c", "abc", true), ("a?c", "a/c", false), ("a/../b", "b", false), ("../a", "a", false),
            ("./a/b", "a/b", true), ("a/", "x/a/y", true), ("", "a", false), ("A/b", "a/b", false),
            ("a*b*c", "a1b2c", true), ("*", "a/b", true), ("é", "e\u{301}", true),
        ]
        for (pattern, path, matches) in table {
            #expect(PathPattern(pattern).matches(path) == matches, "\(pattern) \(path)")
        }
        #expect(PathPattern("A/b", ignoresCase: true).matches("a/B"))
    }

    @Test func `a pattern of many stars ends`() {
        let pattern = String(repeating: "**/*a*/", count: 30) + "z"
        #expect(!PathPattern(pattern).matches(String(repeating: "a/", count: 200) + "b"))
    }
}
