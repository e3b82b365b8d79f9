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

/// The life of the local Cloud Run itself, on every runtime: nothing of it outlives it, and it is in nobody's way.
@Suite(.serialized) struct LocalServerTests {
    static let runtimes: [(String, Int)] = [("process", 18520), ("docker", 18530)]

    /// The chapters follow each other on one pair of servers, as each start takes a while.
    @Test(arguments: runtimes) func `two servers, one of which is killed, ended, forgotten`(runtime: String, port: Int)
        async throws
    {
        if runtime == "docker", await !AcceptanceProject.dockerAnswers() {
            try Test.cancel("no docker engine answers, so the story ran on plain processes alone")
        }
        let first = try await AcceptanceProject(runtime: runtime, port: port)
        let second = try await AcceptanceProject(runtime: runtime, port: port + 4)
        do {
            for project in [first, second] { _ = try await project.json("deploy", "auth", exit: 0) }
            try await killAndGoOn(first)
            try await killAndEnd(first)
            #expect(try await second.json("health", "auth", exit: 0)["healthy"] == true)
            try await forget(first)
            #expect(try await second.instances().count == 1)
        } catch {
            Issue.record("\(error)")
        }
        try await first.end()
        try await second.end()
        #expect(try await first.instances() == [])
        #expect(try await second.instances() == [])
    }

    /// The next start ends what was left, and starts what is wanted anew.
    private func killAndGoOn(_ project: AcceptanceProject) async throws {
        let revision = try await project.shares(of: "auth")
        let before = try await project.instances()
        #expect(before.count == 1)
        try await killServer(of: project)
        #expect(try await project.instances() == before, "a kill -9 leaves the instance behind")
        let token = "ya29.of-the-cloud"
        let up = try await project.json("local", "up", environment: ["STAGECTL_ACCESS_TOKEN": token], exit: 0)
        try expectNo(token, inEnvironmentOf: try #require(up["pid"]?.integer))
        #expect(try await project.json("health", "auth", exit: 0)["healthy"] == true)
        #expect(try await project.shares(of: "auth") == revision)
        let after = try await project.instances()
        #expect(after.count == 1)
        #expect(after != before)
    }

    /// It stays for days, and needs no token of the cloud.
    private func expectNo(_ secret: String, inEnvironmentOf process: Int64) throws {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/environ") else {
            print("whose environment the server has was not looked at: no /proc here")
            return
        }
        let entries = String(decoding: bytes, as: UTF8.self)
        #expect(entries.contains("STAGECTL_LOCAL_PORT="))
        #expect(!entries.contains(secret))
    }

    /// `down` cleans up where there is no server to do it.
    private func killAndEnd(_ project: AcceptanceProject) async throws {
        try await killServer(of: project)
        let ended = try await project.stagectl("local", "down")
        #expect(ended.exitCode == 0, "\(ended.errorText)")
        #expect(ended.outputText.contains("had died"), "\(ended.outputText)")
        #expect(try await project.instances() == [])
        let again = try await project.json("local", "down", exit: 0)
        #expect(again["stopped"] == false)
    }

    private func forget(_ project: AcceptanceProject) async throws {
        _ = try await project.json("local", "up", exit: 0)
        _ = try await project.json("local", "reset", exit: 0)
        _ = try await project.json("local", "up", exit: 0)
        let status = try await project.json("status", "auth", exit: 0)
        #expect(status["services"]?[0]?["revision"]?.string == nil)
        #expect(try await project.instances() == [])
    }

    private func killServer(of project: AcceptanceProject) async throws {
        let status = try await project.json("local", "status", exit: 0)
        let server = pid_t(try #require(status["pid"]?.integer))
        #expect(kill(server, SIGKILL) == 0)
        let deadline = ContinuousClock.now + .seconds(20)
        while try await project.json("local", "status", exit: 0)["running"] == true, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
