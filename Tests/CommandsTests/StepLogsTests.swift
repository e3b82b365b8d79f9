import Releases
import Reporting
import Synchronization
import Testing

@testable import Commands

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct StepLogsTests {
    @Test func `a long build is folded away, its whole output is kept, and its secrets are not`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/step-logs-\(UInt32.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let said = Mutex("")
        let console = Console(style: .init(isTerminal: false, usesColor: false)) { text, _ in
            said.withLock { $0 += text }
        }
        console.hide(["top-secret-1"])
        let logs = StepLogs(folder: folder, beside: ReleaseProgress(console: console), console: console)
        logs.started(step: "build:backend")
        for number in 0..<1000 { logs.line("line \(number) top-secret-1", step: "build:backend") }
        #expect(said.withLock { $0 } == "  …  build:backend\n", "nothing but the step is shown while it runs")

        logs.ended(
            step: "build:backend", outcome: .failed(Failure(.release, "it broke"), StepOutput(), seconds: 1))
        let shown = said.withLock { $0 }
        #expect(shown.contains("line 999") && !shown.contains("line 900 "), "its last lines come out when it fails")
        #expect(shown.contains("\(folder)/build-backend.log"))
        let kept = try String(contentsOf: URL(filePath: folder + "/build-backend.log"), encoding: .utf8)
        #expect(kept.split(separator: "\n").count == 1000)
        #expect(!kept.contains("top-secret-1") && !shown.contains("top-secret-1"))
    }
}
