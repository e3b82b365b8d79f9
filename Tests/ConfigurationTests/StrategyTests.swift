import Configuration
import Testing

@Suite struct StrategyTests {
    private func environment(_ strategy: String) throws -> Environment {
        try load(services: "services:\n  a:\n    image: a\n" + strategy, environment: minimal).get()
    }

    @Test func `a canary is read with everything that it says`() throws {
        let service = try environment(
            """
                strategy:
                  kind: canary
                  steps: [{ percent: 5%, pause: 2m }, { percent: 50 }]
                  drain: 10s
                  analysis:
                    profile: strict
                    paths: [/a, /b]
                    pairs_per_second: 10
                    latency: 20%
                    slow: 300ms
                    timeout: 1s
                    inconclusive: rollback

            """
        ).service("a")
        let strategy = try #require(service?.strategy)
        #expect(strategy.kind == .canary)
        #expect(strategy.steps == [.init(percent: 5, pauseSeconds: 120), .init(percent: 50)])
        #expect(strategy.drainSeconds == 10)
        #expect(
            strategy.analysis
                == AnalysisSettings(
                    profile: .strict, paths: ["/a", "/b"], pairsPerSecond: 10, latencyTolerance: 20,
                    slowMilliseconds: 300, timeoutMilliseconds: 1000, inconclusive: .rollBack))
    }

    @Test(arguments: [
        ("canary", StrategySettings.Kind.canary), ("blue-green", .blueGreen), ("all-at-once", .allAtOnce),
    ])
    func `one word is enough`(word: String, kind: StrategySettings.Kind) throws {
        let strategy = try environment("    strategy: \(word)\n").service("a")?.strategy
        #expect(strategy == StrategySettings(kind: kind))
        #expect(strategy?.steps.map(\.percent) == [10, 50])
    }

    @Test func `a service without a strategy has none`() throws {
        #expect(try environment("").service("a")?.strategy == nil)
    }

    @Test(arguments: [
        ("{ kind: canary, steps: [{ percent: 50 }, { percent: 10 }] }", "steps must rise"),
        ("{ kind: canary, steps: [{ percent: 100 }] }", "a percentage from 1 to 99"),
        ("{ kind: blue-green, steps: [{ percent: 10 }] }", "`steps` belongs to a canary"),
        ("{ kind: canary, keep: 10s }", "`keep` belongs to blue-green"),
        ("{ kind: canary, analysis: { paths: [/healthz] } }", "never reaches the container"),
        ("{ kind: rainbow }", "`all-at-once`, `canary`, `blue-green`"),
        ("{ steps: [{ percent: 10 }] }", "kind"),
    ])
    func `what cannot be is found`(strategy: String, words: String) throws {
        let text = headlines(services: "services:\n  a:\n    image: a\n    strategy: \(strategy)\n").joined(
            separator: "\n")
        #expect(text.contains(words), "\(text)")
    }
}

@Suite struct FreezeWindowTests {
    /// 2026-11-26, a Thursday, at this hour and minute UTC.
    private static func thursday(_ hour: Int, _ minute: Int = 0, days: Int = 0) -> Int {
        1_795_651_200 + days * 86_400 + hour * 3600 + minute * 60
    }

    private static func windows(_ text: String) throws -> [FreezeWindow] {
        try load(services: "services:\n  a: { image: a }\n", environment: minimal + "freeze: \(text)\n").get().freeze
            ?? []
    }

    @Test(arguments: [
        (thursday(15, 59), false), (thursday(16), true), (thursday(23, 59), true), (thursday(24), false),
        (thursday(16, days: 1), false), (thursday(16, days: 7), true),
    ])
    func `a window of the week comes again`(moment: Int, isFrozen: Bool) throws {
        let windows = try Self.windows(#"[{ days: [thu], from: "16:00", until: "24:00", reason: late }]"#)
        #expect(windows.count == 1)
        #expect(windows[0].contains(moment) == isFrozen)
        #expect(windows[0].text == "thu 16:00 to 24:00 UTC")
    }

    @Test(arguments: [
        (thursday(22), true), (thursday(5, days: 1), true), (thursday(6, days: 1), false), (thursday(5), false),
    ])
    func `a window may last over midnight`(moment: Int, isFrozen: Bool) throws {
        let windows = try Self.windows(#"[{ days: [thu], from: "22:00", until: "06:00", reason: night }]"#)
        #expect(windows[0].contains(moment) == isFrozen)
    }

    @Test(arguments: [
        ("2026-11-26T00:00:00Z", "2026-11-26T12:00:00Z"), ("2026-11-26T02:00:00+02:00", "2026-11-26T07:00-05:00"),
    ])
    func `a window that is once has its own time zone`(from: String, until: String) throws {
        let windows = try Self.windows("[{ from: \(from), until: \(until), reason: move }]")
        #expect(windows[0].contains(Self.thursday(0)) && windows[0].contains(Self.thursday(11, 59)))
        #expect(!windows[0].contains(Self.thursday(0) - 1) && !windows[0].contains(Self.thursday(12)))
    }

    @Test(arguments: [
        "{ from: tomorrow, until: 2026-11-27T00:00:00Z, reason: x }",
        "{ from: 2026-02-30T00:00:00Z, until: 2026-11-27T00:00:00Z, reason: x }",
        "{ from: 2026-11-28T00:00:00Z, until: 2026-11-27T00:00:00Z, reason: x }",
        "{ from: 2026-11-26T00:00:00, until: 2026-11-27T00:00:00Z, reason: x }",
        #"{ days: [thu], from: "25:00", until: "26:00", reason: x }"#,
        #"{ days: [someday], from: "10:00", until: "11:00", reason: x }"#,
        "{ from: 2026-11-26T00:00:00Z, until: 2026-11-27T00:00:00Z }",
    ])
    func `what is no window is found`(window: String) throws {
        #expect(throws: (any Error).self) { try Self.windows("[\(window)]") }
    }
}
