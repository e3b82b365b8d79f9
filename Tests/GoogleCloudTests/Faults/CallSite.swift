import JSON
import Releases
import Transport

@testable import GoogleCloud

/// One place that calls an API, as the fault table needs to know it. A client gets into the table by a line in
/// `CallSite.all`; `RequestPlaceTests` finds places in the sources that have none.
struct CallSite: Sendable {
    enum Kind: Sendable {
        case read
        case write
        /// A read that looks at what a write has done: whatever goes wrong, the write was taken.
        case lookAfterWrite
        /// A write that goes on after a lost answer, since the server can be asked how far it came.
        case part
    }

    /// What becomes of a document without anything that the call looks for.
    enum Bare: Sendable {
        case unreadable
        /// An empty list, or nothing to know.
        case tolerated
        /// A document that is empty is an answer; other types in place of its members are none.
        case empty
    }

    var name: String
    var kind: Kind = .read
    /// The requests that faults strike; all others are answered.
    var strikes: @Sendable (LoopbackServer.Request) -> Bool
    var healthy: @Sendable (LoopbackServer.Request) -> JSONValue
    /// Of every success, whatever its body.
    var headers: @Sendable (LoopbackServer.Request) -> [String] = { _ in [] }
    /// How requests are answered that no fault strikes.
    var status: @Sendable (LoopbackServer.Request) -> Int = { _ in 200 }
    var bare = Bare.unreadable
    var whenBare = Failure.Category.unavailable
    /// What an empty body says where that is something else than for `bare`.
    var whenEmpty: FaultOutcome.Result?
    /// Statuses that are an answer to this call: "there is none", "I cannot do that, ask otherwise".
    var understood: Set<Int> = []
    /// What a 404 means that is not understood.
    var whenMissing = Failure.Category.release
    var sentWhenMissing = 1
    /// In all, where the trouble does not pass.
    var attempts = FaultOutcome.attempts
    /// The caller looks itself what a doubtful write has done, and finds it done.
    var settlesDoubt = false
    /// A look before a release: why it could not be made is told in two words, "not permitted" or "no answer".
    var isInspection = false
    /// How often a write is decided anew after a conflict, which is no repetition: it reads before.
    var roundsOnConflict = 1
    /// The body is taken as it comes.
    var isRaw = false
    /// Of 17 MB and more.
    var takesLargeBodies = false
    /// Compressed answers are asked for and decoded.
    var decodes = true
    /// How a request that was delivered a second time is answered; nil where that makes no difference.
    var deliveredTwice: [UInt8]?
    /// What that leads to.
    var afterSecondDelivery: FaultOutcome.Result = .fine
    var call: @Sendable (RESTClient, String) async throws -> Void
}

extension CallSite {
    static let identity = backend
    static let operationPath = "/v2/projects/p/locations/us-central1/operations/op-1"

    static let service: JSONValue = [
        "name": "projects/p/locations/us-central1/services/backend", "generation": "8",
        "observedGeneration": "8",
        "uri": "https://backend.example", "etag": "\"e8\"", "latestReadyRevision": "backend-1",
        "ingress": "INGRESS_TRAFFIC_ALL",
        "terminalCondition": ["type": "Ready", "state": "CONDITION_SUCCEEDED"],
        "traffic": [
            ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": "backend-1", "percent": 100]
        ],
    ]
    static let revision: JSONValue = [
        "name": "projects/p/locations/us-central1/services/backend/revisions/backend-1",
        "createTime": "2026-11-26T10:00:00Z",
        "conditions": [["type": "Ready", "state": "CONDITION_SUCCEEDED"]],
    ]
    static let content: JSONValue = ["content": .string(String(repeating: "x", count: 1000))]
    private static let policy: JSONValue = [
        "etag": "BwX", "bindings": [["role": "roles/run.viewer", "members": ["user:a@b.example"]]],
    ]

    static func cloudRun(_ rest: RESTClient, _ base: String) -> CloudRunClient {
        CloudRunClient(
            endpoints: GoogleEndpoints(all: base),
            identities: IdentityTokens(base: base, account: "ci@p.example", rest: rest), rest: rest)
    }

    static func answers(_ request: LoopbackServer.Request) -> JSONValue {
        if request.path.contains(":getIamPolicy") || request.path.contains(":setIamPolicy") {
            return policy
        }
        if request.path.hasPrefix(operationPath) {
            return operation(["done": true, "response": service])
        }
        if request.method == "PATCH" { return operation(["metadata": ["generation": "8"]]) }
        if request.method == "POST" { return operation() }
        return service
    }

    /// An operation that a second delivery of a change answers with: the generation has moved by two.
    private static let movedTwice = LoopbackServer.response(
        200, Array(operation(["metadata": ["generation": "9"]]).serialized().utf8))
    private static let exists = LoopbackServer.response(
        409,
        Array(
            statusError(409, "ALREADY_EXISTS", "Resource 'backend' already exists.").serialized().utf8))

    static let all =
        cloudRun + raw + storageAndBuilds + state + uploads + buckets + documents + jobs + inspections + told

    private static let cloudRun: [CallSite] = [
        CallSite(
            name: "service get", strikes: { $0.path == backendPath }, healthy: answers, understood: [404],
            call: { _ = try await cloudRun($0, $1).observe(identity) }),
        CallSite(
            name: "policy get", strikes: { $0.path.contains(":getIamPolicy") }, healthy: answers,
            bare: .tolerated,
            understood: [404], call: { _ = try await cloudRun($0, $1).observe(identity) }),
        CallSite(
            name: "service create", kind: .write, strikes: { $0.method == "POST" }, healthy: answers,
            deliveredTwice: exists, afterSecondDelivery: .failed(.conflict, inDoubt: false),
            call: {
                _ = try await cloudRun($0, $1).create(
                    identity, change: ServiceChange(template: fullTemplate))
            }),
        CallSite(
            name: "service patch, template", kind: .write, strikes: { $0.method == "PATCH" },
            healthy: answers,
            deliveredTwice: movedTwice, afterSecondDelivery: .failed(.conflict, inDoubt: true),
            call: {
                let change = ServiceChange(template: fullTemplate, generation: 7, forceNewRevision: true)
                _ = try await cloudRun($0, $1).update(identity, change: change)
            }),
        CallSite(
            name: "service patch, traffic", kind: .write, strikes: { $0.method == "PATCH" },
            healthy: answers,
            deliveredTwice: movedTwice, afterSecondDelivery: .failed(.conflict, inDoubt: true),
            call: {
                let change = ServiceChange(
                    traffic: [TrafficTarget(revision: "backend-1", percent: 100, tag: nil)], generation: 7)
                _ = try await cloudRun($0, $1).update(identity, change: change)
            }),
        CallSite(
            name: "look after a patch", kind: .lookAfterWrite, strikes: { $0.method == "GET" },
            healthy: { $0.method == "PATCH" ? operation() : service }, whenBare: .conflict,
            call: {
                _ = try await cloudRun($0, $1).update(
                    identity, change: ServiceChange(annotations: ["a": "b"], generation: 7))
            }),
        CallSite(
            name: "policy get before set", strikes: { $0.path.contains(":getIamPolicy") },
            healthy: answers,
            call: { try await cloudRun($0, $1).setPublic(true, of: identity) }),
        CallSite(
            name: "policy set", kind: .write, strikes: { $0.path.contains(":setIamPolicy") },
            healthy: answers,
            bare: .tolerated, roundsOnConflict: 3,
            call: { try await cloudRun($0, $1).setPublic(true, of: identity) }),
        CallSite(
            name: "revision get", strikes: { $0.path.contains("/revisions/") },
            healthy: { _ in revision },
            understood: [404],
            call: { _ = try await cloudRun($0, $1).revision("backend-1", of: identity) }),
        CallSite(
            name: "revision delete", kind: .write, strikes: { $0.method == "DELETE" },
            healthy: { _ in operation() }, understood: [404],
            call: { _ = try await cloudRun($0, $1).delete(revision: "backend-1", of: identity) }),
        CallSite(
            name: "revision list of all services", strikes: { $0.path.contains("/services/-/revisions?") },
            healthy: { _ in ["revisions": [revision]] }, bare: .tolerated,
            call: { _ = try await cloudRun($0, $1).imageUses(project: "p", region: "us-central1") }),
        CallSite(
            name: "revision list", strikes: { $0.path.contains("/revisions?") },
            healthy: { _ in ["revisions": [revision]] }, bare: .tolerated, understood: [404],
            call: { _ = try await cloudRun($0, $1).revisions(of: identity) }),
        CallSite(
            name: "revision list, second page", strikes: { $0.path.contains("pageToken=") },
            healthy: {
                $0.path.contains("pageToken=")
                    ? ["revisions": [revision]] : ["revisions": [revision], "nextPageToken": "2"]
            }, bare: .tolerated, understood: [404],
            call: { _ = try await cloudRun($0, $1).revisions(of: identity) }),
        CallSite(
            name: "operation wait", strikes: { $0.path == operationPath + ":wait" }, healthy: answers,
            understood: [400, 404],
            call: {
                let name = OperationName("projects/p/locations/us-central1/operations/op-1")
                _ = try await cloudRun($0, $1).wait(for: name, within: .seconds(20))
            }),
        CallSite(
            name: "log list", strikes: { $0.path == "/v2/entries:list" },
            healthy: { _ in ["entries": [["textPayload": "hello", "timestamp": "2026-11-26T10:00:00Z"]]]
            },
            bare: .tolerated,
            call: { _ = try await cloudRun($0, $1).logs(of: "backend-1", service: identity, limit: 10) }),
        CallSite(
            name: "identity token", strikes: { $0.path.hasSuffix(":generateIdToken") },
            healthy: { _ in ["token": "a.b.c"] },
            call: { _ = try await cloudRun($0, $1).identityToken(audience: "https://backend.example") }),
    ]

    private static let raw: [CallSite] = [
        CallSite(
            name: "raw read", strikes: { _ in true }, healthy: { _ in content }, isRaw: true,
            call: { rest, base in
                try await lifted {
                    _ = try await rest.exchange(
                        "GET", "\(base)/o", timeout: rest.retry.readTimeout, isWrite: false)
                }
            }),
        CallSite(
            name: "raw write", kind: .write, strikes: { _ in true }, healthy: { _ in content },
            isRaw: true,
            call: { rest, base in
                try await lifted {
                    _ = try await rest.exchange(
                        "PUT", "\(base)/o", body: [1, 2, 3], timeout: rest.retry.writeTimeout, isWrite: true)
                }
            }),
    ]

    /// As clients do it.
    static func lifted(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as GoogleError {
            throw Failure(error, during: "calling")
        }
    }
}
