import Testing
import Transport

/// `stagectl config validate`, for pipelines that check a change before anything is deployed.
@Suite(.serialized) struct ConfigValidateTests {
    @Test func `what is wrong in any environment, suite or shared file is told at once`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18582)
        try project.write("platform: local\nproject: p\nregion: r\nbogus: 1\n", to: "environments/staging.yaml")
        try project.write(
            "version: 1\nsuite: unused\npriority: P1\nonwer: me\nchecks: []\n", to: "environments/suites/unused.yaml")
        try project.write("services:\n  auth: { image: \"example/auth\", prt: 1 }\n", to: "environments/services.yaml")
        let all = try await project.stagectl("config", "validate")
        #expect(all.exitCode == 65)
        for word in ["staging.yaml:4", "`bogus`", "suites/unused.yaml:4", "`onwer`", "services.yaml:2", "`prt`"] {
            #expect(all.errorText.contains(word), "\(word): \(all.errorText)")
        }
        #expect(all.errorText.split(separator: "`prt`").count == 2, "once, not for each environment: \(all.errorText)")
        let one = try await project.stagectl("config", "validate", "--env", "local")
        #expect(!one.errorText.contains("`bogus`"), "\(one.errorText)")
        try await project.end()
    }
}
