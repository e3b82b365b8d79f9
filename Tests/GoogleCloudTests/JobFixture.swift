import Discovery
import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

/// A job, one of its executions, and what the API says of them.
enum JobFixture {
    static let job = JobIdentity(project: "p", region: "us-central1", name: "migrate")
    static let path = "/v2/projects/p/locations/us-central1/jobs/migrate"
    static let execution = ExecutionIdentity(job: job, name: "migrate-abc")
    static let template = JobTemplate(
        task: fullTemplate, taskCount: 3, parallelism: 2, maxRetries: 1, timeoutSeconds: 90)

    static func document(
        generation: String = "2", key: String? = "k", failing message: String? = nil
    ) -> JSONValue {
        var document: JSONValue = [
            "name": .string(String(path.dropFirst(4))), "generation": .string(generation),
            "observedGeneration": .string(generation), "etag": "\"e\"", "labels": ["team": "a"],
            "terminalCondition": ["type": "Ready", "state": "CONDITION_SUCCEEDED"],
        ]
        if let key { document["annotations"] = [JobRun.keyAnnotation: .string(key), "owner": "b"] }
        if let message {
            document["terminalCondition"] = [
                "type": "Ready", "state": "CONDITION_FAILED", "message": .string(message),
            ]
        }
        return document
    }

    static func executionDocument(_ fields: [String: JSONValue] = [:], key: String = "k") -> JSONValue {
        let variable: JSONValue = ["name": .string(JobRun.keyVariable), "value": .string(key)]
        var document: [String: JSONValue] = [
            "name": .string("projects/p/locations/us-central1/jobs/migrate/executions/migrate-abc"), "taskCount": 3,
            "createTime": "2026-11-26T10:00:00Z", "template": ["containers": [["env": [variable]]]],
            "logUri": "https://console.example/log",
        ]
        document.merge(fields) { $1 }
        return .object(document)
    }

    static let missing = ScriptedCloud.Answer.json(404, statusError(404, "NOT_FOUND", "no"))

    /// Every request is one that Google's description of the API knows.
    static func expectDescribed(_ cloud: ScriptedCloud) {
        guard let api = DiscoveryDocument.run else {
            print("not compared with Google's description: set STAGECTL_DISCOVERY_DOCUMENTS to its folder")
            return
        }
        for (index, line) in cloud.asked.enumerated() {
            let words = line.split(separator: " ").map(String.init)
            #expect(api.problems(method: words[0], target: words[1], body: cloud.body(index)) == [])
        }
    }
}

/// A few answers and then always the same one, in a time that passes only by waiting.
final class Endless: Sendable {
    private let cloud: ScriptedCloud
    private let time = WaitlessTime()

    init(first: [ScriptedCloud.Answer], then last: ScriptedCloud.Answer) {
        cloud = ScriptedCloud(first + Array(repeating: last, count: 500))
    }

    var methods: [String] { cloud.requests.map(\.method) }

    var client: CloudRunClient {
        let rest = RESTClient(
            tokens: FixedToken(value: "secret"), retry: RetryPolicy(attempts: 1), limits: CallLimits(clock: time.clock)
        ) { [cloud] request throws(TransportError) in try cloud.send(request) }
        return CloudRunClient(
            endpoints: GoogleEndpoints(all: "https://cloud.example"),
            identities: IdentityTokens(base: "https://cloud.example", account: "ci@p.example", rest: rest), rest: rest)
    }
}
