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
        (["deploy", "a", "--tag", "Bad_Tag"], 64), (["deploy", "a", "--tag", ""], 64),
        (["deploy", "a", "--set-env", "1A=b"], 64), (["deploy", "a", "--set-env", "A B=1"], 64),
        (["deploy", "a", "--skip-smoke", ""], 64), (["deploy", "a", "--override", "smoke="], 64),
        (["deploy", "--all", "--image", "x"], 64),
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

    @Test func `a command that is misspelt is told with the nearest one`() async throws {
        let text = try await run(["deplo", "backend"])
        #expect(text.exitCode == 64)
        #expect(text.errorText.contains("did you mean `stagectl deploy`?"), "\(text.errorText)")
        let document = try JSONValue(parsing: try await run(["deplo", "-o", "json"]).output)
        #expect(document["error"]?["hint"] == "did you mean `stagectl deploy`?")
        let staged = try JSONValue(parsing: try await run(["deploy", "--nonsense", "--env", "x", "-o", "json"]).output)
        #expect(staged["environment"] == "x")
    }

    @Test func `a report that cannot be written is said before anything is released`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18294)
        let refused = try await project.json("deploy", "auth", "--report", "/proc/nowhere", exit: 69)
        #expect(refused["error"]?["category"] == "unavailable")
        let status = try await project.json("status", "auth", exit: 0)
        #expect(status["services"]?[0]?["revision"]?.string == nil)
        try await project.end()
    }

    @Test func `the state of a project is nothing that git sees`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18296)
        try project.write("image/SampleService\n.process\n", to: ".gitignore")
        try await project.commit("no word of the state folder")
        _ = try await project.json("deploy", "auth", exit: 0)
        #expect(try await project.shell("git", "status", "--porcelain").outputText == "")
        #expect(try await project.json("deploy", "auth", exit: 0)["outcome"] == "unchanged")
        // An untracked file in a source folder is a change, however the folder is written.
        for path in [".", "./image", "image/"] {
            let text = try await project.shell("cat", "environments/services.yaml").outputText
            try project.write(
                text.replacing("paths: [image/Dockerfile]", with: "paths: [\(path)]"), to: "environments/services.yaml")
            try await project.commit("paths \(path)")
            try project.write("new\n", to: "image/untracked")
            _ = try await project.json("deploy", "auth", "--dry-run", exit: 64)
            try await project.shell("rm", "image/untracked")
            try project.write(text, to: "environments/services.yaml")
            try await project.commit("back from \(path)")
        }
        try await project.end()
    }

    @Test func `a first deploy that was held is promoted and opened`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18298)
        let held = try await project.json("deploy", "auth", "--no-traffic", "--tag", "blue", exit: 0)
        #expect(held["outcome"] == "held")
        let promoted = try await project.json("traffic", "promote", "auth", exit: 0)
        #expect(promoted["outcome"] == "promoted")
        #expect(try await project.json("health", "auth", exit: 0)["healthy"] == true)
        let again = try await project.json("deploy", "auth", exit: 0)
        #expect(again["outcome"] == "unchanged")
        try await project.end()
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
