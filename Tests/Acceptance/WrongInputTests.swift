import JSON
import Testing
import Transport

/// What people type wrong: one clear error with the next thing to type, and the right exit code.
@Suite struct WrongInputTests {
    private func run(_ arguments: [String], in folder: String? = nil) async throws -> ProcessResult {
        try await ChildProcess.run(
            CommandLine(
                [AcceptanceProject.products + "/stagectl"] + arguments, workingDirectory: folder,
                deadline: .seconds(30)))
    }

    private static let lines: [(arguments: [String], code: Int32)] = [
        (["deploy", "--all", "--nonsense"], 64), (["deploy", "--all", "--set-env", "PORT=1"], 64),
        (["frobnicate"], 64), (["traffic", "set", "backend", "a=50"], 64), (["smoke", "--shard", "5/2"], 64),
        (["--version"], 0), (["help", "exit-codes"], 0), (["deploy", "--help"], 0),
    ]

    @Test(arguments: lines)
    func `usage errors are 64 and help is 0`(arguments: [String], code: Int32) async throws {
        let result = try await run(arguments)
        #expect(result.exitCode == code, "\(arguments): \(result.errorText)")
    }

    @Test func `a usage error as JSON is one document with the error filled in`() async throws {
        let result = try await run(["deploy", "--nonsense", "--output", "json"])
        #expect(result.exitCode == 64)
        let document = try JSONValue(parsing: result.output)
        #expect(document["schema"] == "stagectl.release/v1")
        #expect(document["error"]?["category"] == "usage")
    }

    @Test func `no configuration anywhere is 65 and says what to do`() async throws {
        let result = try await run(["status", "-o", "json"], in: "/")
        #expect(result.exitCode == 65)
        let document = try JSONValue(parsing: result.output)
        #expect(document["error"]?["hint"]?.string?.isEmpty == false)
    }

    @Test func `a reset empties no folder that is not its own`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18290)
        try project.write("precious\n", to: "image/precious")
        let refused = try await project.json("local", "reset", "--state", project.folder + "/image", exit: 64)
        #expect(refused["error"]?["category"] == "usage")
        #expect(try await project.shell("cat", "image/precious").outputText == "precious\n")
        try await project.end()
    }

    @Test func `an unknown service is told with the nearest name`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18280)
        let wrong = try await project.json("deploy", "bakend", exit: 64)
        #expect(wrong["error"]?["hint"]?.string?.contains("backend") == true)
        let environment = try await project.json("status", "--env", "locl", exit: 64)
        #expect(environment["error"]?["hint"]?.string?.contains("local") == true)
        try project.write("platform: local\nproject: p\nregoin: r\nregion: r\n", to: "environments/local.yaml")
        let invalid = try await project.stagectl("config", "validate")
        #expect(invalid.exitCode == 65)
        #expect(invalid.errorText.contains("environments/local.yaml:3:1"))
        #expect(invalid.errorText.contains("region"))
        try await project.end()
    }
}
