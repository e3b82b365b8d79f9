import Releases
import Testing
import Verification

@testable import Reporting

@Suite struct ReleaseScreenTests {
    private static let palette = Palette(isEnabled: false)

    private static func service(
        _ name: String, done: Int, of count: Int = 12, running: String? = nil, traffic: [(String, Int)] = [],
        counts: GateCounts? = nil, last: String = ""
    ) -> ReleaseView.Service {
        var steps = (0..<count).map { index in
            ReleaseView.Step(id: "step\(index):\(name)", state: index < done ? .done : .waiting)
        }
        if let running {
            steps[done] = ReleaseView.Step(id: "\(running):\(name)", state: .running(since: 10))
            (steps[done].counts, steps[done].last) = (counts, last)
        }
        return ReleaseView.Service(
            name: name, steps: steps, traffic: traffic.map { TrafficShare(revision: $0.0, percent: $0.1) },
            candidate: traffic.first?.0)
    }

    private static let three = ReleaseView(services: [
        service("auth", done: 12, traffic: [("auth-00002-abc", 100)]),
        service(
            "backend", done: 7, running: "smoke", traffic: [("backend-00003-sen", 10), ("backend-00002-wuw", 90)],
            counts: GateCounts(.checks, done: 12, total: 67, bad: 1)),
        service("frontend", done: 0),
    ])

    private static func rows(_ view: ReleaseView, _ columns: Int, _ lines: Int = 24) -> [String] {
        ReleaseScreen.rows(
            view, now: 13.25, size: TerminalSize(columns: columns, lines: lines), palette: palette)
    }

    @Test func `a line a service says what is done, what runs, how far it is, and who has the traffic`() {
        #expect(
            Self.rows(Self.three, 120) == [
                "  auth     ✔✔✔✔✔✔✔✔✔✔✔✔  done                                    ██████████ 00002-abc 100 %",
                "  backend  ✔✔✔✔✔✔✔◌····  smoke 3.25 s  █░░░░░░░ 12/67, 1 bad     █▒▒▒▒▒▒▒▒▒ "
                    + "00003-sen 10 %, 00002-wuw 90 %",
                "  frontend ············  waiting                                 ·········· no traffic",
            ])
        #expect(
            Self.rows(Self.three, 80) == [
                "  auth     ✔✔✔✔✔✔✔✔✔✔✔✔  done                                       ██████████",
                "  backend  ✔✔✔✔✔✔✔◌····  smoke 3.25 s  █░░░░░░░ 12/67 checks, 1 bad █▒▒▒▒▒▒▒▒▒",
                "  frontend ············  waiting                                    ··········",
            ])
        #expect(
            Self.rows(Self.three, 60) == [
                "  auth     ✔✔✔✔✔✔✔✔✔✔✔✔  done",
                "  backend  ✔✔✔✔✔✔✔◌····  smoke 3.25 s  12/67, 1 bad",
                "  frontend ············  waiting",
            ])
        #expect(
            Self.rows(Self.three, 40) == [
                "auth     12/12  done", "backend  7/12   smoke 3.25 s  12/67", "frontend 0/12   waiting",
            ])
        #expect(Self.rows(Self.three, 20) == ["auth   done", "backe… smoke 3.25 s", "front… waiting"])
    }

    @Test(arguments: [1, 5, 10, 20, 40, 60, 80, 100, 200], [1, 2, 5, 15, 30, 60])
    func `no line is wider, and all together no higher, than the terminal`(columns: Int, lines: Int) {
        for count in [1, 3, 50] {
            let view = ReleaseView(
                services: (0..<count).map { number in
                    Self.service(
                        "service-日本-\(number)", done: number % 13,
                        running: number % 13 < 12 && number % 3 == 0 ? "canary-at-10" : nil,
                        traffic: [("new", number), ("old", 100 - number)], last: "200 in 3.1 ms 日本語 and more and more")
                })
            let rows = Self.rows(view, columns, lines)
            #expect(rows.count <= max(1, lines - 1) && !rows.isEmpty)
            for row in rows { #expect(DisplayWidth.of(row) <= max(1, columns - 1), "\(row)") }
        }
    }

    @Test(arguments: [15, 20, 30, 40, 60, 80, 120])
    func `the time of what runs is seen however narrow it is`(columns: Int) {
        #expect(Self.rows(Self.three, columns)[1].contains("3.25 s"))
    }

    @Test func `of more services than there is room for those that run are shown, and the others counted`() {
        let view = ReleaseView(
            services: (0..<50).map { number in
                Self.service(
                    "s\(number)", done: number < 30 ? 12 : 2, running: (30..<35).contains(number) ? "ready" : nil)
            })
        let rows = Self.rows(view, 80, 15)
        #expect(rows.count == 10)
        #expect(rows.prefix(5).allSatisfy { $0.contains("ready 3.25 s") })
        #expect(rows.last == "  · 11 waiting, ✔ 30 done")
        #expect(Self.rows(view, 80, 3).last == "  ◌ 4 more under way, · 15 waiting, ✔ 30 done")
    }

    @Test func `lines do not jump when what runs becomes longer`() {
        var view = Self.three
        let before = ReleaseScreen.layout(of: view.services, columns: 80)
        view.counted(GateCounts(.checks, done: 66, total: 67, bad: 40), step: "smoke:backend")
        view.said(String(repeating: "x", count: 500), step: "smoke:backend")
        #expect(ReleaseScreen.layout(of: view.services, columns: 80) == before)
    }

    @Test func `a way back and a hook after the end have lines although no plan has them`() {
        var view = Self.three
        view.started(step: "restore:backend", at: 0)
        view.started(step: "after-end-tell", at: 0)
        #expect(view.services.count == 4)
        #expect(view.services[1].steps.last?.id == "restore:backend")
        #expect(view.services[3].name == "release")
    }

    @Test func `a shift shows in the bar`() {
        var view = Self.three
        var output = StepOutput()
        output.traffic = [
            TrafficShare(revision: "backend-00003-sen", percent: 50),
            TrafficShare(revision: "backend-00002-wuw", percent: 50),
        ]
        view.started(step: "traffic-50:backend", at: 0)
        view.ended(step: "traffic-50:backend", outcome: .done(output, seconds: 1))
        #expect(Self.rows(view, 80)[1].hasSuffix("█████▒▒▒▒▒"))
    }

    @Test(
        arguments: [
            ([("a", 100)], 10, "██████████"), ([("a", 1), ("b", 99)], 10, "█▒▒▒▒▒▒▒▒▒"),
            ([("a", 99), ("b", 1)], 10, "█████████▒"),
            ([("a", 33), ("b", 33), ("c", 34)], 10, "████▒▒▒░░░"), ([], 4, "····"), ([("a", 0)], 3, "···"),
            ([("a", 50), ("b", 50)], 1, "█"),
            ([("a", 50), ("b", 50)], 0, ""),
        ] as [([(String, Int)], Int, String)])
    func `every revision with a share of the traffic has a cell`(shares: [(String, Int)], cells: Int, bar: String) {
        #expect(TrafficBar.text(shares.map { (revision: $0.0, percent: $0.1) }, cells: cells) == bar)
    }

    @Test(arguments: [
        (0, 10, 4, "░░░░"), (1, 1000, 4, "█░░░"), (999, 1000, 4, "███░"), (10, 10, 4, "████"), (0, 0, 2, "░░"),
        (12, 10, 2, "██"),
        (1, 2, 0, ""), (-1, 2, 2, "░░"),
    ])
    func `a bar is empty or full only when what it shows is`(done: Int, total: Int, cells: Int, bar: String) {
        #expect(ProgressBar.text(done: done, of: total, cells: cells) == bar)
    }

    @Test(arguments: [20, 40, 60, 80])
    func `suites have a bar each that fits, and a line that stays`(columns: Int) {
        var view = SuiteView()
        view.add([("backend-smoke", 4), ("backend-streams", 60)], at: 0)
        #expect(view.take(suite: "backend-smoke", .passed, at: 1) == nil)
        _ = view.take(suite: "backend-smoke", .failed, at: 1)
        let rows = view.rows(now: 2, size: TerminalSize(columns: columns, lines: 24), palette: Self.palette)
        #expect(rows.count == 2 && rows.allSatisfy { DisplayWidth.of($0) < columns })
        #expect(rows[0].contains("2/4, 1 bad") && rows[0].contains("2.00 s") == (columns > 20))
        _ = view.take(suite: "backend-smoke", .passed, at: 2)
        let ended = view.take(suite: "backend-smoke", .passed, at: 3)
        #expect(
            ended.map { SuiteView.ended($0, palette: Self.palette) }
                == "  ✘  backend-smoke  3 of 4 checks passed  3.00 s")
        #expect(view.rows(now: 4, size: TerminalSize(columns: columns, lines: 24), palette: Self.palette).count == 1)
    }
}
