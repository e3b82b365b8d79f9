import JSON
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `--report`, `report`, and the summary of a pipeline's job, of releases that really happened.
@Suite(.serialized) struct ReportTests {
    @Test(.timeLimit(.minutes(3)))
    func `a release leaves its report in five renderings, and it can be made again`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18830)
        do {
            try await tell(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func tell(_ project: AcceptanceProject) async throws {
        let none = try await project.json("report", exit: 64)
        #expect(none["schema"] == "stagectl.report/v1" && none["error"]?["hint"] == "stagectl deploy --all")

        try project.write(
            "platform: local\nproject: local-project\nregion: us-central1\n"
                + "priorities: { P1: { protects: \"$120K MRR\" } }\n", to: "environments/local.yaml")
        try await project.commit("value")
        _ = try await project.json("deploy", "auth", exit: 0)
        let good = try await project.json("deploy", "backend", "--report", "out", exit: 0)
        func text(_ path: String) throws -> String {
            try String(contentsOf: URL(filePath: "\(project.folder)/\(path)"), encoding: .utf8)
        }
        #expect(try JSONValue(parsing: text("out/release.json"))["run"] == good["run"])
        let document = try JSONValue(parsing: text("out/report.json"))
        #expect(document["verdict"]?["headline"] == "RELEASE" && document["schemaVersion"] == "1.0")
        #expect(document["priorities"]?[0]?["protects"] == "$120K MRR")
        #expect(document["priorities"]?[0]?["state"] == "protected")
        let target = document["targets"]?[0]
        #expect(target?["revision"] == good["services"]?[0]?["revision"])
        #expect(
            target?["commit"] == good["services"]?[0]?["commit"]
                && target?["digest"]?.string?.hasPrefix("sha256:") == true)
        #expect(document["steps"]?.array?.allSatisfy { $0["start"] != nil || $0["status"] == "not-run" } == true)
        #expect(document["services"]?[0]?["resources"]?["cost"]?["tier"] == 1)
        #expect(try text("out/report.html").hasPrefix("<!doctype html>"))
        #expect(try text("out/report.md").hasPrefix("# ✅ RELEASE"))
        #expect(try text("out/junit.xml").contains("<property name=\"priority\" value=\"P1\"/>"))

        // A failed one, in a job of GitHub Actions that has written something already.
        try project.write("before\n", to: "summary.md")
        let bad = try await project.json(
            "deploy", "backend", "--set-env", "SAMPLE_FAULT=ws-1011",
            environment: ["GITHUB_STEP_SUMMARY": project.folder + "/summary.md"], exit: 3)
        let summary = try text("summary.md")
        #expect(summary.hasPrefix("before\n# ") && summary.contains("Failures by cause") && summary.contains("1011"))

        let run = try #require(bad["run"]?.string)
        let again = try await project.json("report", run, exit: 0)
        #expect(
            again["subject"]?["run"]?.string == run && again["verdict"]?["result"] == "fail" && again["error"] == .null)
        #expect(again["clusters"]?[0]?["cause"] != nil && again["recommendations"]?[0]?["command"] != nil)
        #expect(again["changes"]?["run"] == good["run"] && again["changes"]?["broken"]?.array?.isEmpty == false)
        let failed = again["checks"]?.array?.first { $0["status"] == "failed" }
        #expect(failed?["reproduction"]?.array?.isEmpty == false)
        #expect(again["counts"]?["total"] == bad["verdict"]?["counts"]?["total"])

        for format in ["html", "markdown", "json", "junit", "text"] {
            let printed = try await project.stagectl("report", run, "--format", format)
            #expect(printed.exitCode == 0 && printed.outputText.utf8.count > 500, "\(format)")
            let written = try await project.stagectl("report", run, "--format", format, "--file", "one.\(format)")
            let size = try text("one.\(format)").utf8.count
            #expect(written.exitCode == 0 && size > 500, "\(format)")
        }
        let opened = try await project.stagectl("report", run, "--open", environment: ["BROWSER": "/bin/true"])
        #expect(opened.exitCode == 0 && opened.outputText.contains("reports/\(run).html"), "\(opened.errorText)")
        #expect(
            try await project.json("report", "nobody", exit: 64)["error"]?["summary"] == "no release is called `nobody`"
        )
        #expect(try await project.stagectl("report", "--open", "--format", "text").exitCode == 64)
        // One JSON document or nothing: another format needs the file that it is for.
        _ = try await project.json("report", run, "--format", "html", exit: 64)
        let both = try await project.json("report", run, "--format", "html", "--file", "both.html", exit: 0)
        #expect(both["subject"]?["run"]?.string == run)
        #expect(try text("both.html").hasPrefix("<!doctype html>"))
        #expect(try await project.json("show", exit: 0)["run"]?.string == run)

        // On another machine, what each check measured is not known, and the report says so.
        try FileManager.default.removeItem(atPath: project.folder + "/.stagectl/reports")
        let poorer = try await project.json("report", run, exit: 0)
        #expect(poorer["counts"] == again["counts"] && poorer["notes"]?.array?.isEmpty == false)

        // Suites on their own.
        let smoke = try await project.stagectl("smoke", "backend", "--report", "alone")
        #expect(smoke.exitCode == 0, "\(smoke.errorText)")
        let alone = try JSONValue(parsing: text("alone/report.json"))
        #expect(alone["subject"]?["kind"] == "smoke" && alone["verdict"]?["headline"] == "RELEASE")
        #expect(try JSONValue(parsing: text("alone/verdict.json"))["counts"] == alone["counts"])
    }
}
