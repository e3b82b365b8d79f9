import Configuration
import Synchronization
import Testing

@testable import Reporting

/// Texts that somebody else wrote: logs, names, subjects of commits, headers, messages of test runners.
@Suite struct HostileTextTests {
    static let corpus = [
        "\u{1B}[2J", "\u{1B}]0;title\u{7}", "\u{1B}]52;c;aGk=\u{1B}\\", "\u{1B}[1A\u{1B}[2K", "\u{9B}2J",
        "\u{90}q\u{9C}",
        "a\rb", "a\u{8}b", "\u{7F}", "\u{0}", "\u{202E}evil", "\u{2066}x\u{2069}", "x\u{200B}y", "\u{FEFF}", "\u{AD}",
        "\u{61C}", "\u{2028}line", "\u{2029}", "\u{85}", "\u{E0041}", "\u{3164}", "\u{180E}", "\u{2060}", "\u{FFF9}",
        "Z" + String(repeating: "\u{301}", count: 200), String(repeating: "x", count: 20_000), "👩‍👩‍👧", "日本語",
        "\u{1B}[31mred\u{1B}[0m",
        "\u{1B}c", "\u{1B}#8", "\u{1B}[?1049h", "\u{1B}[38;2;1;2;3m", "\u{1B}P\u{1B}\\", "::error::x", "##[error]x",
    ]

    private static func mayMoveCursor(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            guard scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) else {
                return scalar.properties.generalCategory == .format
            }
            return true
        }
    }

    @Test(arguments: corpus)
    func `a line of it moves no cursor`(text: String) {
        #expect(!Self.mayMoveCursor(SafeText.line(text)))
        #expect(!Self.mayMoveCursor(SafeText.output(text)))
    }

    @Test(arguments: corpus)
    func `nothing that leaves the console does, whoever forgot where it came from`(text: String) {
        for (isTerminal, usesColor) in [(true, true), (true, false), (false, false)] {
            let written = Mutex("")
            var style = Console.Style(isTerminal: isTerminal, usesColor: usesColor)
            style.isResultTerminal = isTerminal
            style.colorsResult = usesColor
            let console = Console(
                style: style, size: TerminalSize(columns: 80, lines: 24),
                writer: { text, _ in written.withLock { $0 += text } })
            console.progress(text)
            console.problem(text)
            if isTerminal { console.result(text) }
            let colored = written.withLock { $0 }.split(separator: "\n").joined()
            let plain = colored.split(separator: "\u{1B}[31m").joined().split(separator: "\u{1B}[0m").joined()
            #expect(!Self.mayMoveCursor(usesColor ? plain : colored))
        }
    }

    @Test(arguments: corpus)
    func `drawn in a list it is one line of the terminal`(text: String) {
        var screen = TerminalModel(columns: 40)
        var live = LiveArea()
        for _ in 0..<3 {
            screen.write(
                live.show(["a", SafeText.line(text), "b\(text.count)"], size: TerminalSize(columns: 40, lines: 10)))
            screen.write(live.print("stays\n", columns: 40))
        }
        let lines = screen.lines
        #expect(lines.count == 7 && lines[3] == "a" && lines[5].hasPrefix("b"))
    }

    @Test(arguments: corpus)
    func `without Unicode there is nothing but ASCII`(text: String) {
        let plain = PlainSigns.ascii("✔ … → █░ " + SafeText.line(text), escapesRest: true)
        #expect(plain.hasPrefix("+ ~ > #. ") && plain.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
    }

    @Test(arguments: ["✔", "✘", "◌", "·", "–", "‖", "↩", "→", "…", "█", "▒", "░", "▓"])
    func `a sign is as wide without Unicode`(sign: String) {
        #expect(PlainSigns.ascii(sign, escapesRest: true).count == 1 && DisplayWidth.of(sign) == 1)
    }

    // MARK: - GitHub Actions

    @Test(arguments: [
        ("::set-output name=a::b", "\\u{3a}:set-output name=a::b"), ("  \u{A0}::error::x", "  \u{A0}\\u{3a}:error::x"),
        ("ok ::error::x", "ok ::error::x"), ("a ##[error]b", "a \\u{23}#[error]b"),
        ("a\n::x::\nb", "a\n\\u{3a}:x::\nb"),
        ("plain", "plain"),
    ])
    func `no line from outside is a command to the runner`(text: String, safe: String) {
        #expect(WorkflowCommand.neutralised(text) == safe)
    }

    @Test func `a JSON document stays the same document`() {
        #expect(WorkflowCommand.neutralised(json: ###"{"a": "##[error]"}"###) == ###"{"a": "\u0023#[error]"}"###)
    }

    @Test func `an annotation is escaped as GitHub wants it`() {
        let command = WorkflowCommand.annotation(
            .error, title: "a,b:c%", message: "100 %\n::error::x\r",
            at: SourcePosition(file: "/w/e/x,y.yaml", line: 3, column: 5),
            root: "/w")
        #expect(
            command.line
                == "::error file=e/x%2Cy.yaml,line=3,col=5,title=a%2Cb%3Ac%25::100 %25%0A::error::x%0D")
        #expect(WorkflowCommand.group("a: b, c").line == "::group::a: b, c")
        #expect(
            WorkflowCommand.annotation(
                .warning, title: "t", message: "m", at: SourcePosition(file: "f", line: 0, column: 0)
            ).line
                == "::warning file=f,title=t::m")
    }

    @Test func `elsewhere no command is written`() {
        let written = Mutex("")
        let console = Console(
            style: .init(isTerminal: false, usesColor: false), writer: { text, _ in written.withLock { $0 += text } })
        console.tell(.group("x"))
        console.group("x", ["y"])
        #expect(written.withLock { $0 }.isEmpty)
    }
}
