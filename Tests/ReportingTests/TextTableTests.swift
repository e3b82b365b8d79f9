import Testing

@testable import Reporting

@Suite struct TextTableTests {
    private static let table: TextTable = {
        var table = TextTable(["SERVICE", "READY", "REVISION", "TRAFFIC", "URL"])
        table.add([
            "backend", "yes", "backend-00002-wuw", "backend-00002-wuw 90 %, backend-00001-abc 10 %",
            "http://backend.localhost:7090",
        ])
        table.add(["auth", "no", "–", "nothing", ""])
        return table
    }()

    @Test func `where everything fits, or nobody is in the way, lines stay whole`() {
        #expect(Self.table.text.split(separator: "\n").count == 3)
        #expect(Self.table.text(columns: 200) == Self.table.text)
    }

    @Test func `cells are folded before anything is cut`() {
        #expect(
            Self.table.text(columns: 100) == """
                SERVICE  READY  REVISION           TRAFFIC                             URL
                backend  yes    backend-00002-wuw  backend-00002-wuw 90 %,             http://backend.localhost:7090
                                                   backend-00001-abc 10 %
                auth     no     –                  nothing
                """)
    }

    @Test func `where not even the words fit, each row is a block`() {
        #expect(
            Self.table.text(columns: 40)
                == """
                backend
                  ready     yes
                  revision  backend-00002-wuw
                  traffic   backend-00002-wuw 90 %,
                            backend-00001-abc 10 %
                  url
                    http://backend.localhost:7090

                auth
                  ready     no
                  revision  –
                  traffic   nothing
                """)
    }

    @Test(arguments: [1, 5, 20, 40, 60, 80, 100])
    func `no line is wider than the terminal`(columns: Int) {
        var table = Self.table
        table.add([String(repeating: "日本", count: 40), "", "x", String(repeating: "y", count: 300), "a b c"])
        for line in table.text(columns: columns).split(separator: "\n") {
            #expect(DisplayWidth.of(String(line)) <= max(columns, 5), "\(line)")
        }
    }

    @Test(arguments: [
        ("a b c", 3, ["a b", "c"]), ("abcdef", 3, ["abc", "def"]), ("", 3, [""]), ("  ab cd", 5, ["  ab", "  cd"]),
        ("日本語", 5, ["日本", "語"]), ("a  b", 10, ["a  b"]), ("abcd ef", 3, ["abc", "d", "ef"]),
    ])
    func `text is folded at spaces, and longer words where the line ends`(text: String, columns: Int, lines: [String]) {
        #expect(WrappedText.lines(text, columns: columns) == lines)
    }
}
