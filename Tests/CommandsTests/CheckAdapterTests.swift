import Foundation
import JSON
import Testing
import Transport
import Verification

@testable import Commands

/// The probes of checks against the real thing.
@Suite(.timeLimit(.minutes(1)))
struct CheckAdapterTests {
    @Test func `a program's end, its output, and one that is not there`() async {
        let probe = ChildCommandProbe()
        let arguments = ["sh", "-c", "echo out; echo $WORD >&2; exit 3"]
        guard
            case .ended(let ending) = await probe.run(
                CommandProbeRequest(arguments: arguments, environment: ["WORD": "err"]))
        else { return #expect(Bool(false)) }
        #expect(ending.exitCode == 3 && ending.output == Array("out\n".utf8))
        #expect(ending.errorOutput == Array("err\n".utf8))
        guard case .failure(let missing) = await probe.run(CommandProbeRequest(arguments: ["no-such-program-here"]))
        else { return #expect(Bool(false)) }
        #expect(missing.reason == "`no-such-program-here` is not there")
        let slow = CommandProbeRequest(arguments: ["sleep", "60"], timeoutMilliseconds: 50)
        guard case .failure(let late) = await probe.run(slow) else { return #expect(Bool(false)) }
        #expect(late.kind == .timeout)
    }

    @Test func `names of this machine, and none`() async {
        let lookup = SystemNameLookup()
        guard case .addresses(let found, _) = await lookup.addresses(of: "localhost", timeoutMilliseconds: 5000) else {
            return #expect(Bool(false))
        }
        #expect(found.contains("127.0.0.1") || found.contains("::1"))
        guard case .addresses(["127.0.0.9"], _) = await lookup.addresses(of: "127.0.0.9", timeoutMilliseconds: 5000)
        else { return #expect(Bool(false)) }
        guard case .unknown = await lookup.addresses(of: "", timeoutMilliseconds: 5000) else {
            return #expect(Bool(false))
        }
    }

    @Test(.enabled(if: ChildProcess.locate("openssl") != nil, "needs openssl"))
    func `an RS256 token holds against its public key, and another's secret is no key`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stagectl-jwt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func openssl(_ arguments: String) async throws -> ProcessResult {
            try await ChildProcess.run(
                CommandLine(
                    ["openssl"] + arguments.split(separator: " ").map(String.init), workingDirectory: folder.path()))
        }
        #expect(try await openssl("genrsa -out key.pem 2048").exitCode == 0)
        #expect(try await openssl("rsa -in key.pem -pubout -out public.pem").exitCode == 0)
        let key = try String(contentsOf: folder.appending(path: "key.pem"), encoding: .utf8)
        let token = try await JWTMinter().mint(
            TokenRequest(secret: key, algorithm: .rs256, keyID: "k1", claims: ["sub": "ann"]))
        let parts = token.split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        let header = try JSONValue(parsing: try #require(Self.decoded(parts[0])))
        #expect(header == ["alg": "RS256", "typ": "JWT", "kid": "k1"])
        try Data("\(parts[0]).\(parts[1])".utf8).write(to: folder.appending(path: "text"))
        try #require(Self.decoded(parts[2])).write(to: folder.appending(path: "signature"))
        let verified = try await openssl("dgst -sha256 -verify public.pem -signature signature text")
        #expect(verified.exitCode == 0, "\(verified.errorText)")
        await #expect(throws: (any Error).self) {
            try await JWTMinter().mint(TokenRequest(secret: "not a key", algorithm: .rs256, claims: [:]))
        }
    }

    private static func decoded(_ part: String) -> Data? {
        var text = part.replacing("-", with: "+").replacing("_", with: "/")
        while text.utf8.count % 4 != 0 { text += "=" }
        return Data(base64Encoded: text)
    }
}
