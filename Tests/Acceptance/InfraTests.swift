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

/// Terraform through the real binaries, on the root that needs no cloud.
@Suite(.serialized, .enabled(if: ChildProcess.locate("terraform") != nil, "terraform is not installed"))
struct InfraTests {
    private func withProject(port: Int, _ chapters: (AcceptanceProject) async throws -> Void) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "terraform/local").path
            try FileManager.default.createDirectory(
                atPath: project.folder + "/terraform", withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: source, toPath: project.folder + "/terraform/local")
            try configure(project)
            try await project.commit("infrastructure")
            try await chapters(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// Labels and values of an error's details, as one text.
    private func details(_ document: JSONValue) -> String {
        let details = document["error"]?["details"]?.array ?? []
        return details.compactMap { detail in
            detail["label"]?.string.map { "\($0): \(detail["value"]?.string ?? "")" }
        }.joined(separator: "\n")
    }

    private func configure(_ project: AcceptanceProject, variables: String = "", keys: String = "") throws {
        try project.write(
            """
            platform: local
            project: local-project
            region: us-central1
            infra:
              root: terraform/local
              backend: { path: ../../.stagectl/local.tfstate }
              variables: { environment: acceptance\(variables) }
              lock_timeout: 0s
            \(keys)
            """, to: "environments/local.yaml")
    }

    @Test func `a plan is shown, kept and carried out, and another one is not`() async throws {
        try await withProject(port: 19700) { project in
            let plan = try await project.json("infra", "plan", "--detailed-exitcode", exit: 2)
            #expect(plan["schema"] == "stagectl.infra/v1" && plan["counts"]?["create"] == 4)
            let fingerprint = try #require(plan["fingerprint"]?.string)
            let wrong = try await project.json("infra", "apply", "--plan", "0123456789", "--yes", exit: 5)
            #expect(wrong["error"]?["category"] == "conflict")
            let applied = try await project.json(
                "infra", "apply", "--plan", String(fingerprint.prefix(12)), "--yes", exit: 0)
            #expect(applied["outcome"] == "promoted" && applied["steps"]?[0]?["id"] == "infra")
            // A plan is carried out once.
            _ = try await project.json("infra", "apply", "--plan", String(fingerprint.prefix(12)), "--yes", exit: 5)
            #expect(try await project.json("infra", "plan", "--detailed-exitcode", exit: 0)["changes"] == false)
            let again = try await project.json("infra", "apply", "--yes", exit: 0)
            #expect(again["changes"] == false && again["run"] == .null)

            let outputs = try await project.json("infra", "output", exit: 0)
            let list = try #require(outputs["outputs"]?.array)
            #expect(list.first { $0["name"] == "database_url" }?["value"] == .null)
            #expect(try await project.stagectl("infra", "output", "database_port").outputText == "5432\n")
            let hidden = try await project.stagectl("infra", "output", "database_url")
            #expect(hidden.exitCode == 64 && !hidden.errorText.contains("local-only"))
            let slip = try await project.stagectl("infra", "output", "database_prt")
            #expect(slip.exitCode == 64 && slip.errorText.contains("`database_port`"))

            // What would be lost has to be named.
            try configure(project, variables: ", database_version: 17")
            let lost = try await project.json("infra", "apply", "--yes", exit: 5)
            #expect(lost["error"]?["hint"]?.string?.contains("--allow-destroy 'terraform_data.database'") == true)
            #expect(lost["resources"]?[0]?["forcedBy"] == ["triggers_replace"])
            _ = try await project.json("infra", "apply", "--yes", "--allow-destroy", "terraform_data.databas", exit: 64)
            let dry = try await project.json(
                "infra", "apply", "--dry-run", "--allow-destroy", "terraform_data.database", exit: 0)
            #expect(dry["run"] == .null && dry["changes"] == true)
            _ = try await project.json("infra", "apply", "--yes", "--allow-destroy", "terraform_data.database", exit: 0)

            #expect(try await project.json("infra", "drift", "--detailed-exitcode", exit: 0)["changes"] == false)
            try project.write("{\"max_connections\": 7}\n", to: "terraform/local/database-parameters.json")
            let drift = try await project.json("infra", "drift", "--detailed-exitcode", exit: 2)
            #expect(drift["outputs"]?[0]?["name"] == "database_parameters")
            // An edit of the configuration is no drift, also beside a file that was edited.
            let outputsFile = project.folder + "/terraform/local/outputs.tf"
            let edited = try String(contentsOf: URL(filePath: outputsFile), encoding: .utf8)
            try project.write(
                edited.replacing("value       = 5432", with: "value       = 5433"), to: "terraform/local/outputs.tf")
            let pending = try await project.json("infra", "drift", "--detailed-exitcode", exit: 0)
            #expect(pending["changes"] == false && pending["pendingOutputs"]?.array?.count == 2, "\(pending)")
            try project.write(edited, to: "terraform/local/outputs.tf")

            _ = try await project.json("infra", "destroy", "--yes", exit: 5)
            let allowed = ["database", "network", "bucket[\"assets\"]", "bucket[\"uploads\"]"].flatMap {
                ["--allow-destroy", "terraform_data.\($0)"]
            }
            let destroyed = try await ChildProcess.run(
                CommandLine(
                    [AcceptanceProject.products + "/stagectl", "infra", "destroy", "--yes"] + allowed,
                    environment: project.variables([:]), workingDirectory: project.folder, deadline: .seconds(60)))
            #expect(destroyed.exitCode == 0, "\(destroyed.errorText)")
            // Nothing is there that could have drifted.
            let empty = try await project.json("infra", "drift", "--detailed-exitcode", exit: 0)
            #expect(empty["changes"] == false && empty["outputs"] == [], "\(empty)")
            let history = try await project.stagectl("history").outputText
            #expect(history.contains("destroyed") && history.contains("infra: 4 destroyed"), "\(history)")
            #expect(history.contains("infra: 4 applied") && !history.contains("promoted"), "\(history)")
            #expect(try await project.json("infra", "plan", exit: 0)["counts"]?["create"] == 4)
            let plans = try FileManager.default.contentsOfDirectory(atPath: project.folder + "/.stagectl/infra/local")
            #expect(
                !plans.contains { $0.hasPrefix("r") && $0.hasSuffix(".tfplan") }, "a plan may hold secrets: \(plans)")
        }
    }

    @Test func `a failure in the middle is told, and so is one that leaves nothing to change`() async throws {
        try await withProject(port: 19702) { project in
            try configure(project, variables: ", fail_creating: database")
            let failed = try await project.json("infra", "apply", "--yes", exit: 1)
            let labels = failed["error"]?["details"]?.array?.compactMap { $0["label"]?.string } ?? []
            #expect(labels.contains("done") && labels.contains("failed"), "\(failed)")
            let record = failed["infrastructure"]
            #expect(record?["failed"] == ["terraform_data.database"], "\(failed)")
            #expect(record?["applied"]?.array?.contains("terraform_data.database") == false)
            #expect(
                failed["error"]?["hint"]?.string?.hasSuffix("--allow-destroy 'terraform_data.database'") == true,
                "\(failed)")
            // Outputs that the apply did not come to are no drift.
            let drift = try await project.json("infra", "drift", "--detailed-exitcode", exit: 0)
            #expect(drift["changes"] == false, "\(drift)")
            try configure(project)
            // The one that failed is tainted: making it anew loses nothing that works, and still has to be named.
            _ = try await project.json("infra", "apply", "--yes", "--allow-destroy", "terraform_data.database", exit: 0)

            try configure(project, variables: ", fail_checking: database, database_version: 17")
            _ = try await project.json("infra", "apply", "--yes", "--allow-destroy", "terraform_data.database", exit: 1)
            try configure(project, variables: ", database_version: 17", keys: "  require_clean_plan: true")
            let empty = try await project.json("infra", "plan", exit: 0)
            #expect(empty["changes"] == false && empty["warnings"]?.array?.isEmpty == false)
            let gate = try await project.json("deploy", "auth", "--allow-dirty", exit: 3)
            #expect(gate["error"]?["summary"]?.string?.hasPrefix("gate infra") == true, "\(gate)")
            let healed = try await project.json("infra", "apply", "--yes", exit: 0)
            #expect(healed["outcome"] == "promoted")
            #expect(try await project.json("infra", "plan", exit: 0)["warnings"]?.array?.isEmpty == true)
        }
    }

    @Test func `a release carries out the plan first, and its services get the outputs`() async throws {
        try await withProject(port: 19704) { project in
            try configure(
                project,
                keys:
                    "  require_clean_plan: true\nservices:\n  auth: { env: { DATABASE: \"db=${infra.database_name}\" } }\n"
            )
            let refused = try await project.json("deploy", "auth", "--allow-dirty", exit: 3)
            #expect(refused["error"]?["hint"]?.string?.contains("--with-infra") == true)
            let dry = try await project.json("deploy", "auth", "--allow-dirty", "--with-infra", "--dry-run", exit: 0)
            #expect(dry["steps"]?[0]?["id"] == "infra", "\(dry)")
            let first = try await project.json("deploy", "auth", "--allow-dirty", "--with-infra", exit: 0)
            let steps = first["steps"]?.array?.compactMap { $0["id"]?.string } ?? []
            #expect(steps.first == "infra" && first["outcome"] == "promoted", "\(first)")
            // What it was made of had the names of outputs, and what serves has their values: both are one deployment.
            let same = try await project.json("deploy", "auth", "--allow-dirty", exit: 0)
            #expect(same["outcome"] == "unchanged", "\(same)")
            // The second plan knows the outputs and is empty: nothing of Terraform is left to do.
            let second = try await project.json("deploy", "auth", "--allow-dirty", "--with-infra", exit: 0)
            #expect(second["steps"]?.array?.contains { $0["id"] == "infra" } == false)
            #expect(try await project.json("deploy", "auth", "--allow-dirty", exit: 0)["outcome"] == "unchanged")
            let status = try await project.json("status", "auth", exit: 0)
            #expect(status["services"]?[0]?["drift"] == [], "\(status)")
            let shown = try await project.json("config", "show", exit: 0)
            #expect(!"\(shown)".contains("local-only"))

            try configure(project, keys: "services:\n  auth: { env: { DATABASE: \"${infra.database_url}\" } }\n")
            let sensitive = try await project.json("deploy", "auth", "--allow-dirty", exit: 65)
            #expect(details(sensitive).contains("sensitive"))
        }
    }

    @Test func `Ctrl-C lets Terraform end, kill -9 leaves it its work, and resume knows what is left`() async throws {
        try await withProject(port: 19706) { project in
            try configure(project, variables: ", apply_seconds: 2")
            let stopped = Once()
            let interrupted = try await project.stagectl("infra", "apply", "--yes", "-o", "json") { process, line in
                if line.contains("creating"), stopped.first() { kill(process, SIGINT) }
            }
            #expect(interrupted.exitCode == 130, "\(interrupted.errorText)")
            let document = try JSONValue(parsing: interrupted.output)
            #expect(details(document).contains("done"))
            let record = document["infrastructure"]
            let lists = ["applied", "failed", "cut", "left"].flatMap { record?[$0]?.array?.compactMap(\.string) ?? [] }
            #expect(lists.count == 4 && Set(lists).count == 4, "each address in one list: \(document)")
            // The run has its end; what is left is the next apply's, and who asks for the run is told so.
            let ended = try await project.json("resume", exit: 64)
            #expect(ended["error"]?["hint"]?.string?.contains("infra plan") == true, "\(ended)")
            #expect(document["error"]?["hint"]?.string?.contains("stagectl infra apply --env local") == true)

            // What was cut while it was made is tainted, and made anew.
            let tainted = try await project.json("infra", "plan", exit: 0)["resources"]?.array ?? []
            let allowed = tainted.filter { $0["action"] == "replace" }.compactMap { $0["address"]?.string }
            let killed = try await project.stagectl(
                ["infra", "apply", "--yes"] + allowed.flatMap { ["--allow-destroy", $0] }, killedAt: "creating")
            #expect(killed.exitCode == 137)
            let open = try await project.json("state", "show", exit: 0)
            #expect(open["unfinished"]?.array?.count == 1)
            // Terraform goes on without its stagectl; who takes the run up waits for it.
            try configure(project, variables: ", apply_seconds: 2", keys: "  interrupt_grace: 60s")
            try project.write(
                try String(contentsOf: URL(filePath: project.folder + "/environments/local.yaml"), encoding: .utf8)
                    .replacing("lock_timeout: 0s", with: "lock_timeout: 60s"), to: "environments/local.yaml")
            let resumed = try await project.json("resume", exit: 0)
            #expect(resumed["outcome"] == "promoted", "\(resumed)")
            #expect(try await project.json("infra", "plan", "--detailed-exitcode", exit: 0)["changes"] == false)

            // Terraform dies too: what is closed by abort is told, address by address.
            let names = "[assets, uploads, extra, more]"
            try configure(project, variables: ", apply_seconds: 1, fail_creating: more, buckets: \(names)")
            let cut = try await project.stagectl(["infra", "apply", "--yes"], killedAt: "creating")
            #expect(cut.exitCode == 137)
            let dry = try await project.stagectl("abort", "--dry-run")
            #expect(dry.outputText.contains("what its apply has done stays"), "\(dry.outputText)")
            try project.write(
                try String(contentsOf: URL(filePath: project.folder + "/environments/local.yaml"), encoding: .utf8)
                    .replacing("lock_timeout: 0s", with: "lock_timeout: 60s"), to: "environments/local.yaml")
            let aborted = try await project.stagectl("abort")
            let text = aborted.outputText
            #expect(aborted.exitCode == 0 && text.contains("1 applied, 1 failed"), "\(text)\(aborted.errorText)")
            #expect(text.contains(#"terraform_data.bucket["extra"]"#), "\(text)")
            #expect(text.contains(#"stagectl infra apply --env local --allow-destroy 'terraform_data.bucket["more"]'"#))
            let run = try await project.json("history", exit: 0)["releases"]?[0]
            #expect(run?["infrastructure"]?["applied"] == [#"terraform_data.bucket["extra"]"#], "\(run ?? .null)")
            #expect(run?["infrastructure"]?["failed"] == [#"terraform_data.bucket["more"]"#])
        }
    }

    @Test func `one who comes second is told who works there`() async throws {
        try await withProject(port: 19708) { project in
            try configure(project, variables: ", apply_seconds: 3")
            let began = AsyncStream<Void>.makeStream()
            async let first = project.stagectl("infra", "apply", "--yes") { _, line in
                if line.contains("creating") { began.continuation.yield() }
            }
            for await _ in began.stream { break }
            let second = try await project.json("infra", "plan", exit: 5)
            #expect(second["error"]?["category"] == "conflict")
            #expect(details(second).contains("held by"))
            #expect(try await first.exitCode == 0)
        }
    }

    @Test func `wrong input is said before anything runs`() async throws {
        try await withProject(port: 19710) { project in
            // Everything but Terraform is where Debian has it.
            let bare = ["PATH": "/usr/bin:/bin"]
            if FileManager.default.isExecutableFile(atPath: "/usr/bin/terraform") == false {
                let doctor = try await project.json("doctor", environment: bare, exit: 69)
                let findings = doctor["findings"]?.array ?? []
                let finding = findings.first { $0["id"] == "tool:terraform" }
                #expect(finding?["state"] == "problem", "\(doctor)")
                #expect(finding?["command"]?.string?.contains("developer.hashicorp.com") == true)
                let missing = try await project.json("infra", "plan", environment: bare, exit: 69)
                #expect(missing["error"]?["hint"]?.string?.contains("install") == true)
            }
            try project.write("platform: local\nproject: p\nregion: r\n", to: "environments/bare.yaml")
            let none = try await project.json("infra", "plan", "--env", "bare", exit: 64)
            #expect(none["error"]?["hint"]?.string?.contains("infra:") == true)
            _ = try await project.json("infra", "apply", "--plan", "xyz", exit: 64)
            _ = try await project.json("infra", "nonsense", exit: 64)
            _ = try await project.json("deploy", "auth", "--env", "bare", "--with-infra", "--allow-dirty", exit: 64)
            try project.write(
                "platform: local\nproject: p\nregion: r\ninfra: { root: terraform/none }\n",
                to: "environments/gone.yaml")
            _ = try await project.json("infra", "plan", "--env", "gone", exit: 65)
            try project.write(
                "resource \"terraform_data\" \"x\" {\n  input = no.where\n}\n", to: "terraform/local/x.tf")
            let broken = try await project.json("infra", "plan", exit: 1)
            #expect(details(broken).contains("x.tf:2"))
        }
    }
}
