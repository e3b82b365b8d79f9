import ArgumentParser
import JSON
import LocalCloudRun
import Releases
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `stagectl local faults …`
struct LocalFaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults", abstract: "Let the local Cloud Run break on purpose.",
        discussion: """
            A file of faults is JSON: {"seed": 1, "rules": [RULE, ...]}, where a RULE is
              {"id": "busy", "on": {"api": "services.patch", "service": "backend"},
               "effect": {"status": 429, "retryAfter": 3}, "percent": 50, "skip": 1, "times": 2}
            on       api (services.patch, services.*, *), or service, tag and path of requests to services
            effect   one of latency, status (with message, retryAfter), reset,
                     operation (fails, never-ends, disappears, no-response), staleReads,
                     readinessDelay, crashAfterReady, slowDataPlane
            The same seed and the same calls give the same faults. faults.json in the state folder is read at the start.
            """,
        subcommands: [LocalFaultsListCommand.self, LocalFaultsSetCommand.self, LocalFaultsClearCommand.self],
        defaultSubcommand: LocalFaultsListCommand.self)
}

/// `stagectl local faults list`
struct LocalFaultsListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The rules that hold now, and how often each has hit.")
    static let schema = LocalFaults.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var local: LocalOptions

    func run(in session: Session) async throws -> CommandResult {
        try await LocalFaults(session: session, options: local.values).call("GET")
    }
}

/// `stagectl local faults set`
struct LocalFaultsSetCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Replace all rules by those of a file; their counts start over.")
    static let schema = LocalFaults.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var local: LocalOptions

    @Argument(help: "JSON file of rules.")
    var file: String

    func run(in session: Session) async throws -> CommandResult {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(
                .usage, "file `\(file)` cannot be read", hint: "stagectl local faults --help shows the format")
        }
        return try await LocalFaults(session: session, options: local.values).call("PUT", body: [UInt8](data))
    }
}

/// `stagectl local faults clear`
struct LocalFaultsClearCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "clear", abstract: "Remove all rules.")
    static let schema = LocalFaults.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var local: LocalOptions

    func run(in session: Session) async throws -> CommandResult {
        try await LocalFaults(session: session, options: local.values).call("DELETE")
    }
}

/// The control endpoint of a server that runs.
struct LocalFaults {
    static let schema = "stagectl.local-faults/v1"

    let session: Session
    let options: LocalOptions.Values

    func call(_ method: String, body: [UInt8]? = nil) async throws -> CommandResult {
        let settings = try LocalLauncher(session: session, options: options).settings()
        guard let record = await ServerRecord.running(stateFolder: settings.stateFolder) else {
            throw Failure(.unavailable, "the local Cloud Run is not running", hint: "stagectl local up")
        }
        let response: HTTPResponse
        do {
            response = try await session.http.send(
                HTTPRequest(method, record.endpoint + "/local/v1/faults", body: body))
        } catch {
            throw Failure(.unavailable, "the local Cloud Run does not answer", details: [.init("why", "\(error)")])
        }
        let answer = (try? JSONValue(parsing: response.body)) ?? .null
        guard response.status == 200 else {
            let problems = (answer["error"]?["message"]?.string ?? "").split(separator: "\n").map(String.init)
            throw Failure(
                .configuration, "the rules are refused", details: problems.map { .init("problem", $0) },
                hint: "stagectl local faults --help shows the format")
        }
        var document = answer
        document["schema"] = .string(Self.schema)
        document["error"] = .null
        return CommandResult(document, text: Self.text(answer))
    }

    private static func text(_ answer: JSONValue) -> String {
        let rules = answer["rules"]?.array ?? []
        guard !rules.isEmpty else { return "no faults" }
        return rules.map { rule in
            "\(rule["id"]?.string ?? "")  hit \(rule["hits"]?.integer ?? 0) of \(rule["occasions"]?.integer ?? 0)  "
                + "\((rule["effect"] ?? .null).serialized()) on \((rule["on"] ?? .null).serialized())"
        }.joined(separator: "\n")
    }
}
