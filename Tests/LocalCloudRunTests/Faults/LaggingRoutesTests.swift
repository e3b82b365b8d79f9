import Testing

@testable import LocalCloudRun

@Suite("Routes that lag")
struct LaggingRoutesTests {
    private static func route(_ service: String, _ revision: String) -> Routes.Route {
        Routes.Route(
            service: "projects/p/locations/l/services/\(service)", targets: [.init(revision: revision, percent: 100)],
            isPublic: true, timeoutSeconds: 1)
    }

    private static let old = Routes(
        hosts: ["a.localhost": route("a", "a1"), "b.localhost": route("b", "b1")],
        ports: [1: route("a", "a1"), 2: route("b", "b1")])
    private static let new = Routes(
        hosts: [
            "a.localhost": route("a", "a2"), "t---a.localhost": route("a", "a2"), "b.localhost": route("b", "b2"),
        ], ports: [1: route("a", "a2"), 2: route("b", "b2"), 3: route("a", "a2")])

    @Test func `a late service keeps its routes, and its new ports lead nowhere`() {
        let shown = Self.new.keeping(["projects/p/locations/l/services/a"], from: Self.old)
        #expect(shown.hosts == ["a.localhost": Self.route("a", "a1"), "b.localhost": Self.route("b", "b2")])
        #expect(shown.ports[1] == Self.route("a", "a1"))
        #expect(shown.ports[2] == Self.route("b", "b2"))
        #expect(shown.ports[3]?.targets == [])
        #expect(Self.new.keeping([], from: Self.old) == Self.new)
    }

    @Test func `a change arrives when its time has come, and others at once`() async throws {
        let sink = Platform.Routing()
        let faults = Faults()
        let work = BackgroundWork()
        let routes = LaggingRoutes(sink, faults: faults, work: work)
        let background = Task { await work.run() }
        defer { background.cancel() }
        _ = await routes.publish(Self.old)
        #expect(sink.routes == Self.old)
        faults.replace(
            with: FaultPlan(rules: [
                FaultRule(id: "lag", target: FaultTarget(service: "a"), effect: .slowDataPlane(.milliseconds(300)))
            ]))
        let start = ContinuousClock.now
        _ = await routes.publish(Self.new)
        #expect(sink.routes.hosts["a.localhost"]?.targets.first?.revision == "a1")
        #expect(sink.routes.hosts["b.localhost"]?.targets.first?.revision == "b2")
        #expect(await poll(until: .now + .seconds(10)) { sink.routes == Self.new ? true : nil } == true)
        #expect(ContinuousClock.now - start >= .milliseconds(300))
    }
}
