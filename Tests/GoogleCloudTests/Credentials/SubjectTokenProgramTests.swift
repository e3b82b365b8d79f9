import Foundation
import JSON
import Releases
import Testing

@testable import GoogleCloud

/// Programs that print a federated token.
@Suite struct SubjectTokenProgramTests {
    private static let good = """
        {"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:id_token","id_token":"printed"}
        """

    private func bench(
        _ script: String, variables: [String: String] = [:], executable: JSONValue = [:]
    ) throws -> CredentialBench {
        let bench = try CredentialBench(
            .federatedExecutable, variables: variables,
            change: { file in
                var program = executable
                program["command"] = file["credential_source"]?["executable"]?["command"]
                file["credential_source"] = ["executable": program]
            })
        try CredentialBench.write(script, to: bench.folder + "/subject program")
        return bench
    }

    @Test func `the program is told what the token is for`() async throws {
        let bench = try bench(
            """
            test "$GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE" = '\(CredentialKind.audience)' || exit 3
            test "$GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE" = urn:ietf:params:oauth:token-type:jwt || exit 4
            test "$GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE$GOOGLE_EXTERNAL_ACCOUNT_REVOKE" = 00 || exit 5
            test -n "$PATH" || exit 6
            echo '\(Self.good)'
            """)
        defer { bench.end() }
        _ = try await bench.credentials.token()
        #expect(bench.server.requests.last?.form["subject_token"] == "printed")
    }

    @Test(arguments: [nil, "", "0", "true"])
    func `it runs only where that is allowed`(value: String?) async throws {
        let bench = try bench(
            "touch \"$0.ran\"; echo '\(Self.good)'",
            variables: [SubjectTokenProgram.permission: value ?? ""])
        defer { bench.end() }
        let refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.category == .permission)
        #expect(refusal.hint == "if you trust the file: export GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1")
        #expect(!FileManager.default.fileExists(atPath: bench.folder + "/subject program.ran"))
    }

    @Test(arguments: [
        ("echo CANARY-7f3a >&2; echo CANARY-7f3a; exit 3", "it ended with 3"),
        ("echo CANARY-7f3a", "its answer is not a JSON object"),
        ("echo '{\"version\":2,\"success\":true}'", "not of `version` 1"),
        ("echo '{\"version\":1}'", "has no `success`"),
        (
            "printf '%s' '{\"version\":1,\"success\":false,\"code\":\"401\",\"message\":\"sign\\nin\"}'",
            "it says: 401: sign in"
        ),
        ("echo '{\"version\":1,\"success\":true,\"token_type\":\"x\"}'", "no `token_type` of a known kind"),
        (
            "echo '{\"version\":1,\"success\":true,\"token_type\":\"urn:ietf:params:oauth:token-type:saml2\",\"id_token\":\"CANARY-7f3a\"}'",
            "has no `saml_response`"
        ),
        (
            "echo '{\"version\":1,\"success\":true,\"expiration_time\":9,\"token_type\":\"urn:ietf:params:oauth:token-type:jwt\",\"id_token\":\"CANARY-7f3a\"}'",
            "has ended already"
        ),
    ])
    func `an answer that is none is told without being shown`(script: String, reason: String) async throws {
        let bench = try bench(script)
        defer { bench.end() }
        let refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.category == .permission)
        #expect(refusal.summary.contains(reason), "\(refusal.summary)")
        #expect(!"\(refusal)".contains("CANARY"))
    }

    @Test func `an answer that was kept is used while it holds`() async throws {
        let kept = NSTemporaryDirectory() + "/stagectl-kept-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: kept) }
        func answer(until end: Int64?, _ token: String) -> String {
            var answer: JSONValue = [
                "version": 1, "success": true, "token_type": "urn:ietf:params:oauth:token-type:jwt",
                "id_token": .string(token),
            ]
            answer["expiration_time"] = end.map(JSONValue.integer)
            return answer.serialized()
        }
        let now = CredentialBench.wallClock
        let table: [(String?, String)] = [
            (answer(until: now + 60, "kept"), "kept"), (answer(until: now - 1, "kept"), "printed"),
            (answer(until: nil, "kept"), "printed"), ("rubbish", "printed"), (nil, "printed"),
        ]
        for (content, expected) in table {
            try? FileManager.default.removeItem(atPath: kept)
            if let content { try CredentialBench.write(content, to: kept) }
            let bench = try bench("echo '\(Self.good)'", executable: ["output_file": .string(kept)])
            defer { bench.end() }
            _ = try await bench.credentials.token()
            #expect(bench.server.requests.last?.form["subject_token"] == expected, "\(content ?? "none")")
        }
        // A program may leave its answer in the file and print nothing.
        let bench = try bench(
            "printf '%s' '\(Self.good)' >\"$GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE\"",
            executable: ["output_file": .string(kept)])
        defer { bench.end() }
        _ = try await bench.credentials.token()
        #expect(bench.server.requests.last?.form["subject_token"] == "printed")
    }

    @Test func `a program that is not there is named`() async throws {
        let bench = try CredentialBench(
            .federatedExecutable,
            change: {
                $0["credential_source"] = ["executable": ["command": "/nowhere/at-all --x"]]
            })
        defer { bench.end() }
        let refusal = try await failure { _ = try await bench.credentials.token() }
        #expect(refusal.summary.contains("`/nowhere/at-all`"))
        #expect(refusal.category == .permission)
    }

    @Test(
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("'a b' \"c d\"", ["a b", "c d"]), ("a\\ b", ["a b"]), ("''", [""]),
            ("a'b'\"c\"d", ["abcd"]), ("\"a\\\"b\\x\"", ["a\"b\\x"]), ("'a\\b'", ["a\\b"]),
            ("$HOME *", ["$HOME", "*"]),
            ("", []), ("  ", []), ("'a", nil), ("a\\", nil),
        ] as [(String, [String]?)])
    func `a command is split as a shell would`(text: String, words: [String]?) {
        #expect(ShellWords.split(text) == words)
    }
}
