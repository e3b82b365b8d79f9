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

extension AcceptanceProject {
    /// Runs the binary and kills it with SIGKILL as soon as it has printed a line that contains the text.
    func stagectl(_ arguments: [String], killedAt text: String) async throws -> ProcessResult {
        let sent = Once()
        return try await stagectl(arguments) { process, line in
            if line.contains(text), sent.first() { kill(process, SIGKILL) }
        }
    }

    /// Runs the binary and kills it with SIGKILL when the time is over.
    func stagectl(_ arguments: [String], within time: Duration) async throws -> ProcessResult {
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        return try await ChildProcess.run(
            CommandLine(
                ["timeout", "--signal=KILL", "\(seconds)", Self.products + "/stagectl"] + arguments,
                environment: variables([:]), workingDirectory: folder, deadline: .seconds(120)))
    }

    /// Nobody else on the machine reads what releases leave behind, and nothing half written lies about.
    func expectPrivateFiles() async throws {
        let found = try await ChildProcess.run(
            CommandLine([
                // Images of plain processes are programs, in a folder that is closed.
                "find", folder + "/.stagectl", "-path", "*/local/images", "-prune", "-o", "-not", "-type", "l", "-perm",
                "/077", "-print",
            ]))
        let open = found.outputText.split(whereSeparator: \.isNewline)
        #expect(open == [], "readable by others: \(open.prefix(5))")
        let left = try await ChildProcess.run(
            CommandLine(["find", folder + "/.stagectl", "-name", "*.tmp*", "-o", "-name", "*.new"]))
        #expect(left.outputText.isEmpty, "\(left.outputText)")
    }
}
