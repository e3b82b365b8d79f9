import Releases
import Synchronization
import Testing

@testable import Reporting

@Suite struct LiveAreaTests {
    @Test(arguments: [120, 80, 40, 15, 2])
    func `what stays is there once, and what moves is gone at the end`(columns: Int) {
        var screen = Screen(columns: columns)
        var live = LiveArea()
        for round in 0..<20 {
            let rows = (0..<3).map {
                StepRow.text(
                    step: "health:backend", elapsed: Double(round) + Double($0) / 10,
                    last: "200 in 3.1 ms, 日本語 and a line that is longer than any terminal", columns: columns)
            }
            screen.write(live.show(rows, columns: columns, lines: 24))
            #expect(screen.lines.count == 3 + round + 1, "one line each, and the cursor's own")
            screen.write(live.print("\(round)\n", columns: columns))
        }
        screen.write(live.show([], columns: columns, lines: 24))
        #expect(screen.lines == (0..<20).map(String.init) + [""])
    }

    @Test func `a terminal that becomes narrower has wrapped what was drawn`() {
        var screen = Screen(columns: 80)
        var live = LiveArea()
        screen.write(live.print("stays\n", columns: 80))
        screen.write(live.show([String(repeating: "日", count: 38), "short"], columns: 80, lines: 24))
        screen.resize(to: 25)
        screen.write(live.show(["row"], columns: 25, lines: 24))
        #expect(screen.lines == ["stays", "row", ""])
    }

    @Test func `more lines than the terminal is high are counted instead`() {
        var live = LiveArea()
        let text = live.show((0..<100).map { "row \($0)" }, columns: 80, lines: 10)
        #expect(text.split(separator: "\n").count == 9)
        #expect(text.contains("and 92 more"))
    }

    @Test(arguments: [15, 30, 40, 80])
    func `the elapsed time is seen however narrow it is`(columns: Int) {
        let row = StepRow.text(step: "candidate:backend", elapsed: 12.34, last: "", columns: columns)
        #expect(DisplayWidth.clipped(row, to: columns - 1).contains("12.3 s"))
    }

    @Test(arguments: [
        ("abc", 3), ("", 0), ("日本", 4), ("e\u{301}", 1), ("👍🏽", 2), ("✔", 1), ("✔\u{FE0F}", 2), ("한글", 4), ("ａ", 2),
    ])
    func `a text is as wide as a terminal shows it`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test func `a clipped text is never wider than was asked`() {
        for columns in 0..<12 { #expect(DisplayWidth.of(DisplayWidth.clipped("ab日本語cdefg", to: columns)) <= columns) }
        #expect(DisplayWidth.clipped("whole", to: 5) == "whole")
        #expect(DisplayWidth.clipped("日本語", to: 4) == "日…")
    }

    @Test func `what else is said while the list moves does not tear it`() {
        let screen = Mutex(Screen(columns: 80))
        let console = Console(style: .init(isTerminal: true, usesColor: false)) { text, isError in
            if isError { screen.withLock { $0.write(text) } }
        }
        let progress = ReleaseProgress(console: console)
        progress.started(step: "build:backend")
        progress.started(step: "build:auth")
        progress.line("compiling\u{1B}[2J", step: "build:auth")
        console.problem("\nstopping safely (again to stop now)")
        progress.ended(step: "build:backend", outcome: .skipped(StepOutput(), reason: "why not"))
        progress.undoing(reason: Failure(.interrupted, "interrupted"))
        progress.ended(step: "build:auth", outcome: .done(StepOutput(), seconds: 1))
        #expect(
            screen.withLock { $0.lines } == [
                "", "stopping safely (again to stop now)", "  –  build:backend  skipped: why not",
                "  ↩  going back: interrupted", "  ✔  build:auth  1.00 s", "",
            ])
    }

    @Test func `a list that has ended stays away, whoever still draws`() {
        let screen = Mutex(Screen(columns: 80))
        let console = Console(style: .init(isTerminal: true, usesColor: false)) { text, isError in
            if isError { screen.withLock { $0.write(text) } }
        }
        let progress = ReleaseProgress(console: console)
        progress.started(step: "build:backend")
        console.endList()
        console.problem("error: stopped at once")
        progress.started(step: "build:auth")
        #expect(screen.withLock { $0.lines } == ["error: stopped at once", ""])
    }

    @Test func `without a terminal there are plain lines and no control characters`() {
        let written = Mutex("")
        let console = Console(style: .init(isTerminal: false, usesColor: false)) { text, _ in
            written.withLock { $0 += text }
        }
        let progress = ReleaseProgress(console: console)
        progress.started(step: "build:auth")
        progress.line("compiling\u{1B}[2J\r", step: "build:auth")
        progress.ended(
            step: "build:auth", outcome: .failed(Failure(.release, "bad\u{7}"), StepOutput(), seconds: 1))
        let text = written.withLock { $0 }
        #expect(
            text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value)) })
        #expect(text.contains("…  build:auth\n"))
    }
}

/// As much of a terminal as the live list uses: it wraps, goes up, and clears a line.
private struct Screen {
    private var columns: Int
    private var cells: [[Character]] = [[]]
    private var row = 0
    private var column = 0

    init(columns: Int) {
        self.columns = columns
    }

    /// Down to where the cursor is; below it nothing may be left.
    var lines: [String] {
        let below = cells[(row + 1)...].joined()
        #expect(below.isEmpty)
        return cells[...row].map { String($0) }
    }

    mutating func write(_ text: String) {
        var rest = Array(text)[...]
        while let character = rest.popFirst() {
            switch character {
            case "\n": (row, column) = (row + 1, 0)
            case "\r": column = 0
            case "\u{1B}":
                let digits = rest.dropFirst().prefix(while: \.isNumber)
                let verb = rest.dropFirst(1 + digits.count).first
                rest = rest.dropFirst(2 + digits.count)
                if verb == "A" { row = max(0, row - (Int(String(digits)) ?? 1)) }
                if verb == "K" { cells[row] = [] }
                #expect(verb != "J", "kept in the scroll-back when it begins in the first line")
            default:
                let width = DisplayWidth.of(String(character))
                if column + width > columns { (row, column) = (row + 1, 0) }
                while cells.count <= row { cells.append([]) }
                cells[row].append(character)
                column += width
            }
            while cells.count <= row { cells.append([]) }
        }
    }

    /// Wraps anew, as terminals with reflow do.
    mutating func resize(to columns: Int) {
        let old = lines
        self = Screen(columns: columns)
        write(old.joined(separator: "\n"))
    }
}
