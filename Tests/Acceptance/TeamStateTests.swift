import GoogleCloudStub
import JSON
import Synchronization
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Two people on two machines, with one bucket for their state and one Cloud Run.
@Suite(.serialized) struct TeamStateTests {
    /// A checkout on a machine with a name of its own, so that nobody there can look at processes of the other.
    private struct Machine: Sendable {
        var name: String
        var folder: String
        var variables: [String: String]

        /// - Parameter record: a file for the process's number.
        func command(_ arguments: [String], record: String = "/dev/null") -> Transport.CommandLine {
            let start = "hostname \(name); echo $$ >\(record); exec \"$0\" \"$@\""
            return CommandLine(
                ["unshare", "--uts", "sh", "-c", start, AcceptanceProject.products + "/stagectl"] + arguments,
                environment: variables, workingDirectory: folder, deadline: .seconds(120))
        }

        func run(_ arguments: String...) async throws -> ProcessResult {
            try await ChildProcess.run(command(arguments))
        }

        func json(_ arguments: String..., exit code: Int32) async throws -> JSONValue {
            let result = try await ChildProcess.run(command(arguments + ["-o", "json"]))
            #expect(result.exitCode == code, "\(name) \(arguments): \(result.outputText) \(result.errorText)")
            return try JSONValue(parsing: result.output)
        }

        /// What is on record of single checks.
        func checks() async throws -> [JSONValue] {
            try await json("history", "--trends", exit: 0)["trends"]?["checks"]?.array ?? []
        }

        /// What the report of a run says of its checks.
        func checksReported(of run: String) async throws -> [JSONValue] {
            try await json("report", run, exit: 0)["checks"]?.array ?? []
        }

        func history() async throws -> [String] {
            try await json("history", exit: 0)["releases"]?.array?.compactMap { $0["run"]?.string } ?? []
        }
    }

    private static func canUnshare() async -> Bool {
        let result = try? await ChildProcess.run(
            CommandLine(["unshare", "--uts", "hostname", "elsewhere"], deadline: .seconds(10)))
        return result?.exitCode == 0
    }

    private func withTeam(
        port: Int, _ chapters: (_ laptop: Machine, _ desk: Machine, GoogleStub, AcceptanceProject) async throws -> Void
    ) async throws {
        guard await Self.canUnshare() else {
            return print("skipped: machines of other names need a UTS name space, which only root can make here")
        }
        let stub = try GoogleStub()
        stub.addBucket("team", project: "p")
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            try project.write(
                """
                platform: local
                project: local-project
                region: us-central1
                state: { backend: gcs, bucket: team, prefix: shop }

                """, to: "environments/local.yaml")
            try await project.commit("a team")
            let more = [
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": stub.base + "/storage/v1/",
                "STAGECTL_ACCESS_TOKEN": "stub-token", "STAGECTL_LOCAL_STATE": project.folder + "/.stagectl/local",
            ]
            let other = project.folder + "/desk"
            try await project.shell("git", "clone", "--quiet", project.folder, other)
            try await project.shell("cp", project.folder + "/image/SampleService", other + "/image/SampleService")
            let laptop = Machine(name: "laptop", folder: project.folder, variables: project.variables(more))
            let desk = Machine(
                name: "desk", folder: other,
                variables: project.variables(more.merging(["STAGECTL_STATE": other + "/.stagectl"]) { $1 }))
            try await chapters(laptop, desk, stub, project)
            #expect(stub.problems == [])
        } catch {
            Issue.record("\(error)")
        }
        stub.stop()
        try await project.end()
    }

    @Test func `they see one history, keep each other out, and one goes on where the other was cut`() async throws {
        try await withTeam(port: 18610) { laptop, desk, _, _ in
            let first = try await laptop.json("deploy", "auth", exit: 0)
            #expect(first["outcome"] == "promoted")
            let run = try #require(first["run"]?.string)
            #expect(try await desk.history() == [run])
            #expect(try await desk.json("show", run, exit: 0)["outcome"] == "promoted")

            let cut = try await deployAndKill(laptop, meanwhile: desk)
            // Until its lease and its last sign of life are over, the desk believes that it lives.
            let refused = try await desk.json("resume", exit: 5)
            #expect(refused["error"]?["summary"] == .string("run `\(cut)` is being executed"))
            let release = try await resume(cut, on: desk)
            #expect(release["outcome"] == "promoted")
            // The one that was refused is in it too.
            let seen = try await laptop.history()
            #expect(try await desk.history() == seen)
            #expect(seen.count == 3 && seen.last == run && seen.contains(cut), "\(seen)")
            #expect(try await laptop.json("status", exit: 0)["unfinishedRuns"]?.array == [])
        }
    }

    /// Kills a deploy in the middle, after the other has tried to deploy beside it; returns the run.
    private func deployAndKill(_ laptop: Machine, meanwhile desk: Machine) async throws -> String {
        let (held, waits) = AsyncStream<Void>.makeStream()
        let record = laptop.folder + "/.process"
        let command = laptop.command(["deploy", "auth", "--set-env", "ROUND=2", "--verbose"], record: record)
        let stopped = Once()
        let deploy = Task {
            // Also when it ends without ever having come so far.
            defer { waits.finish() }
            return try await ChildProcess.run(command) { _, line in
                guard line.contains("…  health:auth"), stopped.first() else { return }
                // It stands still with its lock, until it is killed.
                if let process = Self.process(record) { kill(process, SIGSTOP) }
                waits.yield()
                waits.finish()
            }
        }
        for await _ in held {}
        let beside = try await desk.run("deploy", "auth", "--set-env", "ROUND=3")
        #expect(beside.exitCode == 5, "\(beside.errorText)")
        #expect(
            beside.errorText.contains("is locked by") && beside.errorText.contains("@laptop"), "\(beside.errorText)")
        let open = try await desk.json("status", exit: 0)["unfinishedRuns"]?.array?.compactMap(\.string) ?? []
        if let process = Self.process(record) { kill(process, SIGKILL) }
        #expect(try await deploy.value.exitCode == 128 + SIGKILL)
        return try #require(open.first)
    }

    private static func process(_ record: String) -> Int32? {
        (try? String(contentsOf: URL(filePath: record), encoding: .utf8)).flatMap { Int32($0.filter(\.isNumber)) }
    }

    /// As soon as it is let.
    private func resume(_ run: String, on machine: Machine) async throws -> JSONValue {
        let end = ContinuousClock.now + .seconds(70)
        while true {
            let result = try await ChildProcess.run(machine.command(["resume", run, "-o", "json"]))
            guard result.exitCode == 5, ContinuousClock.now < end else {
                #expect(result.exitCode == 0, "\(result.outputText)")
                return try JSONValue(parsing: result.output)
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    @Test func `to this machine and back the history is the same, and offline it can be read`() async throws {
        try await withTeam(port: 18614) { laptop, desk, stub, project in
            _ = try await laptop.json("deploy", "--all", exit: 0)
            let before = try await laptop.json("history", exit: 0)
            // What the suites came to on the one machine, the other one knows.
            let suites = try await laptop.checks()
            #expect(suites.count == 3)
            #expect(try await desk.checks() == suites)
            // And what they measured, for report, why and diff.
            let run = try #require(before["releases"]?[0]?["run"]?.string)
            let measured = try await laptop.checksReported(of: run)
            #expect(measured.count == 3)
            #expect(try await desk.checksReported(of: run) == measured)
            #expect(try await desk.json("why", run, exit: 0)["error"] == .null)
            let moved = try await laptop.json("state", "move", "--to", "sqlite", "--yes", exit: 0)
            #expect(moved["runs"] == 1 && moved["releases"] == 1 && moved["verdicts"] == 1)
            let refused = try await desk.json("deploy", "auth", exit: 65)
            #expect(refused["error"]?["summary"]?.string?.contains("was moved from `gs://team/shop`") == true)

            let file = "platform: local\nproject: local-project\nregion: us-central1\n"
            try project.write(file, to: "environments/local.yaml")
            #expect(try await laptop.json("history", exit: 0) == before)
            #expect(try await laptop.checks() == suites)
            _ = try await laptop.json("smoke", "backend", exit: 0)
            let back = try await laptop.json("state", "move", "--to", "gs://team/shop", "--yes", exit: 0)
            #expect(back["runs"] == 1 && back["entries"] == moved["entries"] && back["verdicts"] == 2)
            try await project.shell("git", "checkout", "--quiet", "environments/local.yaml")
            #expect(try await laptop.json("history", exit: 0) == before)
            #expect(try await desk.json("history", exit: 0) == before)
            #expect(try await desk.checks().first?["runs"] == 2)
            #expect(try await desk.checksReported(of: run) == measured)
            // Without a network a machine knows what it has seen.
            #expect(try await laptop.checks().first?["runs"] == 2)

            stub.stop()
            let alone = try await laptop.run("history", "-o", "json")
            #expect(try JSONValue(parsing: alone.output) == before)
            #expect(alone.errorText.contains("what follows is what this machine has seen before"), "\(alone.errorText)")
            let smoke = try await laptop.run("smoke", "backend")
            #expect(smoke.exitCode == 0)
            #expect(smoke.errorText.contains("what the suites came to is kept here"), "\(smoke.errorText)")
            #expect(try await laptop.checks().first?["runs"] == 3, "its own counts here")
            let deploy = try await laptop.json("deploy", "auth", "--set-env", "ROUND=9", exit: 69)
            #expect(deploy["error"]?["summary"] == "the state in `gs://team/shop` cannot be reached")
        }
    }

    @Test func `doctor looks whether the bucket is there and permitted`() async throws {
        try await withTeam(port: 18618) { laptop, _, stub, project in
            let fine = try await laptop.json("doctor", exit: 0)
            #expect(Self.finding(fine)?["what"] == "the state of the team is in `gs://team/shop`")
            stub.withhold("storage.objects.create")
            let refused = try await laptop.json("doctor", exit: 4)
            #expect(Self.finding(refused)?["why"] == "missing: storage.objects.create")
            let file = "platform: local\nproject: local-project\nregion: us-central1\n"
            try project.write(
                file + "state: { backend: gcs, bucket: nowhere }\n", to: "environments/local.yaml")
            let missing = try await laptop.json("doctor", exit: 65)
            let command = Self.finding(missing)?["command"]?.string
            #expect(command?.hasPrefix("gcloud storage buckets create gs://nowhere") == true, "\(command ?? "none")")
        }
    }

    private static func finding(_ document: JSONValue) -> JSONValue? {
        document["findings"]?.array?.first { $0["id"] == "state-bucket" }
    }
}
