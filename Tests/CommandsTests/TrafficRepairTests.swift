import Releases
import Testing

@testable import Commands

@Suite struct TrafficRepairTests {
    private func service(asked: [TrafficTarget], served: [TrafficShare]) -> ServiceObservation {
        ServiceObservation(
            identity: ServiceIdentity(project: "p", region: "r", name: "api"), url: "", generation: 1,
            observedGeneration: 1, latestReadyRevision: "api-2", traffic: asked, trafficStatuses: served,
            condition: Condition(state: .succeeded))
    }

    @Test(
        arguments: [
            // The latest revision is asked for, and serves.
            (
                [.init(revision: nil, percent: 100)], [.init(revision: "api-2", percent: 100)],
                [
                    .init(revision: nil, percent: 100)
                ]
            ),
            // The latest revision is asked for, and another one serves.
            (
                [.init(revision: nil, percent: 100)], [.init(revision: "api-1", percent: 100)],
                [
                    .init(revision: "api-1", percent: 100)
                ]
            ),
            // One line agrees, one does not.
            (
                [.init(revision: nil, percent: 50), .init(revision: "api-9", percent: 50)],
                [.init(revision: "api-1", percent: 50), .init(revision: "api-2", percent: 50)],
                [.init(revision: nil, percent: 50), .init(revision: "api-1", percent: 50)]
            ),
            // Asked for twice by one revision, in two ways.
            (
                [.init(revision: nil, percent: 50), .init(revision: "api-2", percent: 50)],
                [.init(revision: "api-2", percent: 50), .init(revision: "api-2", percent: 50)],
                [.init(revision: nil, percent: 50), .init(revision: "api-2", percent: 50)]
            ),
            // A leftover tag of a candidate goes, somebody's own stays, and so does one with traffic.
            (
                [.init(revision: "api-1", percent: 100, tag: "c-aaaaaa")],
                [
                    .init(revision: "api-1", percent: 100, tag: "c-aaaaaa"),
                    .init(revision: "api-3", percent: 0, tag: "c-bbbbbb"),
                    .init(revision: "api-3", percent: 0, tag: "mine"),
                ],
                [
                    .init(revision: "api-1", percent: 100, tag: "c-aaaaaa"),
                    .init(revision: "api-3", percent: 0, tag: "mine"),
                ]
            ),
            ([.init(revision: nil, percent: 100)], [], []),
        ] as [([TrafficTarget], [TrafficShare], [TrafficTarget])])
    func `what is served as it was asked for stays as it is written`(
        asked: [TrafficTarget], served: [TrafficShare], expected: [TrafficTarget]
    ) {
        #expect(TrafficRepair.targets(of: service(asked: asked, served: served)) == expected)
    }

    @Test func `two lines of one revision are one share, and the latest is not its name`() {
        let split = service(
            asked: [.init(revision: "api-2", percent: 60), .init(revision: "api-2", percent: 40, tag: "mine")],
            served: [.init(revision: "api-2", percent: 100, tag: "mine")])
        #expect(split.asks(for: split.traffic) && split.serves(split.traffic))
        #expect(split.serves([.init(revision: nil, percent: 100), .init(revision: "api-2", percent: 0, tag: "mine")]))
        #expect(!split.asks(for: [.init(revision: nil, percent: 100, tag: "mine")]))
        #expect(!split.serves([.init(revision: "api-2", percent: 100)]))
        #expect(!split.serves([.init(revision: "api-1", percent: 100, tag: "mine")]))
    }
}
