import Testing
import Transport

/// What stagectl has started serves nobody once stagectl is gone.
@Suite(.serialized) struct OrphanTests {
    @Test func `a build ends with the stagectl that was killed, and so does what it started`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18664)
        do {
            let seconds = Int.random(in: 100_000...999_999)
            let services = """
                services:
                  slow:
                    source:
                      paths: [image/Dockerfile]
                      context: image
                      process: [image/SampleService]
                      before: [sh, -c, "echo it-began; sleep \(seconds) & sleep \(seconds)"]

                """
            try project.write(services, to: "environments/services.yaml")
            try await project.commit("slow")
            let result = try await project.stagectl(["build", "slow"], killedAt: "it-began")
            #expect(result.exitCode == 128 + 9, "\(result.errorText)")
            #expect(try await isGone("sleep \(seconds)"))
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func isGone(_ words: String) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let found = try await ChildProcess.run(CommandLine(["pgrep", "-f", "^" + words]))
            if found.exitCode == 1 { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
