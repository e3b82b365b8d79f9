import Releases
import Synchronization
import Testing

@testable import Reporting

@Suite struct LiveAreaTests {
    @Test(arguments: [120, 80, 40, 15, 2], [true, false])
    func `what stays is there once, and what moves is gone at the end`(columns: Int, folds: Bool) {
        var screen = TerminalModel(columns: columns, folds: folds)
        var live = LiveArea(folds: folds)
        let size = TerminalSize(columns: columns, lines: 24)
        for round in 0..<20 {
            let rows = (0..<3).map {
                "\($0) \(round / ($0 + 1)) 日本語 and a line that is longer than any terminal, \u{1B}[32mx\u{1B}[0m"
            }
            screen.write(live.show(rows, size: size))
            #expect(screen.lines.count == 3 + round + 1, "one line each, and the cursor's own")
            screen.write(live.print("\(round)\n", columns: columns))
        }
        screen.write(live.show([], size: size))
        #expect(screen.lines == (0..<20).map(String.init) + [""])
    }

    @Test(arguments: [true, false])
    func `a terminal that becomes narrower has folded what was drawn, or cut it off`(folds: Bool) {
        var screen = TerminalModel(columns: 80, folds: folds)
        var live = LiveArea(folds: folds)
        screen.write(live.print("stays\n", columns: 80))
        screen.write(
            live.show([String(repeating: "日", count: 38), "short"], size: TerminalSize(columns: 80, lines: 24)))
        screen.resize(to: 25)
        screen.write(live.show(["row"], size: TerminalSize(columns: 25, lines: 24)))
        #expect(screen.lines == ["stays", "row", ""])
    }

    @Test func `a line that stays the same is not written again, and none is cleared before it is written`() {
        var live = LiveArea()
        let size = TerminalSize(columns: 80, lines: 24)
        _ = live.show(["first", "second 1", "third"], size: size)
        let text = live.show(["first", "second 2", "third"], size: size)
        #expect(text.contains("second 2") && !text.contains("first") && !text.contains("third"))
        #expect(!text.contains("\u{1B}[2K") && !text.contains("\u{1B}[2J"))
        #expect(live.show(["first", "second 2", "third"], size: size).isEmpty, "nothing is new")
    }

    @Test func `the echo of a Ctrl-C is written over`() {
        var screen = TerminalModel(columns: 80)
        var live = LiveArea()
        let size = TerminalSize(columns: 80, lines: 24)
        screen.write(live.show(["one", "two"], size: size))
        screen.write("^C")
        screen.write(live.print("stopping\n", columns: 80))
        screen.write("^C")
        screen.write(live.show(["three", "four"], size: size))
        #expect(screen.lines == ["stopping", "three", "four", ""])
    }

    @Test(arguments: [
        ("abc", 3), ("", 0), ("日本", 4), ("e\u{301}", 1), ("👍🏽", 2), ("✔", 1), ("✔\u{FE0F}", 2), ("한글", 4), ("ａ", 2),
        ("🇩🇪", 2), ("\u{1100}\u{1161}", 2), ("क्ष", 2), ("\u{1B}[31mred\u{1B}[0m", 3), ("𝒳", 1), ("葛\u{E0100}", 2),
    ])
    func `a text is as wide as a terminal shows it`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test func `a clipped text is never wider than was asked, and ends its colours`() {
        for columns in 0..<12 { #expect(DisplayWidth.of(DisplayWidth.clipped("ab日本語cdefg", to: columns)) <= columns) }
        #expect(DisplayWidth.clipped("whole", to: 5) == "whole")
        #expect(DisplayWidth.clipped("日本語", to: 4) == "日…")
        #expect(DisplayWidth.clipped("\u{1B}[31mlong red\u{1B}[0m", to: 4) == "\u{1B}[31mlon…\u{1B}[0m")
    }

    private static func progress(_ style: Console.Style, _ take: @escaping @Sendable (String) -> Void)
        -> ReleaseProgress
    {
        let console = Console(
            style: style, size: TerminalSize(columns: 80, lines: 24),
            writer: { text, isError in if isError { take(text) } })
        return ReleaseProgress(
            console: console,
            view: ReleaseView(services: [
                ReleaseView.Service(name: "auth", steps: [.init(id: "build:auth")]),
                ReleaseView.Service(name: "backend", steps: [.init(id: "build:backend")]),
            ]))
    }

    @Test func `what else is said while the list moves does not tear it`() {
        let screen = Mutex(TerminalModel(columns: 80))
        let console = Console(
            style: .init(isTerminal: true, usesColor: false),
            size: TerminalSize(columns: 80, lines: 24)
        ) { text, isError in
            if isError { screen.withLock { $0.write(text) } }
        }
        let progress = ReleaseProgress(
            console: console,
            view: ReleaseView(services: [.init(name: "auth", steps: [.init(id: "build:auth")], hasTraffic: false)]))
        progress.started(step: "build:auth")
        progress.line("compiling\u{1B}[2J", step: "build:auth")
        progress.draw()
        console.problem("\nstopping safely (again to stop now)")
        progress.undoing(reason: Failure(.interrupted, "interrupted"))
        progress.ended(step: "build:auth", outcome: .done(StepOutput(), seconds: 1))
        progress.draw()
        console.endList()
        progress.draw()
        #expect(
            screen.withLock { $0.lines } == [
                "", "stopping safely (again to stop now)", "  ↩  going back: interrupted", "  ✔  build:auth  1.00 s",
                "",
            ])
    }

    @Test func `without a terminal there are plain lines and no control characters`() {
        let written = Mutex("")
        let progress = Self.progress(.init(isTerminal: false, usesColor: false)) { text in
            written.withLock { $0 += text }
        }
        progress.started(step: "build:auth")
        progress.line("compiling\u{1B}[2J\r", step: "build:auth")
        progress.draw()
        progress.ended(
            step: "build:auth", outcome: .failed(Failure(.release, "bad\u{7}"), StepOutput(), seconds: 1))
        let text = written.withLock { $0 }
        #expect(
            text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value)) })
        #expect(text.contains("…  build:auth\n"))
    }

    @Test func `in the log of GitHub Actions a step's output is a group that no line of it can end`() {
        let written = Mutex("")
        var style = Console.Style(isTerminal: false, usesColor: false)
        style.hasWorkflowCommands = true
        let progress = Self.progress(style) { text in written.withLock { $0 += text } }
        progress.started(step: "build:auth")
        progress.line("  ::endgroup::", step: "build:auth")
        progress.line("x ##[add-mask]y", step: "build:auth")
        progress.ended(step: "build:auth", outcome: .done(StepOutput(), seconds: 1))
        #expect(
            written.withLock { $0 } == """
                  …  build:auth
                ::group::build:auth
                    \\u{3a}:endgroup::
                  x \\u{23}#[add-mask]y
                ::endgroup::
                  ✔  build:auth  1.00 s

                """)
    }
}
