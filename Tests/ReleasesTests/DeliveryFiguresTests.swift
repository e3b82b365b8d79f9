import Testing

@testable import Releases

/// The four figures over releases, worked out by hand.
@Suite struct DeliveryFiguresTests {
    private static let minute: Int64 = 60_000
    private static let day: Int64 = 86_400_000
    /// 2026-01-01T00:00:00Z.
    private static let start: Int64 = 1_767_225_600_000

    /// One that began so many minutes after the start and took ten.
    private static func delivery(
        _ run: String, at minutes: Int64, _ outcome: ReleaseOutcome = .promoted, kind: RunKind = .deploy,
        service: String = "api", region: String = "r", committed: Int64? = nil, served: Int64? = nil,
        revision: String? = nil, before: String? = nil, took: Int64? = 10
    ) -> Delivery {
        let started = start + minutes * minute
        return Delivery(
            run: run, service: service, region: region, kind: kind, outcome: outcome, started: started,
            finished: took.map { started + $0 * minute }, served: served.map { start + $0 * minute },
            committed: committed.map { start + $0 * minute }, revision: revision, previousRevision: before)
    }

    private static let window = start..<start + 10 * day

    private static func figures(_ deliveries: [Delivery]) -> DeliveryFigures? {
        DeliveryTrends(deliveries, window: window).environment?.now
    }

    @Test func `nothing is computed from nothing`() {
        #expect(Self.figures([]) == nil)
        let idle: [(ReleaseOutcome, RunKind)] = [
            (.failed, .deploy), (.unchanged, .deploy), (.held, .deploy), (.needsAttention, .deploy),
            (.rolledBack, .rollback), (.failed, .rollback),
        ]
        for (outcome, kind) in idle {
            let trends = DeliveryTrends([Self.delivery("a", at: 0, outcome, kind: kind)], window: Self.window)
            #expect(trends.environment == nil && trends.services.isEmpty, "\(kind) \(outcome) met no caller")
        }
        #expect(Self.figures([Self.delivery("a", at: 0, took: nil)]) == nil, "one that has no end is none yet")
        let one = Self.figures([Self.delivery("a", at: 0)])
        #expect(one?.leadTime == nil, "no commit is known")
        #expect(one?.timeToRestore == nil && one?.unrestored == 0, "nothing failed")
        let undone = Self.figures([Self.delivery("a", at: 0, .rolledBack)])
        #expect(undone?.frequency == nil && undone?.leadTime == nil, "nothing was deployed")
        #expect(undone?.failureRate == .init(changes: 1, failures: 1))
        #expect(undone?.timeToRestore == nil, "when callers met it is not known")
    }

    @Test func `deployments are counted by day from the first release that is known`() {
        let figures = Self.figures([
            Self.delivery("a", at: 2 * 1440), Self.delivery("b", at: 3 * 1440, .failed),
            Self.delivery("c", at: 9 * 1440),
        ])
        #expect(figures?.frequency == .init(deployments: 2, days: 8))
        #expect(figures?.frequency?.perDay == 0.25)
        let older = Self.figures([Self.delivery("z", at: -60, .failed), Self.delivery("a", at: 2 * 1440)])
        #expect(older?.frequency?.days == 10)
        let young = Self.figures([Self.delivery("a", at: 10 * 1440 - 30), Self.delivery("b", at: 10 * 1440 - 20)])
        #expect(young?.frequency == .init(deployments: 2, days: 1), "half an hour says nothing about a day")
    }

    @Test func `lead time goes from the commit to the end of the release`() {
        let figures = Self.figures([
            Self.delivery("a", at: 100, committed: 50),  // 60 minutes
            Self.delivery("b", at: 200, committed: 190),  // 20 minutes
            Self.delivery("c", at: 300, committed: 400),  // a clock that is wrong is no sample
            Self.delivery("d", at: 400, .rolledBack, committed: 390),
            Self.delivery("e", at: 500),
        ])
        #expect(figures?.leadTime?.samples == 2)
        #expect(figures?.leadTime?.median == 2400)
        #expect(figures?.leadTime?.ninetieth == nil, "two samples do not say")
        let ten = Self.figures((1...10).map { Self.delivery("r\($0)", at: 1000, committed: 1010 - Int64($0)) })
        #expect(ten?.leadTime?.median == 330 && ten?.leadTime?.ninetieth == 540, "one to ten minutes")
    }

    @Test func `a change fails by its own rollback or by a later one from its revision`() {
        let figures = Self.figures([
            Self.delivery("a", at: 0, revision: "api-1"),
            Self.delivery("b", at: 100, served: 105, revision: "api-2", before: "api-1"),
            Self.delivery("c", at: 200, .rolledBack, served: 203, revision: "api-3", before: "api-2"),  // 7 minutes
            Self.delivery("d", at: 300, .rolledBack, kind: .rollback, revision: "api-1", before: "api-2"),  // b: 205
            Self.delivery("e", at: 400, .rolledBack, kind: .rollback, revision: "api-0", before: "api-9"),
        ])
        #expect(figures?.failureRate == .init(changes: 3, failures: 2))
        #expect(figures?.timeToRestore?.samples == 2)
        #expect(figures?.timeToRestore?.median == Double(205 + 7) * 60 / 2)
        #expect(figures?.unrestored == 0)
    }

    @Test func `what could not be put back fails until a release has put it right`() {
        let broken = Self.delivery("a", at: 0, .needsAttention, served: 4, revision: "api-2")
        #expect(Self.figures([broken])?.unrestored == 1)
        #expect(Self.figures([broken])?.timeToRestore == nil)
        let mended = Self.figures([
            broken, Self.delivery("b", at: 10, .failed), Self.delivery("c", at: 30), Self.delivery("d", at: 90),
        ])
        #expect(mended?.unrestored == 0)
        #expect(mended?.timeToRestore?.median == 2160, "from minute 4 to the end of c")
    }

    @Test func `regions of one release are one change, services are changes of their own`() {
        let trends = DeliveryTrends(
            [
                Self.delivery("a", at: 0, region: "r1", committed: -10), Self.delivery("a", at: 0, region: "r2"),
                Self.delivery("b", at: 50, .rolledBack, region: "r1", served: 52),
                Self.delivery("b", at: 50, .rolledBack, region: "r2", served: 51),
                Self.delivery("b", at: 50, service: "web", region: "r1"),
            ], window: Self.window)
        #expect(trends.services.map(\.name) == ["api", "web"])
        let api = trends.services[0].figures.now
        #expect(api.frequency?.deployments == 1 && api.failureRate == .init(changes: 2, failures: 1))
        #expect(api.leadTime?.samples == 1 && api.timeToRestore?.median == 9 * 60)
        #expect(trends.environment?.now.failureRate == .init(changes: 3, failures: 1))
    }

    @Test func `a change counts when its release began, and the window before stands beside it`() {
        let trends = DeliveryTrends(
            [
                Self.delivery("z", at: -11 * 1440), Self.delivery("a", at: -10), Self.delivery("b", at: 0),
                Self.delivery("c", at: 10 * 1440 - 1), Self.delivery("d", at: 10 * 1440),
            ], window: Self.window)
        #expect(trends.environment?.now.frequency?.deployments == 2)
        #expect(trends.environment?.before?.frequency?.deployments == 1)
        #expect(trends.services.first?.figures.before?.frequency?.days == 10)
    }

    @Test func `a line says what a delivery is, whatever it is`() {
        var random = SplitMix(seed: 7)
        for number in 0..<2000 {
            func maybe(_ value: Int64) -> Int64? { random.next() % 3 == 0 ? nil : value }
            func word() -> String { String(random.next() % 1_000_000, radix: 36) }
            let started = Int64(random.next() % 4_000_000_000_000)
            let delivery = Delivery(
                run: "r\(number)", service: word(), region: word(),
                kind: [RunKind.deploy, .rollback, .infra][Int(random.next() % 3)],
                outcome: [ReleaseOutcome.promoted, .unchanged, .held, .rolledBack, .failed, .needsAttention][
                    Int(random.next() % 6)],
                started: started, finished: maybe(started + Int64(random.next() % 10_000_000)),
                served: maybe(started + Int64(random.next() % 1000)),
                committed: maybe(started - Int64(random.next() % 100_000_000_000) + 1000),
                revision: random.next() % 2 == 0 ? nil : word(), previousRevision: random.next() % 2 == 0 ? nil : word()
            )
            #expect(Delivery.all(lines: delivery.line) == [delivery])
        }
        for text in ["", "\n\n", "a b c", "a b c deploy promoted x", "- - - - - -", "a b c deploy gone 12 1 1 1 - -"] {
            #expect(Delivery.all(lines: text).isEmpty)
        }
        #expect(Delivery.all(lines: "x\na b c deploy promoted 12 - - - - -\n").map(\.started) == [12])
        #expect(
            Delivery.all(lines: "a b c deploy promoted 99999999999999999999 - - - - -").isEmpty, "no overflow")
        #expect(
            Delivery(run: "a", service: "b", region: "c", started: 1, revision: "no name\n").line
                == "a b c deploy promoted 1 - - - - -")
    }

    @Test func `figures are bounded by what there was, and depend on no order of services`() {
        var random = SplitMix(seed: 11)
        for _ in 0..<300 {
            var deliveries: [Delivery] = []
            for number in 0..<Int(random.next() % 40) {
                let at = Int64(random.next() % 14_400)
                deliveries.append(
                    Self.delivery(
                        "r\(number)", at: at,
                        [ReleaseOutcome.promoted, .rolledBack, .failed, .needsAttention, .unchanged][
                            Int(random.next() % 5)],
                        kind: random.next() % 4 == 0 ? .rollback : .deploy, service: "s\(random.next() % 3)",
                        committed: random.next() % 2 == 0 ? at - 30 : nil,
                        served: random.next() % 2 == 0 ? at + 3 : nil, revision: "v\(random.next() % 6)",
                        before: "v\(random.next() % 6)"))
            }
            deliveries.sort { ($0.started, $0.run) < ($1.started, $1.run) }
            let trends = DeliveryTrends(deliveries, window: Self.window)
            for figures in trends.services.map(\.figures.now) + [trends.environment?.now].compactMap(\.self) {
                let changes = figures.failureRate?.changes ?? 0
                let failures = figures.failureRate?.failures ?? 0
                #expect((0...1).contains(figures.failureRate?.rate ?? 0))
                #expect(figures.frequency?.deployments ?? 0 <= changes && failures <= changes)
                #expect(figures.leadTime?.samples ?? 0 <= figures.frequency?.deployments ?? 0)
                #expect((figures.timeToRestore?.samples ?? 0) + figures.unrestored <= failures)
                #expect(figures.leadTime.map { $0.median >= 0 } ?? true)
                #expect(figures.frequency.map { $0.deployments > 0 && $0.days > 0 } ?? true)
            }
            let sums = trends.services.compactMap(\.figures.now.failureRate)
            #expect(sums.map(\.changes).reduce(0, +) == trends.environment?.now.failureRate?.changes ?? 0)
            let byService = Dictionary(grouping: deliveries, by: \.service).values.flatMap(\.self)
            #expect(DeliveryTrends(byService, window: Self.window) == trends)
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
