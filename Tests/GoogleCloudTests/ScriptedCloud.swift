import Configuration
import JSON
import Releases
import Synchronization
import Testing
import Transport

@testable import GoogleCloud

/// Plays the other end of the wire: records every request and answers from a script.
final class ScriptedCloud: Sendable {
    enum Answer: Sendable {
        case json(Int, JSONValue)
        case text(Int, String, headers: [HTTPHeaders.Field] = [])
        case lost(TransportError)
    }

    private struct State {
        var answers: [Answer]
        var requests: [HTTPRequest] = []
    }

    private let state: Mutex<State>

    init(_ answers: [Answer]) {
        state = Mutex(State(answers: answers))
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var unusedAnswers: Int { state.withLock { $0.answers.count } }

    /// `GET /path?query` of every request.
    var asked: [String] {
        requests.map { "\($0.method) \($0.url.replacing("https://cloud.example", with: ""))" }
    }

    func body(_ index: Int) -> JSONValue? {
        guard requests.indices.contains(index), let bytes = requests[index].body else { return nil }
        return try? JSONValue(parsing: bytes)
    }

    func send(_ request: HTTPRequest) throws(TransportError) -> HTTPResponse {
        let answer = state.withLock { state -> Answer? in
            state.requests.append(request)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        switch answer {
        case .json(let status, let body):
            return HTTPResponse(status: status, headers: .init(), body: Array(body.serialized().utf8))
        case .text(let status, let body, let headers):
            return HTTPResponse(status: status, headers: HTTPHeaders(headers), body: Array(body.utf8))
        case .lost(let error):
            throw error
        case nil:
            Issue.record("not in the script: \(request.method) \(request.url)")
            throw .cancelled
        }
    }

    func client(token: String? = "secret", base: String = "https://cloud.example", account: String = "ci@p.example")
        -> CloudRunClient
    {
        let rest = RESTClient(
            tokens: FixedToken(value: token),
            retry: RetryPolicy(firstDelay: .milliseconds(1), longestDelay: .milliseconds(4)), limits: CallLimits()
        ) { request throws(TransportError) in try self.send(request) }
        return CloudRunClient(
            endpoints: GoogleEndpoints(all: base),
            identities: IdentityTokens(base: base, account: account, rest: rest), rest: rest)
    }
}

struct FixedToken: AccessTokens {
    var value: String?

    func token() async throws -> String? { value }
}

let backend = ServiceIdentity(project: "p", region: "us-central1", name: "backend")
let backendPath = "/v2/projects/p/locations/us-central1/services/backend"

func operation(_ fields: [String: JSONValue] = [:]) -> JSONValue {
    var document: [String: JSONValue] = ["name": "projects/p/locations/us-central1/operations/op-1"]
    document.merge(fields) { $1 }
    return .object(document)
}

func statusError(_ code: Int, _ status: String, _ message: String, details: JSONValue = []) -> JSONValue {
    [
        "error": [
            "code": .integer(Int64(code)), "status": .string(status), "message": .string(message), "details": details,
        ]
    ]
}

/// A template that uses every part of the encoding.
let fullTemplate = RevisionTemplate(
    image: "host/backend@sha256:1", labels: ["stagectl-run": "r1"], annotations: ["example.com/a": "b"],
    container: ContainerSettings(
        port: 9000, cpu: "1", memory: "512Mi", concurrency: 40, timeoutSeconds: 120, minInstances: 1, maxInstances: 5,
        command: ["/app"], arguments: ["--serve"], serviceAccount: "run@p.iam.gserviceaccount.com", ingress: "internal",
        startupProbe: Probe(kind: .tcp, periodSeconds: 5, failureThreshold: 4),
        livenessProbe: Probe(kind: .http(path: "/live"), port: 9000, initialDelaySeconds: 1, timeoutSeconds: 2)),
    environment: [
        EnvironmentVariable(name: "MODE", value: .literal("a=b")),
        EnvironmentVariable(name: "KEY", value: .secret(name: "api-key", version: "3")),
    ])

/// One with everything that instances can have.
let instanceTemplate: RevisionTemplate = {
    var template = RevisionTemplate(
        image: "host/backend@sha256:1", labels: [:], container: ContainerSettings(cpu: "4", memory: "16Gi"),
        environment: [])
    template.container.name = "backend"
    template.container.workingDirectory = "/app"
    template.container.usesHTTP2 = true
    template.container.cpuIdle = false
    template.container.startupCPUBoost = true
    template.container.gpu = GPUSettings(type: "nvidia-l4", count: 2, zonalRedundancy: false)
    template.container.readinessProbe = Probe(kind: .http(path: "/r"), headers: ["x-a": "1"])
    template.container.executionEnvironment = "gen2"
    template.container.sessionAffinity = true
    template.container.encryptionKey = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
    template.container.serviceMesh = "projects/p/locations/global/meshes/m"
    template.container.vpc = VPCAccess(
        way: .direct(DirectEgress(network: "n", subnetwork: "s", tags: ["web"])), egress: .allTraffic)
    template.container.cloudSQL = ["p:r:i"]
    template.container.volumes = [
        Volume(
            name: "config",
            kind: .secret(
                SecretVolume(secret: "s", files: [.init(path: "a", version: "3", mode: 0o400)], mode: 0o440))),
        Volume(name: "scratch", kind: .emptyDirectory(EmptyDirectory(medium: .memory, sizeLimit: "64Mi"))),
        Volume(
            name: "assets", kind: .bucket(BucketVolume(name: "b", isReadOnly: true, mountOptions: ["implicit-dirs"]))),
        Volume(name: "shared", kind: .nfs(NFSVolume(server: "10.0.0.2", path: "/e", isReadOnly: true))),
    ]
    template.container.mounts = [
        VolumeMount(volume: "config", path: "/c"), VolumeMount(volume: "scratch", path: "/s", subPath: "x"),
    ]
    template.container.startsAfter = ["proxy"]
    template.container.sidecars = [
        Sidecar(
            name: "proxy", image: "host/proxy@sha256:2", command: ["/p"], arguments: ["-q"], workingDirectory: "/",
            environment: [ConfiguredVariable(name: "K", value: .secret(name: "k", version: "1"))], cpu: "500m",
            memory: "256Mi", startupCPUBoost: true, startupProbe: Probe(kind: .grpc(service: "a.B"), port: 9000),
            mounts: [VolumeMount(volume: "cloudsql", path: "/cloudsql")], dependsOn: [])
    ]
    return template
}()

/// The failure that `body` throws.
func failure(_ body: () async throws -> Void) async throws -> Failure {
    try #require(await #expect(throws: Failure.self) { try await body() })
}
