import Crypto
import JSON
import Releases
import Synchronization
import Testing
import Transport

@testable import Images

/// The client against a registry that answers by a table: what it sends, and what it makes of what comes back.
struct RegistryClientTests {
    private final class Script: Sendable {
        typealias Answer = @Sendable (HTTPRequest) -> (status: Int, headers: [String: String], body: String)
        private let seen = Mutex<[HTTPRequest]>([])
        let answer: Answer

        init(_ answer: @escaping Answer) { self.answer = answer }

        var requests: [HTTPRequest] { seen.withLock { $0 } }

        func client(_ logins: ScriptedLogins = ScriptedLogins()) -> RegistryClient {
            RegistryAccess(logins: RegistryLogins(shortLived: logins) { _ in nil }) { request throws(TransportError) in
                self.seen.withLock { $0.append(request) }
                let answer = self.answer(request)
                let headers = HTTPHeaders(answer.headers.map { .init($0.key, $0.value) })
                return HTTPResponse(
                    status: answer.status, headers: headers, body: Array(answer.body.utf8),
                    redirectTarget: answer.headers["Location"])
            }.client
        }
    }

    private static func sha(_ text: String) -> String { "sha256:" + Array(text.utf8).sha256 }
    private static let layer = "sha256:" + String(repeating: "1", count: 64)
    private static let configuration = #"""
        {"os":"linux","architecture":"amd64","config":{"User":"app","Entrypoint":["/s"],"ExposedPorts":{"8080/tcp":{}}},
         "rootfs":{"diff_ids":["x"]},
         "history":[{"created_by":"ARG","empty_layer":true},{"created_by":"|1 K=canary /bin/sh -c make it"}]}
        """#
    private static let manifest =
        #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"digest":"\#(sha(configuration))","size":\#(configuration.utf8.count)},"layers":[{"digest":"\#(layer)","size":1234}]}"#

    private static func index(_ platforms: [(String, String)]) -> String {
        let entries = platforms.map {
            #"{"digest":"\#(sha(manifest))","platform":{"os":"\#($0.0)","architecture":"\#($0.1)"}}"#
        }
        return
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[\#(entries.joined(separator: ","))]}"#
    }

    private static func registry(tag: String, configuration: String = configuration) -> Script {
        Script { request in
            if request.url.hasSuffix("/manifests/v1") { return (200, [:], tag) }
            if request.url.hasSuffix("/manifests/\(sha(manifest))") { return (200, [:], manifest) }
            if request.url.hasSuffix("/blobs/\(sha(Self.configuration))") { return (200, [:], configuration) }
            return (404, [:], "")
        }
    }

    private func address(_ reference: String = "v1") throws -> RegistryAddress {
        try #require(RegistryAddress("r.dev/p/backend")).with(reference: reference)
    }

    @Test func `a tag becomes the digest of what the registry gave`() async throws {
        #expect(try await Self.registry(tag: Self.manifest).client().resolve(address()) == Self.sha(Self.manifest))
        let index = Self.index([("linux", "arm64"), ("linux", "amd64")])
        #expect(try await Self.registry(tag: index).client().resolve(address()) == Self.sha(index))
    }

    @Test func `an image for other machines is refused in Cloud Run's own words`() async throws {
        let index = Self.index([("linux", "arm64"), ("windows", "amd64")])
        let failure = await #expect(throws: Failure.self) {
            try await Self.registry(tag: index).client().resolve(address())
        }
        #expect(failure?.category == .release)
        #expect(
            failure?.details.last?.value
                == "Cloud Run does not support image 'r.dev/p/backend:v1': Container manifest type "
                + "'application/vnd.oci.image.index.v1+json' must support amd64/linux.")
        #expect(failure?.details.first?.value == "linux/arm64, windows/amd64")
    }

    @Test func `a report has the registry's sizes and no value of a build argument`() async throws {
        let client = Self.registry(tag: Self.manifest).client()
        let report = try await client.report(on: address(Self.sha(Self.manifest)))
        #expect(report.bytes == 1234)
        #expect(report.isCompressed)
        #expect(report.layers == [.init(digest: Self.layer, bytes: 1234, createdBy: "make it")])
        #expect(report.user == "app")
        #expect(report.entrypoint == ["/s"])
        #expect(report.exposedPorts == ["8080/tcp"])
        #expect(!"\(report)".contains("canary"))
    }

    @Test func `content that is not the one of its digest is refused`() async throws {
        let other = Script { _ in (200, [:], Self.manifest + " ") }
        await #expect(throws: Failure.self) { try await other.client().report(on: address(Self.sha(Self.manifest))) }
        let forged = Self.registry(tag: Self.manifest, configuration: Self.configuration + " ")
        await #expect(throws: Failure.self) { try await forged.client().report(on: address(Self.sha(Self.manifest))) }
        let header = Script { _ in (200, ["Docker-Content-Digest": Self.layer], Self.manifest) }
        await #expect(throws: Failure.self) { try await header.client().resolve(address()) }
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"schemaVersion":1}"#, #"{"schemaVersion":2,"layers":[]}"#,
        #"{"schemaVersion":2,"config":{"digest":"sha256:1","size":1},"layers":[]}"#,
        #"{"schemaVersion":2,"config":{"digest":"\#(layer)","size":-1},"layers":[]}"#,
        #"{"schemaVersion":2,"config":{"digest":"\#(layer)","size":1},"layers":[{"size":9223372036854775807}]}"#,
        #"{"schemaVersion":2,"config":{"digest":"\#(layer)","size":99999999},"layers":[]}"#,
    ])
    func `a hostile manifest is an error, never a trap`(text: String) async throws {
        await #expect(throws: Failure.self) { try await Self.registry(tag: text).client().resolve(address()) }
    }

    @Test(arguments: [(200, true), (404, false)]) func `whether a digest is there`(status: Int, isThere: Bool)
        async throws
    {
        let script = Script { _ in (status, [:], "") }
        #expect(try await script.client().holds(address(Self.layer)) == isThere)
        #expect(script.requests.map(\.method) == ["HEAD"])
        #expect(script.requests.first?.headers.fields.count { $0.name == "Accept" } == 4)
    }

    @Test(arguments: [(401, Failure.Category.permission), (403, .permission), (500, .unavailable), (429, .unavailable)])
    func `what a registry refuses is told by its status`(status: Int, category: Failure.Category) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await Script { _ in (status, [:], "") }.client().holds(address(Self.layer))
        }
        #expect(failure?.category == category)
    }

    @Test func `a password goes to the registry, a token to whom it was made for`() async throws {
        let login = RegistryLogin(user: "u", password: "p")
        let logins = ScriptedLogins(logins: ["r.dev": login])
        let script = Script { request in
            if request.url.hasPrefix("https://auth.dev/token") { return (200, [:], #"{"token":"made"}"#) }
            if request.headers["Authorization"] == "Bearer made" { return (200, [:], "") }
            return (401, ["WWW-Authenticate": #"Bearer realm="https://auth.dev/token",service="r d""#], "")
        }
        let client = script.client(logins)
        #expect(try await client.holds(address(Self.layer)))
        #expect(try await client.holds(address(Self.layer)))
        #expect(script.requests.map(\.method) == ["HEAD", "GET", "HEAD", "HEAD"], "the token is used again")
        #expect(script.requests[1].url == "https://auth.dev/token?scope=repository%3Ap%2Fbackend%3Apull&service=r%20d")
        #expect(script.requests[1].headers["Authorization"] == "Basic \(login.encoded)")
        #expect(script.requests[0].headers["Authorization"] == nil)
    }

    @Test(arguments: ["http://auth.dev/token", "http://127.0.0.1/token", "file:///etc/passwd"])
    func `a password never goes to a token service without TLS`(realm: String) async throws {
        let script = Script { _ in (401, ["WWW-Authenticate": #"Bearer realm="\#(realm)""#], "") }
        let logins = ScriptedLogins(logins: ["r.dev": RegistryLogin(user: "u", password: "p")])
        await #expect(throws: Failure.self) { try await script.client(logins).holds(address(Self.layer)) }
        #expect(script.requests.count == 1)
    }

    @Test func `a redirect is followed without the password`() async throws {
        let script = Script { request in
            if request.url.hasPrefix("https://store.dev/") { return (200, [:], "") }
            if request.headers["Authorization"] == nil { return (401, ["WWW-Authenticate": "Basic realm=x"], "") }
            return (307, ["Location": "https://store.dev/signed"], "")
        }
        let logins = ScriptedLogins(logins: ["r.dev": RegistryLogin(user: "u", password: "p")])
        #expect(try await script.client(logins).holds(address(Self.layer)))
        #expect(script.requests.last?.headers["Authorization"] == nil)
        let plain = Script { _ in (307, ["Location": "http://store.dev/"], "") }
        await #expect(throws: Failure.self) { try await plain.client().holds(address(Self.layer)) }
    }

    @Test(
        arguments: [
            (202, nil), (401, Failure.Category.permission), (403, .permission), (404, nil), (500, nil),
        ] as [(Int, Failure.Category?)])
    func `whether a push would be let in is asked by beginning one`(status: Int, category: Failure.Category?)
        async throws
    {
        let script = Script { request in
            (request.method == "POST" ? status : 204, ["Location": "/v2/p/backend/blobs/uploads/1"], "")
        }
        #expect(try await script.client().pushRefusal(address())?.category == category)
        let methods = script.requests.map(\.method)
        #expect(methods == (status == 202 ? ["POST", "DELETE"] : ["POST"]))
        if status == 202 { #expect(script.requests.last?.url == "https://r.dev/v2/p/backend/blobs/uploads/1") }
    }
}
