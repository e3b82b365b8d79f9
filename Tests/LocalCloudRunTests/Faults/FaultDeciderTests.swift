import Testing

@testable import LocalCloudRun

@Suite("Fault decisions")
struct FaultDeciderTests {
    private static let request = FaultSubject.request(service: "backend", tag: nil, path: "/api/x")

    private static func hits(_ rule: FaultRule, seed: UInt64 = 0, count: Int) -> [Bool] {
        var decider = FaultDecider(FaultPlan(seed: seed, rules: [rule]))
        return (0..<count).map { _ in decider.decide(request).ending != nil }
    }

    private static func rule(
        _ target: FaultTarget = FaultTarget(), _ effect: FaultEffect = .reset, percent: Double = 100, skip: Int = 0,
        times: Int? = nil
    ) -> FaultRule {
        FaultRule(id: "r", target: target, effect: effect, percent: percent, skip: skip, times: times)
    }

    @Test func `skip and times bound what is hit`() {
        #expect(
            Self.hits(Self.rule(skip: 2, times: 3), count: 8) == [false, false, true, true, true, false, false, false])
        #expect(Self.hits(Self.rule(times: 0), count: 3) == [false, false, false])
        #expect(Self.hits(Self.rule(percent: 0), count: 100).allSatisfy { !$0 })
    }

    @Test func `a seed repeats its run, another one runs otherwise, and the share is kept`() {
        let rule = Self.rule(percent: 30)
        let first = Self.hits(rule, seed: 1, count: 10_000)
        #expect(first == Self.hits(rule, seed: 1, count: 10_000))
        #expect(first != Self.hits(rule, seed: 2, count: 10_000))
        // 3000 ± 46: six standard deviations.
        #expect((2725...3275).contains(first.count { $0 }))
    }

    @Test func `another rule changes nothing of a rule's chances`() {
        let alone = Self.hits(Self.rule(percent: 50), seed: 3, count: 200)
        let other = FaultRule(id: "other", target: FaultTarget(), effect: .latency(.seconds(1)), percent: 50)
        var decider = FaultDecider(FaultPlan(seed: 3, rules: [other, Self.rule(percent: 50)]))
        #expect((0..<200).map { _ in decider.decide(Self.request).ending != nil } == alone)
    }

    @Test func `delays add up, the first ending wins`() {
        let rules = [
            FaultRule(id: "a", target: FaultTarget(), effect: .latency(.milliseconds(100))),
            FaultRule(id: "b", target: FaultTarget(), effect: .error(status: 503, message: nil, retryAfter: nil)),
            FaultRule(id: "c", target: FaultTarget(), effect: .latency(.milliseconds(50))),
            FaultRule(id: "d", target: FaultTarget(), effect: .reset),
        ]
        var decider = FaultDecider(FaultPlan(rules: rules))
        let outcome = decider.decide(Self.request)
        #expect(outcome.latency == .milliseconds(150))
        #expect(outcome.ending == .error(status: 503, message: nil, retryAfter: nil))
        #expect(decider.counts.map(\.hits) == [1, 1, 1, 1])
    }

    @Test(
        arguments: [
            (FaultTarget(), .reset, request, true),
            (FaultTarget(service: "*"), .reset, request, true),
            (FaultTarget(service: "other"), .reset, request, false),
            (FaultTarget(path: "/api"), .reset, request, true),
            (FaultTarget(path: "/other"), .reset, request, false),
            (FaultTarget(tag: "*"), .reset, request, true),
            (FaultTarget(tag: "t"), .reset, request, false),
            (FaultTarget(tag: "t"), .reset, .request(service: "a", tag: "t", path: "/"), true),
            // A rule about requests leaves the API alone, and the other way round.
            (FaultTarget(), .reset, .call(api: "services.get", service: "backend"), false),
            (FaultTarget(api: "*"), .reset, request, false),
            (FaultTarget(api: "*"), .reset, .call(api: "services.get", service: nil), true),
            (FaultTarget(api: "services.*"), .reset, .call(api: "services.get", service: nil), true),
            (FaultTarget(api: "services.*"), .reset, .call(api: "servicesx.get", service: nil), false),
            (FaultTarget(api: "services.get"), .reset, .call(api: "services.get", service: "b"), true),
            (FaultTarget(api: "services.get", service: "a"), .reset, .call(api: "services.get", service: "b"), false),
            (FaultTarget(), .readinessDelay(.zero), .start(service: "a"), true),
            (FaultTarget(), .readinessDelay(.zero), .routes(service: "a"), false),
            (FaultTarget(service: "b"), .crashAfterReady(.zero), .start(service: "a"), false),
            (FaultTarget(), .slowDataPlane(.zero), .routes(service: "a"), true),
            (FaultTarget(), .slowDataPlane(.zero), request, false),
            (FaultTarget(location: "l"), .reset, request, false),
            (
                FaultTarget(location: "l"), .reset,
                .request(to: "projects/p/locations/l/services/a", tag: nil, path: "/"), true
            ),
            (
                FaultTarget(location: "l"), .slowDataPlane(.zero), .routes(of: "projects/p/locations/m/services/a"),
                false
            ),
            (
                FaultTarget(api: "*", location: "l"), .reset, .call(api: "services.get", service: "b", location: "l"),
                true
            ),
            (FaultTarget(location: "l"), .crashAfterReady(.zero), .start(service: "a", location: "m"), false),
        ] as [(FaultTarget, FaultEffect, FaultSubject, Bool)])
    func `a rule covers what it names`(
        target: FaultTarget, effect: FaultEffect, subject: FaultSubject, isCovered: Bool
    ) {
        #expect(Self.rule(target, effect).covers(subject) == isCovered)
    }
}
