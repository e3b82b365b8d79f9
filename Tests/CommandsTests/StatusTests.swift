import Configuration
import Releases
import Testing

@testable import Commands

@Suite struct StatusTests {
    private let placement = Placement(
        service: Service(name: "api"), identity: ServiceIdentity(project: "p", region: "r", name: "api"), key: "api")

    private func drift(
        asked: [TrafficTarget], served: [TrafficShare], recorded: String? = nil, latest: String? = "api-2"
    ) -> [String] {
        var observation = ServiceObservation(
            identity: placement.identity, url: "", generation: 1,
            observedGeneration: 1, latestReadyRevision: latest, latestCreatedRevision: nil, traffic: asked,
            trafficStatuses: served, condition: Condition(state: .succeeded))
        observation.annotations[ReleaseAnnotation.revision] = recorded
        return ServiceStatus(placement: placement, facts: ServiceFacts(observation: observation)).drift
    }

    @Test func `a split by hand is drift, although the recorded revision serves most`() {
        let split = [TrafficShare(revision: "api-2", percent: 60), TrafficShare(revision: "api-1", percent: 40)]
        let asked = split.map { TrafficTarget(revision: $0.revision, percent: $0.percent) }
        #expect(
            drift(asked: asked, served: split, recorded: "api-2") == [
                "the last release left `api-2` with all traffic, and it has 60 %"
            ])
        #expect(drift(asked: asked, served: split, recorded: "api-1") == ["the last release left `api-1` serving"])
        #expect(drift(asked: asked, served: split) == [])
    }

    @Test(
        arguments: [
            ([.init(revision: "api-2", percent: 60), .init(revision: "api-2", percent: 40, tag: "mine")], true),
            ([.init(revision: "api-2", percent: 60), .init(revision: nil, percent: 40)], true),
            ([.init(revision: nil, percent: 100)], true),
            ([.init(revision: "api-2", percent: 60), .init(revision: "api-1", percent: 40)], false),
            ([], true),
        ] as [([TrafficTarget], Bool)])
    func `lines of one revision are compared as one`(asked: [TrafficTarget], agrees: Bool) {
        let found = drift(asked: asked, served: [TrafficShare(revision: "api-2", percent: 100)], recorded: "api-2")
        #expect(found.isEmpty == agrees, "\(found)")
    }

    @Test func `the latest of a service that nothing of is ready is nobody's share`() {
        #expect(drift(asked: [.init(revision: nil, percent: 100)], served: [], latest: nil) == [])
    }

    @Test func `a plan that cannot be read is named, and the others are told of`() {
        let plan = Plan(
            run: "run-new", kind: .deploy, environment: "local", created: "", initiator: "", source: nil,
            services: [
                PlannedService(
                    placement: placement, decision: .deploy, isFirst: false, exists: true, baseline: nil,
                    generation: nil, wasPublic: nil,
                    tag: "", labels: [:], environment: [])
            ], steps: [], digest: { $0 })
        var runs = UnfinishedRuns()
        runs.add("run-new", plan: plan.serialized())
        runs.add("run-old", plan: #"{"version":0}"#)
        #expect(runs.names == ["run-new", "run-old"])
        #expect(runs.unreadable.map(\.run) == ["run-old"])
        #expect(runs.run(of: placement.identity) == "run-new")
        #expect(runs.run(of: ServiceIdentity(project: "p", region: "elsewhere", name: "api")) == nil)
        #expect(runs.notes.count == 2)
        #expect(runs.notes.last?.hasPrefix("run run-old has not ended, and the stored plan cannot be read") == true)
    }
}
