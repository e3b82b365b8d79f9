import JSON
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a person saw of one command in a real pseudo-terminal, read by a terminal emulator.
struct TerminalScreen {
    var exit: Int64
    /// Scroll-back and screen, when the command had ended.
    var left: [String]
    /// The screen after each action.
    var after: [[String]]
    var before: [[String]]

    private static let python = ProcessInfo.processInfo.environment["STAGECTL_PYTHON"]
    private static let script = {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        return "/\(tests)/Conformance/clients/terminal_screen.py"
    }()

    static func hasEmulator() async -> Bool {
        guard let python else { return false }
        let result = try? await ChildProcess.run(CommandLine([python, "-c", "import pyte"], deadline: .seconds(20)))
        return result?.exitCode == 0
    }

    /// - Parameters:
    ///   - size: `80x24`.
    ///   - actions: what is done once a text stands on the screen, as the script describes it.
    static func run(
        _ arguments: String, at size: String, _ actions: [(when: String, what: String)] = [],
        environment: [String: String] = [:], in project: AcceptanceProject
    ) async throws -> TerminalScreen {
        let words = arguments.split(separator: " ").map(String.init)
        let result = try await ChildProcess.run(
            CommandLine(
                [python ?? "", script, size] + actions.flatMap { ["--when", $0.when, $0.what] } + ["--"]
                    + [AcceptanceProject.products + "/stagectl"] + words,
                environment: project.variables(
                    ["GITHUB_ACTIONS": "", "NO_COLOR": "", "LANG": "C.UTF-8"].merging(environment) { $1 }),
                workingDirectory: project.folder, deadline: .seconds(120)))
        let document = try JSONValue(parsing: result.output)
        func screens(_ name: String) -> [[String]] {
            document["seen"]?.array?.map { $0[name]?.array?.compactMap(\.string) ?? [] } ?? []
        }
        #expect(document["missed"]?.array == [], "\(document.serialized(pretty: true))")
        return TerminalScreen(
            exit: document["exit"]?.integer ?? -1, left: document["left"]?.array?.compactMap(\.string) ?? [],
            after: screens("after"), before: screens("before"))
    }
}
