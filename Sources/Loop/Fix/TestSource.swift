/// Which files are tests, and what in them is one: by the conventions of the languages that services are written in.
enum TestSource {
    private static let folders: Set<String> = [
        "test", "tests", "__tests__", "spec", "specs", "e2e", "testing", "testdata", "cypress", "playwright",
    ]
    private static let names = [
        "test_*", "*_test.*", "*_tests.*", "*.test.*", "*.spec.*", "*_spec.*", "*Test.*", "*Tests.*", "*Spec.*",
        "*IT.java", "conftest.py", "*.feature", "*.bats",
    ].map { PathPattern($0) }

    static func isTest(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map(String.init)
        return isNamedAsTest(path) || parts.dropLast().contains(where: isFolderOfTests)
    }

    /// By its own name, wherever it is: what a program that collects tests looks at.
    static func isNamedAsTest(_ path: String) -> Bool {
        path.split(separator: "/").last.map { name in names.contains { $0.matches(String(name)) } } ?? false
    }

    /// By its own name, or in a folder that holds nothing but tests and what they need.
    static func isSurelyTest(_ path: String) -> Bool {
        isNamedAsTest(path)
            || path.split(separator: "/").dropLast().contains { name in
                isFolderOfTests(String(name)) && !["spec", "specs", "testing"].contains(name.lowercased())
            }
    }

    /// A folder whose own name says that tests are in it.
    static func isTestFolder(_ path: String) -> Bool {
        path.split(separator: "/").last.map { isFolderOfTests(String($0)) } ?? false
    }

    private static func isFolderOfTests(_ name: String) -> Bool {
        folders.contains(name.lowercased()) || name.hasSuffix("Tests")
    }

    /// A line that begins a test.
    static func isDeclaration(_ line: String, in path: String) -> Bool {
        let text = line.trimmingSpaces
        guard LineRules.isProgram(text, in: path) else { return false }
        return declarations.contains { text.hasPrefix($0) } || called.contains { LineRules.hasCall($0, in: text) }
    }

    private static let declarations = [
        "def test", "async def test", "class Test", "func Test", "func Benchmark", "func Fuzz", "func test", "@Test",
        "@ParameterizedTest", "@pytest.mark.parametrize", "#[test]", "#[tokio::test", "[Fact]", "[Theory]", "[Test]",
        "[TestMethod]", "[TestCase", "TEST(", "TEST_F(", "TEST_P(", "Scenario:", "Scenario Outline:",
        "public function test", "- id:",
    ]
    private static let called = ["it", "test", "describe", "specify", "scenario"]

    static func isAssertion(_ line: String, in path: String) -> Bool {
        let text = line.trimmingSpaces
        guard LineRules.isProgram(text, in: path) else { return false }
        // Node's `require("x")` imports.
        if ["require(\"", "require('"].contains(where: text.contains) { return false }
        return text.hasPrefix("assert ")
            || ["assert", "expect", "require", "XCTAssert", "Assert."].contains {
                text.contains("\($0)(") || text.contains("\($0).") || text.contains("#\($0)(")
            } || text.contains("self.assert") || text.contains("assertThat") || text.contains("t.Error")
            || text.contains("t.Fatal") || text.contains("assert_") || text.contains("assertEquals")
    }
}

// MARK: - Moves

extension TestSource {
    /// Whether what was collected as a test still is after its move: the name fits a pattern that the old one fitted, and
    /// the file stays in its folder, or in its folder of tests.
    static func isStillCollected(_ old: String, at new: String) -> Bool {
        guard fitsName(of: old, new) else { return false }
        let parts = old.split(separator: "/").map(String.init).dropLast()
        let last = parts.firstIndex(where: isFolderOfTests).map { $0 + 1 } ?? parts.endIndex
        let now = new.split(separator: "/").map(String.init).dropLast()
        guard now.starts(with: parts[..<last]) else { return false }
        // Runners pass by folders of these names: pytest's `norecursedirs`, Go's `testdata`, `_x` and `.x`.
        return !now.dropFirst(last).contains { part in
            passedBy.contains(part) || part.hasPrefix(".") || part.hasPrefix("_") && !part.hasPrefix("__test")
        }
    }

    /// Whether a name is collected by whoever collects the old one.
    static func fitsName(of old: String, _ new: String) -> Bool {
        guard let was = old.split(separator: "/").last.map(String.init),
            let now = new.split(separator: "/").last.map(String.init), ending(was) == ending(now),
            now.hasPrefix("_") == was.hasPrefix("_"), now.hasPrefix(".") == was.hasPrefix(".")
        else { return false }
        // Go builds `x_windows_test.go` on Windows only.
        let system = "_" + (now.split(separator: "_").dropLast().last ?? "")
        if now.hasSuffix("_test.go"), systems.contains(system), !was.contains(system + "_test.go") { return false }
        let fitted = names.filter { $0.matches(was) }
        return fitted.isEmpty || fitted.contains { $0.matches(now) }
    }

    private static func ending(_ name: String) -> Substring {
        name.lastIndex(of: ".").map { name[$0...] } ?? ""
    }

    private static let passedBy: Set<String> = ["testdata", "node_modules", "build", "dist", "venv", "CVS"]
    private static let systems: Set<String> = [
        "_windows", "_plan9", "_js", "_wasm", "_darwin", "_linux", "_freebsd", "_netbsd", "_openbsd", "_solaris",
        "_aix",
        "_android", "_ios", "_wasip1", "_amd64", "_arm64", "_386", "_arm", "_ppc64", "_riscv64", "_s390x",
    ]
}

extension String {
    var trimmingSpaces: String {
        let spaces: Set<Character> = [" ", "\t", "\r", "\r\n", "\n"]
        guard let first = firstIndex(where: { !spaces.contains($0) }),
            let last = lastIndex(where: { !spaces.contains($0) })
        else { return "" }
        return String(self[first...last])
    }
}
