import Foundation
import JSON
import Testing
import Transport

/// A loop over two regions of one environment, with the real binary.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopRegionTests {
    @Test func `what fails in each region is told, asked again and mended in each`() async throws {
        let scenario = try await LoopScenario(port: 19_702, faults: "ws-1011", loop: "loop: { flaky_reruns: 1 }\n")
        let project = scenario.project
        do {
            let environment = try await project.shell("cat", "environments/local.yaml").outputText
            try project.write(
                environment.replacing("region: us-central1", with: "regions: [us-central1, europe-west1]\nindex: all"),
                to: "environments/local.yaml")
            try await project.shell("mkdir", "environments/index")
            try project.write(
                "version: 1\ntests: 3\nsuites:\n  backend-smoke: [threads, version, ws.echo]\n",
                to: "environments/index/all.yaml")
            try await project.commit("two regions")
            let done = try await project.json("loop", "--fix", LoopScenario.mending("ws-1011"), exit: 0)
            let told = "\(done.serialized(pretty: true))"
            let first = try #require(done["iterations"]?[0])
            #expect(first["services"]?.array == ["auth", "backend"], "\(told)")
            #expect(first["groups"]?.array?.count == 1 && first["groups"]?[0]?["checks"]?.array?.count == 2, "\(told)")
            let checks = (first["groups"]?[0]?["checks"]?.array ?? []).map { $0["suite"]?.string ?? "" }
            #expect(checks.sorted() == ["backend-smoke@europe-west1", "backend-smoke@us-central1"])
            let folder = try #require(first["brief"]?.string)
            let brief = try String(contentsOf: URL(filePath: folder + "/brief.md"), encoding: .utf8)
            for region in ["us-central1", "europe-west1"] {
                #expect(brief.contains("--region \(region) --tag brief --only ws.echo"), "\(brief)")
            }
            #expect(brief.contains("1011"), "\(brief)")
            // Each test of the index is wanted in each region, of a refused candidate too.
            #expect(brief.contains("4 of 6 tests pass, 2 fail, 0 did not run."), "\(brief)")
            #expect(done["left"]?["listed"] == 6 && done["left"]?["missing"] == 0, "\(told)")
            let smoke = try await project.json("smoke", exit: 0)
            #expect(smoke["index"]?["listed"] == 6, "\(smoke.serialized())")
            #expect(done["iterations"]?[1]?["verdict"]?["counts"]?["passed"] == 6, "\(told)")
            // Each region is told apart where the loop says what serves.
            #expect(done["traffic"]?.array?.count == 4, "\(told)")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
