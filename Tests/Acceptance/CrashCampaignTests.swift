import JSON
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `kill -9` of the real binary at every step of every flow and at any moment, while callers go on calling. After each,
/// `resume` or `abort` ends the run, and what must hold holds.
@Suite(.serialized) struct CrashCampaignTests {
    static let deploySteps = [
        "build", "lock", "candidate", "ready", "tag", "health", "smoke", "traffic", "assert", "record",
    ]
    static let rollbackSteps = ["lock", "tag", "health", "traffic", "assert", "record"]

    @Test func `kill -9 at every step, taken up either way`() async throws {
        try await withProject(port: 18570) { project in
            for recovery in ["resume", "abort"] {
                for step in Self.deploySteps { try await kill(project, .deploy, at: step, then: recovery) }
                for step in Self.rollbackSteps { try await kill(project, .rollback, at: step, then: recovery) }
            }
            try await killAbort(project)
        }
    }

    @Test func `kill -9 at every step of a first deploy, which is finished or stays closed`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18590)
        do {
            for recovery in ["resume", "abort"] {
                for step in ["candidate", "ready", "tag", "health", "traffic", "open", "assert", "record"] {
                    let told = "first deploy killed at \(step), \(recovery)"
                    let killed = try await project.stagectl(["deploy", "auth"], killedAt: "…  \(step):auth")
                    #expect(killed.exitCode == 128 + SIGKILL, "\(told): \(killed.errorText)")
                    let release = try await project.json(recovery, exit: 0)
                    #expect(release["outcome"] == (recovery == "resume" ? "promoted" : "failed"), "\(told)")
                    let status = try await project.json("status", "auth", exit: 0)
                    #expect((status["services"]?[0]?["public"] == true) == (recovery == "resume"), "\(told)")
                    #expect(status["unfinishedRuns"]?.array == [], "\(told)")
                    _ = try await project.json("local", "reset", "--yes", exit: 0)
                }
            }
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `kill -9 at every step of a release of several services`() async throws {
        try await withProject(port: 18594) { project in
            let steps = Self.deploySteps.filter { $0 != "build" && $0 != "smoke" }
                .flatMap { step in ["auth", "backend"].map { "\(step):\($0)" } }
            for (number, step) in steps.enumerated() {
                // Both ways at every step in the long form, in turn in the short one.
                let turn = (number + number / 2) % 2 == 0 ? "resume" : "abort"
                for recovery in CampaignSize.isWhole ? ["resume", "abort"] : [turn] {
                    try await killSeveral(project, at: step, then: recovery)
                }
            }
        }
    }

    /// All or none: whichever way it ends, both services are where they were or both have moved.
    private func killSeveral(_ project: AcceptanceProject, at step: String, then recovery: String) async throws {
        let told = "release of two services killed at \(step), \(recovery)"
        let before = [try await project.shares(of: "auth"), try await project.shares(of: "backend")]
        let killed = try await project.stagectl(
            ["deploy", "--all", "--set-env", "ROUND=\(UInt32.random(in: 0 ... .max))"], killedAt: "…  \(step)")
        #expect(killed.exitCode == 128 + SIGKILL, "\(told): \(killed.errorText)")
        try await takeUp(project, recovery, before: before[1], told: told)
        let after = [try await project.shares(of: "auth"), try await project.shares(of: "backend")]
        let moved = zip(before, after).map { $0 != $1 }
        #expect(moved[0] == moved[1], "\(told): \(before) \(after)")
        #expect(after.allSatisfy { $0.count == 1 && $0.values.first == 100 }, "\(told): \(after)")
    }

    @Test(.enabled("no docker engine answers, or no registry on port 5000") { await AcceptanceProject.canPush() })
    func `kill -9 while an image is built and pushed`() async throws {
        let project = try await AcceptanceProject(runtime: "docker", port: 18598)
        do {
            try project.write(
                """
                platform: local
                project: local-project
                region: us-central1
                registry: 127.0.0.1:5000/crash-\(UInt32.random(in: 0 ... .max))

                """, to: "environments/local.yaml")
            try await project.commit("with a registry")
            _ = try await project.json("deploy", "--all", exit: 0)
            for recovery in ["resume", "abort"] {
                for step in ["build", "push", "lock"] {
                    let told = "deploy killed at \(step), \(recovery)"
                    let before = try await project.shares(of: "backend")
                    try project.write("\(recovery) \(step)\n", to: "image/VERSION")
                    try project.write(
                        "FROM scratch\nCOPY SampleService VERSION /\nENTRYPOINT [\"/SampleService\"]\n",
                        to: "image/Dockerfile")
                    try await project.commit(told)
                    let killed = try await project.stagectl(["deploy", "backend"], killedAt: "…  \(step):backend")
                    #expect(killed.exitCode == 128 + SIGKILL, "\(told): \(killed.errorText)")
                    try await takeUp(project, recovery, before: before, told: told, mustBeOpen: true)
                    #expect((try await project.shares(of: "backend") == before) == (recovery == "abort"), "\(told)")
                }
            }
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `kill -9 at any moment`() async throws {
        let kills = CampaignSize.number(16, whole: 200)
        let seed = UInt64.random(in: 0 ... .max)
        print("crash campaign: seed \(seed)")
        var random = SplitMix(state: seed)
        try await withProject(port: 18574) { project in
            let clock = ContinuousClock()
            let began = clock.now
            _ = try await project.json("deploy", "backend", "--set-env", "ROUND=0", exit: 0)
            let whole = clock.now - began
            for number in 1...kills {
                let flow = Flow.allCases[Int(random.next() % 2)]
                let part = Double(random.next() % 1000) / 1000
                let recovery = random.next() % 2 == 0 ? "resume" : "abort"
                let before = try await project.shares(of: "backend")
                _ = try await project.stagectl(flow.arguments(number), within: whole * part)
                let told = "seed \(seed), kill \(number): \(flow) cut at \(part) of \(whole), \(recovery)"
                try await takeUp(project, recovery, before: before, told: told)
            }
        }
    }

    enum Flow: CaseIterable {
        case deploy, rollback

        func arguments(_ number: Int) -> [String] {
            switch self {
            case .deploy: ["deploy", "backend", "--set-env", "ROUND=\(number)"]
            case .rollback: ["rollback", "backend"]
            }
        }
    }

    private func withProject(port: Int, _ chapters: (AcceptanceProject) async throws -> Void) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            let tally = try await LiveTraffic.during(project) { try await chapters(project) }
            #expect(tally.failures == [], "of \(tally.requests) requests and \(tally.echoes) echoes")
            try await project.expectPrivateFiles()
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func kill(
        _ project: AcceptanceProject, _ flow: Flow, at step: String, then recovery: String
    ) async throws {
        // A rollback needs somewhere to go, whatever the last case left.
        if flow == .rollback {
            _ = try await project.json(
                "deploy", "backend", "--set-env", "BASE=\(UInt32.random(in: 0 ... .max))", exit: 0)
        }
        let before = try await project.shares(of: "backend")
        let killed = try await project.stagectl(
            flow.arguments(Int.random(in: 1_000_000..<9_000_000)), killedAt: "…  \(step):backend")
        let told = "\(flow) killed at \(step), \(recovery)"
        #expect(killed.exitCode == 128 + SIGKILL, "\(told): \(killed.errorText)")
        try await takeUp(project, recovery, before: before, told: told, mustBeOpen: step != "record")
    }

    /// A way back that is cut is gone again.
    private func killAbort(_ project: AcceptanceProject) async throws {
        let before = try await project.shares(of: "backend")
        for step in ["health", "traffic", "assert"] {
            _ = try await project.stagectl(
                Flow.deploy.arguments(Int.random(in: 1_000_000..<9_000_000)), killedAt: "…  \(step):backend")
            let cut = try await project.stagectl(["abort"], killedAt: "…  restore:backend")
            #expect(cut.exitCode == 128 + SIGKILL, "abort of what was cut at \(step): \(cut.errorText)")
            try await takeUp(project, "abort", before: before, told: "abort killed, \(step)", mustBeOpen: false)
        }
    }

    private func takeUp(
        _ project: AcceptanceProject, _ recovery: String, before: [String: Int64], told: String,
        mustBeOpen: Bool = false
    ) async throws {
        let status = try await project.json("status", exit: 0)
        let open = status["unfinishedRuns"]?.array?.compactMap(\.string) ?? []
        if mustBeOpen { #expect(open.count == 1, "\(told)") }
        if let run = open.first {
            let release = try await project.json(recovery, exit: 0)
            #expect(release["run"]?.string == run, "\(told)")
            if recovery == "abort" {
                #expect(try await project.shares(of: "backend") == before, "\(told)")
            } else {
                #expect(["promoted", "rolled-back"].contains(release["outcome"]?.string), "\(told)")
            }
        }
        let after = try await project.json("status", exit: 0)
        #expect(after["unfinishedRuns"]?.array == [], "\(told)")
        let shares = try await project.shares(of: "backend")
        #expect(shares.count == 1 && shares.values.first == 100, "\(told): \(shares)")
        #expect(try await project.json("lock", "show", exit: 0)["locks"]?.array == [], "\(told)")
        #expect(try await project.json("health", "backend", exit: 0)["healthy"] == true, "\(told)")
    }
}

/// Small, and the same for one seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
