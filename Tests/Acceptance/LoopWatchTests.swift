import Foundation
import JSON
import Synchronization
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `loop --watch` with a person who saves files, and the real binary.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopWatchTests {
    @Test func `a configuration that cannot be read, and one that can again, are changes like others`() async throws {
        let scenario = try await LoopScenario(port: 19_706, faults: "")
        let project = scenario.project
        do {
            let services = try await project.shell("cat", "environments/services.yaml").outputText
            let waits = Mutex(0)
            let result = try await project.stagectl(["loop", "--watch", "-o", "json"]) { process, line in
                guard line.contains("watching for changes") else { return }
                let number = waits.withLock { number in
                    number += 1
                    return number
                }
                do {
                    switch number {
                    case 1: try project.write(services + "  broken: [\n", to: "environments/services.yaml")
                    case 2: try project.write(services, to: "environments/services.yaml")
                    default: kill(process, SIGINT)
                    }
                } catch {
                    Issue.record("\(error)")
                    kill(process, SIGKILL)
                }
            }
            let told = "\(result.outputText) \(result.errorText)"
            #expect(result.exitCode == 130, "\(told)")
            #expect(result.errorText.contains("environments/services.yaml:"), "\(told)")
            let document = try JSONValue(parsing: result.output)
            let verdicts = (document["iterations"]?.array ?? []).map { $0["verdict"]?["result"]?.string }
            #expect(verdicts == ["pass", nil, "pass"], "\(told)")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `what failed is asked first, and a pass is of everything`() async throws {
        let scenario = try await LoopScenario(port: 19_690, faults: "ws-1011,missing-route")
        let project = scenario.project
        do {
            let report = project.folder + "/.stagectl/watched"
            let saved = Mutex(0)
            // Each time the loop waits somebody saves the next state of the source; after the last one nobody does.
            let states = ["ws-1011,missing-route,leak-user", "missing-route", "", ""]
            let result = try await project.stagectl(["loop", "--watch", "--report", report, "-o", "json"]) {
                process, line in
                guard line.contains("watching for changes") else { return }
                let number = saved.withLock { number in
                    number += 1
                    return number
                }
                do {
                    switch number {
                    case 1...3: try scenario.write(faults: states[number - 1])
                    case 4: try project.write("another\n", to: "image/VERSION")
                    default: kill(process, SIGINT)
                    }
                } catch {
                    Issue.record("\(error)")
                    kill(process, SIGKILL)
                }
            }
            #expect(result.exitCode == 130, "\(result.errorText)")
            let document = try JSONValue(parsing: result.output)
            let verdicts = (document["iterations"]?.array ?? []).map { $0["verdict"] ?? .null }
            func counts(_ name: String) -> [Int64?] { verdicts.map { $0["counts"]?[name]?.integer } }
            let told = "\(document.serialized(pretty: true)) \(result.errorText)"
            #expect(
                verdicts.compactMap { $0["result"]?.string } == ["fail", "fail", "fail", "pass", "pass"], "\(told)")
            #expect(counts("failed") == [2, 2, 1, 0, 0], "\(told)")
            // While something fails still, what passed before is not asked.
            #expect(counts("passed") == [1, 0, 1, 3, 3], "\(told)")
            #expect(counts("notRun") == [0, 1, 1, 0, 0], "\(told)")
            #expect(document["outcome"] == "interrupted" && document["iterations"]?.array?.count == 5)
            #expect(result.errorText.contains("first    1 check that failed before"), "\(result.errorText)")
            for number in 1...5 {
                let page = report + "/\(number)/report.html"
                #expect(FileManager.default.fileExists(atPath: page))
                #expect(document["iterations"]?[number - 1]?["report"]?.string == page)
            }
            let page = try String(contentsOf: URL(filePath: report + "/loop.html"), encoding: .utf8)
            #expect(page.contains("href=\"4/report.html\""))
            let history = try await project.stagectl("history")
            let run = try #require(document["run"]?.string)
            #expect(history.outputText.contains("(loop \(run)/4)"), "\(history.outputText)")
            try await scenario.expectAsReported(document)
            // Whoever stops a watch and begins another one is not held up by the first.
            let again = try await project.json("loop", "--allow-dirty", exit: 0)
            #expect(again["goal"] == true)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
