import JSON
import Transport

/// A program that prints the token of the other identity provider (google.aip.dev/auth/4117, "Executable-sourced
/// credentials"). It runs only where the environment allows programs of credential files.
struct SubjectTokenProgram: Sendable {
    /// Program and arguments.
    var command: [String]
    var timeout: Duration
    /// Where the program leaves its answer for the next time.
    var outputFile: String?
    var audience: String
    var tokenType: String
    var impersonatedAccount: String?
    var isAllowed: Bool

    static let permission = "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"
    private static let longestOutput = 1 << 20

    init(
        _ fields: CredentialFields, audience: String, tokenType: String, surroundings: CredentialSurroundings
    ) throws(CredentialFault) {
        guard let command = ShellWords.split(try fields.required("command")), !command.isEmpty else {
            throw CredentialFault("`credential_source.executable.command` has a quote without its end")
        }
        self.command = command
        timeout = .milliseconds(try fields.integer("timeout_millis", in: 5_000...120_000) ?? 30_000)
        outputFile = try fields.text("output_file")
        self.audience = audience
        self.tokenType = tokenType
        isAllowed = surroundings.value(Self.permission) == "1"
    }

    /// - Parameter now: seconds since 1970.
    func token(now: Int64) async throws -> Secret {
        let purpose = TokenPurpose(
            "running `\(command[0])` for the federated token",
            remedy: "see `credential_source.executable` in the credential file")
        do throws(CredentialFault) {
            guard isAllowed else {
                throw CredentialFault(
                    "programs of credential files are not allowed to run",
                    hint: "if you trust the file: export \(Self.permission)=1")
            }
        } catch {
            throw TokenError.fault(error, purpose)
        }
        if let kept = try keptToken(now: now, purpose) { return kept }
        let result: ProcessResult
        do {
            result = try await ChildProcess.run(
                CommandLine(
                    command, environment: environment, deadline: timeout, grace: .seconds(1),
                    outputLimit: Self.longestOutput, endsWithThisProcess: true))
        } catch ProcessError.programNotFound(let program) {
            throw TokenError.fault(CredentialFault("program `\(program)` was not found"), purpose)
        } catch ProcessError.couldNotStart(let program, let reason) {
            throw TokenError.fault(CredentialFault("program `\(program)` cannot be started: \(reason)"), purpose)
        }
        try Task.checkCancellation()
        do throws(CredentialFault) {
            if result.timedOut {
                throw CredentialFault("it gave no answer within \(timeout.components.seconds) s")
            }
            // What it printed may hold a token.
            guard result.exitCode == 0 else { throw CredentialFault("it ended with \(result.exitCode)") }
            var output = result.output
            if output.allSatisfy({ $0 <= 0x20 }), let outputFile { output = try CredentialFile.bytes(outputFile) }
            return try answer(output, now: now).token
        } catch {
            throw TokenError.fault(error, purpose)
        }
    }

    private var environment: [String: String] {
        var variables = [
            "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE": audience, "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE": tokenType,
            "GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE": "0", "GOOGLE_EXTERNAL_ACCOUNT_REVOKE": "0",
        ]
        variables["GOOGLE_EXTERNAL_ACCOUNT_ID"] = impersonatedAccount ?? ""
        variables["GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL"] = impersonatedAccount
        variables["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"] = outputFile
        return variables
    }

    /// An answer of before that is still good; nil lets the program run, which is what mends a spoilt one.
    private func keptToken(now: Int64, _ purpose: TokenPurpose) throws -> Secret? {
        guard let outputFile, let bytes = try? CredentialFile.bytes(outputFile),
            let answer = try? answer(bytes, now: now), answer.ends
        else { return nil }
        return answer.token
    }

    /// `ends`: it says until when it holds.
    private func answer(_ bytes: [UInt8], now: Int64) throws(CredentialFault) -> (token: Secret, ends: Bool) {
        guard let answer = try? JSONValue(parsing: bytes), answer.object != nil else {
            throw CredentialFault("its answer is not a JSON object")
        }
        guard answer["version"]?.integer == 1 else { throw CredentialFault("its answer is not of `version` 1") }
        guard let success = answer["success"]?.bool else { throw CredentialFault("its answer has no `success`") }
        guard success else {
            let code = answer["code"]?.string ?? "no code"
            let message = answer["message"]?.string ?? "no message"
            throw CredentialFault("it says: \(code): \(message)".oneLine(longest: 300))
        }
        let end = answer["expiration_time"]?.integer
        if let end, end <= now { throw CredentialFault("its token has ended already") }
        let member: String
        switch answer["token_type"]?.string {
        case "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token": member = "id_token"
        case "urn:ietf:params:oauth:token-type:saml2": member = "saml_response"
        default: throw CredentialFault("its answer has no `token_type` of a known kind")
        }
        guard let token = answer[member]?.string, !token.isEmpty else {
            throw CredentialFault("its answer has no `\(member)`")
        }
        return (Secret(token), end != nil)
    }
}
