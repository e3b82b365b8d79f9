import Foundation
import JSON
import Synchronization
import Testing
import Transport

@testable import GoogleCloud

/// One kind of credentials with its files, a server that plays everything it asks, and a clock that stands still.
final class CredentialBench: Sendable {
    let kind: CredentialKind
    let server: TokenServer
    let folder: String
    let credentials: GoogleCredentials
    let surroundings: CredentialSurroundings
    let endpoint: TokenEndpoint
    private let passed: Passed

    /// How much time has gone by.
    final class Passed: Sendable {
        private let seconds = Mutex<Duration>(.zero)
        private let start = ContinuousClock.now

        var now: ContinuousClock.Instant { start + seconds.withLock { $0 } }
        func advance(_ duration: Duration) { seconds.withLock { $0 += duration } }
    }

    /// - Parameters:
    ///   - reply: nil lets Google answer.
    ///   - change: of the credential file.
    init(
        _ kind: CredentialKind, timeout: Duration = .seconds(5), variables more: [String: String] = [:],
        reply: @escaping @Sendable (TokenServer.Request) -> TokenServer.Reply? = { _ in nil },
        change: (inout JSONValue) -> Void = { _ in }
    ) throws {
        self.kind = kind
        let google = PlayedGoogle()
        server = try TokenServer { reply($0) ?? google.reply(to: $0) }
        folder = FileManager.default.temporaryDirectory.path + "/stagectl-credentials-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Self.write("subject-" + CredentialKind.canary + "\n", to: folder + "/subject")
        try Self.write(
            "printf '{\"version\":1,\"success\":true,\"token_type\":\"urn:ietf:params:oauth:token-type:jwt\",\"id_token\":\"subject-\(CredentialKind.canary)\"}'",
            to: folder + "/subject program")
        if var document = kind.document(server.base, folder: folder) {
            change(&document)
            try Self.write(document.serialized(), to: folder + "/credentials.json")
        }
        surroundings = CredentialSurroundings(
            variables: kind.variables(server.base, folder: folder).merging(more) { $1 },
            productNameFile: folder + "/product_name")
        let http = HTTPClient()
        let passed = Passed()
        self.passed = passed
        var endpoint = TokenEndpoint(
            retry: RetryPolicy(attempts: 3, firstDelay: .milliseconds(1), longestDelay: .milliseconds(2)),
            timeout: timeout, now: { Self.wallClock }
        ) { request throws(TransportError) in try await http.send(request) }
        endpoint.iamCredentials = server.base
        self.endpoint = endpoint
        credentials = GoogleCredentials(surroundings: surroundings, endpoint: endpoint, now: { passed.now })
    }

    /// 2026-01-01T00:00:00Z
    static let wallClock: Int64 = 1_767_225_600

    func advance(_ duration: Duration) { passed.advance(duration) }

    /// Paths of the requests, in order.
    var paths: [String] { server.requests.map(\.path) }

    func end() {
        server.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// A token that nobody signed, with these claims.
    static func identityToken(_ claims: JSONValue) -> String {
        func encoded(_ part: JSONValue) -> String {
            Data(part.serialized().utf8).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
        return encoded(["alg": "none"]) + "." + encoded(claims) + ".c2ln"
    }
}

/// Google's token servers as far as they answer yes; tokens are numbered.
final class PlayedGoogle: Sendable {
    private let count = Mutex(0)

    func reply(to request: TokenServer.Request) -> TokenServer.Reply {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let token = JSONValue.string("ya29.token-\(number)")
        let identity = CredentialBench.identityToken([
            "iat": .integer(CredentialBench.wallClock), "exp": .integer(CredentialBench.wallClock + 3600),
            "number": .integer(Int64(number)),
        ])
        switch request.path {
        case "/token" where identityWanted(request):
            return .json(200, ["id_token": .string(identity)])
        case "/token", "/v1/token", "/v1/oauthtoken":
            return .json(200, ["access_token": token, "expires_in": 3600, "token_type": "Bearer"])
        case "/subject": return .json(200, ["value": .string("subject-" + CredentialKind.canary)])
        case "/github": return .json(200, ["value": .string("subject-" + CredentialKind.canary), "count": 1])
        case "/", "/computeMetadata/v1/universe/universe-domain":
            return .answer(200, "googleapis.com", headers: Self.flavor)
        case "/computeMetadata/v1/project/project-id": return .answer(200, "p", headers: Self.flavor)
        case "/computeMetadata/v1/instance/service-accounts/default/token":
            return .answer(
                200, (["access_token": token, "expires_in": 3600] as JSONValue).serialized(), headers: Self.flavor)
        case "/computeMetadata/v1/instance/service-accounts/default/identity":
            return .answer(200, identity, headers: Self.flavor)
        case let path where path.hasSuffix(":generateAccessToken"):
            return .json(200, ["accessToken": token, "expireTime": "2026-01-01T01:00:00Z"])
        case let path where path.hasSuffix(":generateIdToken"): return .json(200, ["token": .string(identity)])
        default: return .answer(404, "")
        }
    }

    /// The assertion asks for an identity token.
    private func identityWanted(_ request: TokenServer.Request) -> Bool {
        request.form["assertion"].flatMap { SignedJWT.claims(of: $0) }?["target_audience"] != nil
    }

    static let flavor = ["Metadata-Flavor": "Google"]
}
