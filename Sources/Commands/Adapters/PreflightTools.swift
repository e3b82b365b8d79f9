import Configuration
import Releases
import Transport

/// The programs that stagectl may call, and their versions. None of them is needed by itself: a builder is.
enum PreflightTools {
    private struct Program {
        var name: String
        var arguments: [String]
        /// What is missing without it.
        var use: String
        /// How its daemon is started, where it has one that must answer.
        var start: String?
        /// Where it is had from.
        var install: String?
    }

    private static let programs = [
        Program(
            name: "docker", arguments: ["version", "--format", "{{.Server.Version}}"],
            use: "builds and runs containers",
            start: "sudo systemctl start docker"),
        Program(name: "podman", arguments: ["--version"], use: "builds and runs containers"),
        Program(name: "buildah", arguments: ["--version"], use: "builds containers"),
        Program(
            name: "terraform", arguments: ["version"], use: "applies infrastructure",
            install: "open https://developer.hashicorp.com/terraform/install"),
    ]

    private static let tofu = Program(
        name: "tofu", arguments: ["version"], use: "applies infrastructure",
        install: "open https://opentofu.org/docs/intro/install")

    /// - Parameter infrastructure: the environment's root, whose program must be there.
    static func findings(infrastructure: InfrastructureSettings? = nil) async -> [PreflightFinding] {
        var programs = programs
        if infrastructure?.tool == .tofu { programs.append(tofu) }
        let needed = infrastructure?.tool.rawValue
        return await withTaskGroup(of: (Int, PreflightFinding).self) { group in
            for (index, program) in programs.enumerated() {
                group.addTask { (index, await finding(program, isNeeded: program.name == needed)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func finding(_ program: Program, isNeeded: Bool) async -> PreflightFinding {
        let id = "tool:\(program.name)"
        let result: ProcessResult
        do {
            result = try await ChildProcess.run(
                CommandLine([program.name] + program.arguments, deadline: .seconds(5), grace: .milliseconds(200)))
        } catch .programNotFound where isNeeded {
            return PreflightFinding(
                id, .problem, .unavailable, what: "`\(program.name)` is not installed, and `infra.root` wants it",
                why: "infra and deploy --with-infra cannot work without it", command: program.install)
        } catch .programNotFound {
            return PreflightFinding(
                id, .ok, .unavailable, what: "`\(program.name)` is not installed (\(program.use))")
        } catch {
            return PreflightFinding(
                id, .warning, .unavailable, what: "`\(program.name)` cannot be started", why: "\(error)")
        }
        guard result.exitCode == 0, let version = version(in: result.outputText) else {
            let said = (result.errorText + result.outputText).split(whereSeparator: \.isNewline).first.map(String.init)
            return PreflightFinding(
                id, .warning, .unavailable, what: "`\(program.name)` is installed and does not work",
                why: result.timedOut ? "it did not answer within 5 s" : said, command: program.start)
        }
        return PreflightFinding(id, .ok, .unavailable, what: "`\(program.name)` \(version)")
    }

    /// The first word that looks like a version, whatever stands around it.
    static func version(in text: String) -> String? {
        text.split { $0.isWhitespace || $0 == "," }.lazy
            .map { $0.hasPrefix("v") ? $0.dropFirst() : $0 }
            .first { $0.first?.isNumber == true && $0.contains(".") }.map(String.init)
    }
}
