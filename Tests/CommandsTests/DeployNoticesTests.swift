import Configuration
import Releases
import Testing

@testable import Commands

@Suite struct DeployNoticesTests {
    private func facts(_ shares: [TrafficShare], _ relation: CommitRelation? = nil) -> ServiceFacts {
        ServiceFacts(
            observation: ServiceObservation(
                identity: ServiceIdentity(project: "p", region: "r", name: "api"), url: "", generation: 1,
                observedGeneration: 1, trafficStatuses: shares, condition: Condition(state: .succeeded)),
            relation: relation)
    }

    private func placement(_ service: Service) -> Placement {
        Placement(
            service: service, identity: ServiceIdentity(project: "p", region: "r", name: service.name),
            key: ServiceKey(service.name))
    }

    private func lines(_ facts: [ServiceKey: ServiceFacts], noTraffic: Bool = false) -> [String] {
        DeployNotices.lines(
            facts.keys.sorted().map { placement(Service(name: $0.service)) }, facts: facts,
            commit: "0123456789abcdef", noTraffic: noTraffic)
    }

    @Test func `one revision with several lines is no split`() {
        let shares = [
            TrafficShare(revision: "api-1", percent: 60), TrafficShare(revision: "api-1", percent: 40, tag: "mine"),
            TrafficShare(revision: "api-2", percent: 0, tag: "c-aaaaaa"),
        ]
        #expect(lines(["api": facts(shares, .descendant), "new": ServiceFacts(observation: nil)]) == [])
    }

    @Test func `a split says what will become of it`() throws {
        let split = [TrafficShare(revision: "api-2", percent: 60), TrafficShare(revision: "api-1", percent: 40)]
        let line = try #require(lines(["api": facts(split)]).first)
        #expect(line.contains("`api` is split") && line.contains("api-2 60 %, api-1 40 %"))
        #expect(line.contains("takes all of it"))
        #expect(lines(["api": facts(split)], noTraffic: true).first?.contains("leaves it so") == true)
    }

    @Test func `what a deploy does not change of the service is told with the line that does`() throws {
        var seen = facts([TrafficShare(revision: "api-1", percent: 100)])
        seen.observation?.ingress = "all"
        let service = Service(name: "api", container: ContainerSettings(ingress: "internal"))
        let found = DeployNotices.lines([placement(service)], facts: ["api": seen], commit: nil, noTraffic: false)
        #expect(
            found == [
                "`api`: `ingress` is `all`, and the configuration says `internal`; a deploy leaves that as it is. To "
                    + "change it: gcloud run services update api --project p --region r --ingress internal"
            ])
    }

    @Test func `what cannot be compared is said once for all services`() {
        let serving = [TrafficShare(revision: "api-1", percent: 100)]
        let found = lines(["a": facts(serving, .unknown), "b": facts(serving, .unknown), "c": facts(serving, .same)])
        #expect(
            found == [
                "whether 0123456789ab is older than what serves of `a`, `b` cannot be told, since the history here "
                    + "does not reach so far: git fetch --unshallow"
            ])
    }
}
