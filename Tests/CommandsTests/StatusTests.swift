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

    @Test(
        arguments: [
            (nil, "all", []), ("all", "all", []), ("internal", "internal", []), ("internal", nil, []),
            ("internal", "all", ["update api --project p --region r --ingress internal"]),
            (nil, "internal", ["update api --project p --region r --ingress all"]),
            (
                "internal-and-cloud-load-balancing", "INGRESS_TRAFFIC_NONE",
                ["update api --project p --region r --ingress internal-and-cloud-load-balancing"]
            ),
        ] as [(String?, String?, [String])])
    func `from where it can be called is drift when it is not as configured`(
        wanted: String?, seen: String?, commands: [String]
    ) {
        let found = drift(Service(name: "api", container: ContainerSettings(ingress: wanted))) { $0.ingress = seen }
        #expect(found.count == commands.count && zip(found, commands).allSatisfy { $0.hasSuffix("services " + $1) })
    }

    @Test func `who may call it is drift once a release has set it`() {
        let open = "add-iam-policy-binding api --project p --region r --member=allUsers --role=roles/run.invoker"
        let closed = drift(Service(name: "api", isPublic: true)) {
            $0.annotations[ReleaseAnnotation.revision] = "api-2"
        }
        #expect(closed.last?.hasSuffix(": gcloud run services " + open) == true)
        let unproved = drift(Service(name: "api", isPublic: true)) { _ in }
        #expect(unproved == ["closed: it has not passed its gates yet"])

        let opened = drift(Service(name: "api")) { $0.isPublic = true }
        #expect(opened.count == 1 && opened[0].contains("services remove-iam-policy-binding api "))
        let unchecked = drift(Service(name: "api")) {
            $0.isPublic = true
            $0.isInvokerCheckDisabled = true
        }
        #expect(unchecked.count == 1 && unchecked[0].hasSuffix(" --region r --invoker-iam-check"))
    }

    @Test func `a line for another endpoint names it`() {
        let service = Service(name: "api", container: ContainerSettings(ingress: "internal"))
        let local = drift(service, endpoint: "http://127.0.0.1:7080") { $0.ingress = "all" }
        #expect(
            local.first?.contains(
                ": CLOUDSDK_AUTH_DISABLE_CREDENTIALS=1 CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN=http://127.0.0.1:7080/ gcloud "
            ) == true)
        let regional = drift(service, endpoint: "https://run.example.com/") { $0.ingress = "all" }
        #expect(
            regional.first?.contains(": CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN=https://run.example.com/ gcloud ") == true)
    }

    private func drift(
        _ service: Service, endpoint: String? = nil, _ change: (inout ServiceObservation) -> Void
    ) -> [String] {
        var observation = ServiceObservation(
            identity: ServiceIdentity(project: "p", region: "r", name: "api"), url: "", generation: 1,
            observedGeneration: 1, trafficStatuses: [TrafficShare(revision: "api-2", percent: 100)],
            condition: Condition(state: .succeeded))
        change(&observation)
        return ServiceStatus(
            placement: Placement(
                service: service, identity: ServiceIdentity(project: "p", region: "r", name: service.name),
                key: ServiceKey(service.name)), facts: ServiceFacts(observation: observation), endpoint: endpoint
        ).drift
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
        var executed = UnfinishedRuns()
        executed.add("run-now", plan: plan.serialized(), executor: LockProcess(host: "here", id: 7))
        #expect(executed.notes == ["run run-now is being executed, by process 7 on here"], "nothing to take up")
        #expect(runs.names == ["run-new", "run-old"])
        #expect(runs.unreadable.map(\.run) == ["run-old"])
        #expect(runs.run(of: placement.identity) == "run-new")
        #expect(runs.run(of: ServiceIdentity(project: "p", region: "elsewhere", name: "api")) == nil)
        #expect(runs.notes.count == 2)
        #expect(runs.notes.last?.hasPrefix("run run-old has not ended, and the stored plan cannot be read") == true)
    }
}
