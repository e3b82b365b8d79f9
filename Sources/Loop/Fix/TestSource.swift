/// Which files are tests, and what in them is one: by the conventions of the languages that services are written in.
enum TestSource {
    private static let folders: Set<String> = [
        "test", "tests", "__tests__", "spec", "specs", "e2e", "testing", "testdata", "cypress", "playwright",
    ]
    private static let names = [
        "test_*", "*_test.*", "*_tests.*", "*.test.*", "*.spec.*", "*_spec.*", "*Test.*", "*Tests.*", "*Spec.*",
        "*IT.java", "conftest.py", "*.feature",
    ].map { PathPattern($0) }

    static func isTest(_ path: String) -> Bool {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last else { return false }
        return parts.dropLast().contains { folders.contains($0.lowercased()) || $0.hasSuffix("Tests") }
            || names.contains { $0.matches(name) }
    }

    /// A line that begins a test.
    static func isDeclaration(_ line: String) -> Bool {
        let text = line.trimmingSpaces
        guard !LineRules.isComment(text) else { return false }
        return declarations.contains { text.hasPrefix($0) } || called.contains { LineRules.hasCall($0, in: text) }
    }

    private static let declarations = [
        "def test", "async def test", "class Test", "func Test", "func Benchmark", "func Fuzz", "func test", "@Test",
        "@ParameterizedTest", "@pytest.mark.parametrize", "#[test]", "#[tokio::test", "[Fact]", "[Theory]", "[Test]",
        "[TestMethod]", "[TestCase", "TEST(", "TEST_F(", "TEST_P(", "Scenario:", "Scenario Outline:",
        "public function test", "- id:",
    ]
    private static let called = ["it", "test", "describe", "specify", "scenario"]

    static func isAssertion(_ line: String) -> Bool {
        let text = line.trimmingSpaces
        guard !LineRules.isComment(text) else { return false }
        return text.hasPrefix("assert ")
            || ["assert", "expect", "require", "XCTAssert", "Assert."].contains {
                text.contains("\($0)(") || text.contains("\($0).") || text.contains("#\($0)(")
            } || text.contains("self.assert") || text.contains("assertThat") || text.contains("t.Error")
            || text.contains("t.Fatal") || text.contains("assert_") || text.contains("assertEquals")
    }
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
