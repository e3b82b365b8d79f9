import JSON
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

/// What is wrong with the machine and not with the service: one clear error, its exit code, traffic as it was.
@Suite(.serialized) struct BrokenMachineTests {
    @Test func `a port that is taken is named, with the way to choose another`() async throws {
        let first = try await AcceptanceProject(runtime: "process", port: 18500)
        let second = try await AcceptanceProject(runtime: "process", port: 18500)
        _ = try await first.json("local", "up", exit: 0)
        let refused = try await second.json("deploy", "auth", exit: 69)
        #expect(refused["schema"] == "stagectl.release/v1")
        let text = refused.serialized()
        #expect(text.contains("18500"), "\(text)")
        #expect(refused["error"]?["hint"]?.string?.contains("--port") == true, "\(text)")
        try await second.end()
        try await first.end()
    }

    @Test func `an engine that is not running is unavailable, not a failed release`() async throws {
        let project = try await AcceptanceProject(runtime: "docker", port: 18502)
        let refused = try await project.json(
            "deploy", "auth", environment: ["DOCKER_HOST": "unix:///nonexistent/docker.sock"], exit: 69)
        let text = refused.serialized()
        #expect(refused["error"]?["summary"]?.string?.contains("docker") == true || text.contains("docker"), "\(text)")
        #expect(refused["error"]?["hint"]?.string?.isEmpty == false)
        try await project.end()
    }

    @Test(.enabled("no docker engine answers") { await AcceptanceProject.dockerAnswers() })
    func `a Dockerfile that fails shows the build's own lines and touches nothing`() async throws {
        let project = try await AcceptanceProject(runtime: "docker", port: 18504)
        do {
            _ = try await project.json("deploy", "auth", exit: 0)
            let before = try await project.shares(of: "auth")
            try project.write("FROM scratch\nCOPY no-such-file /\n", to: "image/Dockerfile")
            try await project.commit("broken build")
            let result = try await project.stagectl("deploy", "auth")
            #expect(result.exitCode == 1, "\(result.errorText)")
            #expect(result.errorText.contains("no-such-file"), "\(result.errorText)")
            #expect(try await project.shares(of: "auth") == before)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// A file system of a few megabytes that is filled to the last block, before a deploy and in the middle of one.
    @Test func `a full disk undoes what was begun and says that it is full`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18506)
        let small = project.folder + "-small"
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
        let mounted = try await ChildProcess.run(
            CommandLine(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small]))
        guard mounted.exitCode == 0 else {
            print("skipped: no small file system can be mounted here: \(mounted.errorText)")
            return try await project.end()
        }
        do {
            try await fill(project, small)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
        let unmounted = try await ChildProcess.run(CommandLine(["umount", "--lazy", small]))
        #expect(unmounted.exitCode == 0)
        try FileManager.default.removeItem(atPath: small)
    }

    private func fill(_ project: AcceptanceProject, _ small: String) async throws {
        // The journal is on the small disk, the local Cloud Run's own state is not: it is the journal that is tested.
        let variables = [
            "STAGECTL_STATE": small, "STAGECTL_LOCAL_STATE": project.folder + "/.stagectl/local",
        ]
        _ = try await project.json("deploy", "--all", environment: variables, exit: 0)
        try await project.makeHealthPatient()
        let tally = try await LiveTraffic.during(project) {
            try await fillInTheMiddle(project, small, variables)
            try await fillLater(project, small, variables)
        }
        #expect(tally.failures == [], "of \(tally.requests) requests and \(tally.echoes) echoes")
    }

    private func fillInTheMiddle(
        _ project: AcceptanceProject, _ small: String, _ variables: [String: String]
    ) async throws {
        let before = try await project.shares(of: "backend")
        let full = Once()
        let result = try await project.stagectl(
            "deploy", "backend", "--set-env", "ROUND=1", "-o", "json", environment: variables
        ) { _, line in
            if line.contains("health:backend"), full.first() { Self.occupy(small) }
        }
        #expect(result.exitCode == 6, "\(result.errorText)")
        #expect(result.errorText.contains("disk"), "\(result.errorText)")
        #expect(try await project.shares(of: "backend") == before)

        let refused = try await project.stagectl(
            "deploy", "backend", "--set-env", "ROUND=2", environment: variables)
        #expect(refused.exitCode == 69, "\(refused.errorText)")
        #expect(try await project.shares(of: "backend") == before)

        try FileManager.default.removeItem(atPath: small + "/filler")
        _ = try await project.json("abort", environment: variables, exit: 0)
        _ = try await project.json("deploy", "backend", environment: variables, exit: 0)
    }

    /// The disk has room for a few pages more each time, so that it is another write that finds it full.
    private func fillLater(_ project: AcceptanceProject, _ small: String, _ variables: [String: String]) async throws {
        var codes: [Int32: Int] = [:]
        for pages in stride(from: 0, through: 64, by: CampaignSize.number(8, whole: 1)) {
            let before = try await project.shares(of: "backend")
            Self.occupy(small, leaving: pages)
            let result = try await project.stagectl(
                "deploy", "backend", "--set-env", "PAGES=\(pages)", environment: variables)
            codes[result.exitCode, default: 0] += 1
            #expect([0, 6, 69].contains(result.exitCode), "\(pages) pages: \(result.errorText)")
            if result.exitCode != 0 {
                // When only the end could not be written down, everything was done before.
                let isDone = result.errorText.contains("could not be recorded")
                #expect(try await project.shares(of: "backend") == before || isDone, "\(pages) pages")
                #expect(result.errorText.contains("disk"), "\(pages) pages: \(result.errorText)")
            }
            try FileManager.default.removeItem(atPath: small + "/filler")
            let status = try await project.json("status", environment: variables, exit: 0)
            guard status["unfinishedRuns"]?.array?.isEmpty == false else { continue }
            _ = try await project.json("abort", environment: variables, exit: 0)
            #expect(try await project.shares(of: "backend") == before, "\(pages) pages, aborted")
        }
        #expect(codes[69] ?? 0 > 0, "with no page left nothing is begun: \(codes)")
        print("full disk: exit codes \(codes.sorted { $0.key < $1.key })")
    }

    /// Writes until nothing fits any more but so many pages.
    private static func occupy(_ folder: String, leaving pages: Int = 0) {
        let filler = open(folder + "/filler", O_WRONLY | O_CREAT, 0o600)
        let block = [UInt8](repeating: 1, count: 4096)
        var size = 0
        while true {
            let written = write(filler, block, block.count)
            guard written > 0 else { break }
            size += written
        }
        ftruncate(filler, off_t(max(0, size - pages * block.count)))
        close(filler)
    }
}
