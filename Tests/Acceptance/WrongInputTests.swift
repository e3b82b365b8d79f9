import JSON
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What people type wrong: one clear error with the next thing to type, and the right exit code.
@Suite struct WrongInputTests {
    private func run(_ arguments: [String], in folder: String? = nil) async throws -> ProcessResult {
        try await ChildProcess.run(
            CommandLine(
                [AcceptanceProject.products + "/stagectl"] + arguments, workingDirectory: folder,
                deadline: .seconds(30)))
    }

    private func run(
        _ arguments: [String], in project: AcceptanceProject, port: Int
    ) async throws -> ProcessResult {
        try await ChildProcess.run(
            CommandLine(
                [AcceptanceProject.products + "/stagectl"] + arguments,
                environment: [
                    "STAGECTL_LOCAL_PORT": "\(port)", "STAGECTL_LOCAL_INGRESS_PORT": "\(port + 1)",
                    "STAGECTL_LOCAL_RUNTIME": "process", "STAGECTL_STATE": project.folder + "/.stagectl",
                ], workingDirectory: project.folder, deadline: .seconds(60)))
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

    private static let escape = "\u{1B}[31mx\u{7}\u{1B}]0;title\u{7}"
    private static let long = String(repeating: "x", count: 20_000)

    /// What somebody or something passed by mistake, in a project that is in order: where it goes, and its exit code.
    private static let odd: [(arguments: [String], code: Int32)] = [
        (["deploy", ""], 64), (["deploy", long], 64), (["deploy", escape], 64), (["deploy", "a\u{202E}b"], 64),
        (["deploy", "auth", "--all"], 64), (["deploy"], 64), (["deploy", "--", "--all"], 64),
        (["deploy", "--\(escape)"], 64), (["deploy", "auth", "--image"], 64), (["deploy", "auth", "--image", ""], 64),
        (["deploy", "auth", "--image", "a b"], 64), (["deploy", "auth", "--image", "x@sha256:zz"], 64),
        (["deploy", "auth", "--builder", escape], 64), (["deploy", "auth", "--set-env", "X"], 64),
        (["deploy", "auth", "--set-env", "=x"], 64), (["deploy", "auth", "--set-env", "\(escape)=1"], 64),
        (["deploy", "auth", "--set-env", "K=1", "--set-env", "K=2"], 64),
        (["deploy", "auth", "--override", "smoke=a", "--override", "smoke=b"], 64),
        (["deploy", "auth", "--override", "helath=x"], 64), (["deploy", "auth", "--override", "health"], 64),
        (["deploy", "auth", "--wait-lock", "5 fortnights"], 64), (["deploy", "auth", "--wait-lock", "-5s"], 64),
        (["deploy", "auth", "--wait-lock", "99999999999999999999h"], 64),
        (["deploy", "auth", "--tag", String(repeating: "a", count: 64)], 64),
        (["deploy", "auth", "--report", ""], 64), (["deploy", "auth", "--report", "afile"], 69),
        (["deploy", "auth", "--report", "afile/x"], 69), (["smoke", "auth", "--junit", "no/such/folder.xml"], 69),
        (["smoke", "auth", "--url", "\(escape)"], 64), (["smoke", "auth", "--url", "backend"], 64),
        (["smoke", "--suite", escape], 64), (["smoke", "--only", escape], 64), (["smoke", "--shard", escape], 64),
        (["smoke", "auth"], 3), (["status", "-e", ""], 64), (["status", "-e", "../../etc/passwd"], 64),
        (["status", "-e", escape], 64), (["status", "-e", long], 64), (["status", "-e", "services"], 64),
        (["status", "--config", "/nowhere"], 64), (["status", "--config", "afile"], 64),
        (["status", "--config", ""], 64), (["status", "--config", "image"], 64), (["rollback", "--all"], 5),
        (["resume", escape], 64), (["abort", "r1", "r2"], 64), (["show", escape], 64), (["show", ""], 64),
        (["history", "--limit", escape], 64), (["logs", "auth", "--limit", "9999999999999999999999"], 64),
        (["logs", "auth"], 5), (["traffic", "shwo"], 64), (["traffic", "set", "auth"], 64),
        (["traffic", "set", "auth", "a=1e2"], 64), (["traffic", "promote"], 64), (["traffic", "repair", "auht"], 64),
        (["lock", "release"], 64), (["lock", "shwo"], 64), (["config", "show", "--nonsense"], 64),
        (["config", "schema", "nonsense"], 64), (["local", "up", "--port", "0"], 64),
        (["local", "up", "--port", escape], 64), (["local", "up", "--runtime", escape], 64),
        (["local", "up", "--port", "18577", "--ingress-port", "18577"], 64), (["local", "up", "--port", "18577"], 5),
        (["local", "faults", "set", escape], 64), (["local", "faults", "set", "image"], 64), ([escape], 64), ([""], 64),
        ([long], 64), (["help", "nonsense"], 64), (["nonsense", "--help"], 64),
    ]

    @Test func `whatever is typed, there is one error that says what to do, and one document`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18574)
        try project.write("", to: "afile")
        try await project.commit("a file")
        _ = try await project.json("local", "up", exit: 0)
        for (arguments, code) in Self.odd {
            let words = arguments.map { $0.count > 100 ? "xxx…" : $0 }
            let text = try await run(arguments, in: project, port: 18574)
            #expect(text.exitCode == code, "\(words): \(text.errorText)")
            let lines = text.errorText.split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("error: ") } == 1, "\(words): \(text.errorText)")
            #expect(lines.contains { $0.hasPrefix("hint: ") }, "\(words): \(text.errorText)")
            #expect(lines.allSatisfy { $0.count < 1000 }, "\(words)")
            let scalars = (text.errorText + text.outputText).unicodeScalars
            #expect(scalars.allSatisfy { $0 == "\n" || !$0.properties.isControlOrDirection }, "\(words)")

            // Before `--`, behind which it would be a service.
            let end = arguments.firstIndex(of: "--") ?? arguments.count
            let asked = Array(arguments[..<end]) + ["-o", "json"] + Array(arguments[end...])
            let result = try await run(asked, in: project, port: 18574)
            #expect(result.exitCode == code, "\(words)")
            let document = try JSONValue(parsing: result.output)
            #expect(document["error"]?["category"]?.string?.isEmpty == false, "\(words)")
            #expect(document["error"]?["hint"]?.string?.isEmpty == false, "\(words)")
        }
        let serving = try await project.json("status", exit: 0)["services"]?.array ?? []
        #expect(serving.allSatisfy { $0["revision"] == .null }, "nothing of all that was deployed")
        try await project.end()
    }

    private static let files: [(name: String, services: [UInt8], code: Int32)] = [
        ("binary", Array(0...255), 65), ("empty", [], 65), ("comments only", Array("# nothing\n".utf8), 65),
        ("5 MB", Array(("a: " + String(repeating: "x", count: 5_000_000)).utf8), 65),
        ("a byte order mark", [0xEF, 0xBB, 0xBF] + Array(plain.utf8), 0),
        ("UTF-16", [0xFF, 0xFE] + plain.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, 65),
        ("tabs", Array("services:\n\tauth:\n\t\tpublic: true\n".utf8), 65),
        ("an alias bomb", Array("a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n".utf8), 65),
        ("a deep list", Array(String(repeating: "[", count: 100_000).utf8), 65),
        ("a duplicate", Array((plain + "services: {}\n").utf8), 65), ("text", Array("hello\n".utf8), 65),
        ("two documents", Array((plain + "---\n" + plain).utf8), 65), ("CR LF", Array(crlf.utf8), 0),
        ("an escape sequence", Array((plain + "\u{1B}[31mx: 1\n").utf8), 65),
        ("a tag", Array("services: !!python/object:os.system {}\n".utf8), 65),
    ]
    private static let plain = "services:\n  auth: { image: \"example/auth\" }\n"
    private static let crlf = plain.replacing("\n", with: "\r\n")

    @Test func `a file of configuration that is none is told with its place`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18576)
        let place = project.folder + "/environments/services.yaml"
        for (name, services, code) in Self.files {
            try Data(services).write(to: URL(filePath: place))
            let result = try await project.stagectl("config", "validate", "-o", "json")
            #expect(result.exitCode == code, "\(name): \(result.errorText)")
            let document = try JSONValue(parsing: result.output)
            guard code != 0 else { continue }
            #expect(document["error"]?["category"] == "configuration", "\(name)")
            #expect(result.errorText.contains("environments/services.yaml"), "\(name): \(result.errorText)")
            #expect(!result.errorText.contains("\u{1B}"), "\(name)")
        }
        for kind in [
            "rm SERVICES", "mkdir SERVICES", "rmdir SERVICES; ln -s /nowhere SERVICES", "rm SERVICES; mkfifo SERVICES",
        ] {
            try await project.shell("sh", "-c", kind.replacing("SERVICES", with: place))
            let result = try await project.stagectl("config", "validate")
            #expect(result.exitCode == 65, "\(kind): \(result.errorText)")
            #expect(result.errorText.contains("environments/services.yaml"), "\(kind): \(result.errorText)")
        }
        try await project.end()
    }

    @Test func `a detached head, a shallow clone and a worktree deploy; no or a broken repository says so`()
        async throws
    {
        let project = try await AcceptanceProject(runtime: "process", port: 18578)
        let commit = try await project.shell("git", "rev-parse", "HEAD").outputText.filter { $0 != "\n" }
        let places = ["clone", "tree"].map { project.folder + "-" + $0 }
        try await project.shell("git", "clone", "--quiet", "--depth", "1", "file://" + project.folder, places[0])
        try await project.shell("git", "worktree", "add", "--quiet", "--detach", places[1])
        try await project.shell("git", "checkout", "--quiet", "--detach")
        for place in [project.folder] + places {
            let plan = try await project.json(
                "deploy", "auth", "--dry-run", "--config", place + "/environments", exit: 0)
            #expect(plan["changes"] == true, "\(place)")
        }
        _ = try await project.json("deploy", "auth", exit: 0)
        let serving = try await project.json("status", "auth", exit: 0)["services"]?[0]
        #expect(serving?["commit"]?.string == commit)
        let history = try await project.json("history", exit: 0)
        let image = try #require(history["releases"]?[0]?["services"]?[0]?["image"]?.string)
        try project.write("garbage\n", to: ".git/HEAD")
        _ = try await project.json("deploy", "auth", "--dry-run", exit: 69)
        try await project.shell("rm", "-rf", ".git")
        let refused = try await project.json("deploy", "auth", "--dry-run", exit: 64)
        #expect(refused["error"]?["hint"]?.string?.contains("--allow-dirty") == true)
        #expect(try await project.json("deploy", "auth", "--dry-run", "--allow-dirty", exit: 0)["error"] == .null)
        let given = try await project.json("deploy", "auth", "--image", image, "--set-env", "ROUND=1", exit: 0)
        #expect(given["outcome"] == "promoted" && given["services"]?[0]?["commit"] == .null)
        for place in places { try await project.shell("rm", "-rf", place) }
        try await project.end()
    }
}

extension Unicode.Scalar.Properties {
    /// What could steer a terminal or turn a line around.
    fileprivate var isControlOrDirection: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
