import JSON
import Testing

/// Nobody who calls notices that releases happen.
@Suite(.serialized) struct LiveTrafficTests {
    @Test func `no request fails and no WebSocket closes while a service is deployed and rolled back`() async throws {
        let rounds = CampaignSize.number(4, whole: 100)
        let project = try await AcceptanceProject(runtime: "process", port: 18560)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            let tally = try await LiveTraffic.during(project) {
                for round in 1...rounds {
                    let deploy = try await project.json(
                        "deploy", "backend", "--set-env", "ROUND=\(round)", exit: 0)
                    #expect(deploy["outcome"] == "promoted", "round \(round)")
                    // What fails never has traffic, and what goes back is as quiet as what goes forward.
                    _ = try await project.json(
                        "deploy", "backend", "--set-env", "SAMPLE_FAULT=ws-1011", "--set-env", "ROUND=\(round)", exit: 3
                    )
                    let rollback = try await project.json("rollback", "backend", exit: 0)
                    #expect(rollback["outcome"] == "rolled-back", "round \(round)")
                }
            }
            #expect(tally.failures == [], "of \(tally.requests) requests and \(tally.echoes) echoes")
            #expect(tally.requests > rounds * 10 && tally.echoes > rounds * 10)
            print("live traffic: \(rounds) rounds, \(tally.requests) requests and \(tally.echoes) echoes")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
