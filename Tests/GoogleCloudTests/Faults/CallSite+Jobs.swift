import JSON
import Releases

@testable import GoogleCloud

/// The call sites of Cloud Run jobs. What is looked for after a lost answer is another test's.
extension CallSite {
    private static let migrate = JobIdentity(project: "p", region: "us-central1", name: "migrate")
    private static let run = ExecutionIdentity(job: migrate, name: "migrate-abc")

    private static let job: JSONValue = [
        "name": "projects/p/locations/us-central1/jobs/migrate", "generation": "1", "observedGeneration": "1",
    ]
    private static let execution: JSONValue = [
        "name": "projects/p/locations/us-central1/jobs/migrate/executions/migrate-abc", "taskCount": 1,
        "succeededCount": 1, "completionTime": "2026-11-26T10:00:00Z",
    ]
    private static let task: JSONValue = [
        "name": "projects/p/locations/us-central1/jobs/migrate/executions/migrate-abc/tasks/migrate-abc-task0"
    ]

    private static func client(_ rest: RESTClient, _ base: String) -> CloudRunClient {
        CloudRunClient(
            endpoints: GoogleEndpoints(all: base),
            identities: IdentityTokens(base: base, account: "ci@p.example", rest: rest), rest: rest)
    }

    static let jobs: [CallSite] = [
        CallSite(
            name: "job get", strikes: { _ in true }, healthy: { _ in job }, understood: [404],
            call: { _ = try await client($0, $1).job(migrate) }),
        CallSite(
            name: "job create", kind: .write, strikes: { _ in true }, healthy: { _ in operation() },
            call: { try await client($0, $1).write(JobTemplate(task: fullTemplate), as: migrate, over: nil, key: "k") }
        ),
        CallSite(
            name: "job patch", kind: .write, strikes: { _ in true }, healthy: { _ in operation() },
            call: {
                let before = JobObservation(identity: migrate, generation: 1, etag: "\"e\"")
                try await client($0, $1).write(JobTemplate(task: fullTemplate), as: migrate, over: before, key: "k")
            }),
        CallSite(
            name: "job delete", kind: .write, strikes: { _ in true }, healthy: { _ in operation() }, understood: [404],
            call: {
                let client = client($0, $1)
                try await client.remove(client.endpoints.job(migrate), "deleting a job", of: migrate)
            }),
        CallSite(
            name: "job run", kind: .write, strikes: { _ in true },
            healthy: { _ in operation(["metadata": execution]) },
            call: { _ = try await client($0, $1).start(migrate, overrides: JobOverrides(), key: "k") }),
        CallSite(
            name: "execution cancel", kind: .write, strikes: { _ in true }, healthy: { _ in operation() },
            call: { try await client($0, $1).stop(run) }),
        CallSite(
            name: "execution get", strikes: { _ in true }, healthy: { _ in execution }, understood: [404],
            call: { _ = try await client($0, $1).execution(run) }),
        CallSite(
            name: "execution list", strikes: { _ in true }, healthy: { _ in ["executions": [execution]] },
            bare: .tolerated, understood: [404],
            call: { _ = try await client($0, $1).executions(of: migrate, limit: 10) }),
        CallSite(
            name: "task list", strikes: { _ in true }, healthy: { _ in ["tasks": [task]] }, bare: .tolerated,
            understood: [404], call: { _ = try await client($0, $1).tasks(of: run) }),
        CallSite(
            name: "execution delete", kind: .write, strikes: { _ in true }, healthy: { _ in operation() },
            understood: [404],
            call: {
                let client = client($0, $1)
                try await client.remove(client.endpoints.execution(run), "deleting an execution", of: migrate)
            }),
        CallSite(
            name: "execution list, second page", strikes: { $0.path.contains("pageToken=") },
            healthy: {
                $0.path.contains("pageToken=")
                    ? ["executions": [execution]] : ["executions": [execution], "nextPageToken": "2"]
            }, bare: .tolerated, understood: [404],
            call: { _ = try await client($0, $1).executions(of: migrate, limit: 10) }),
        CallSite(
            name: "task log", strikes: { _ in true },
            healthy: { _ in ["entries": [["textPayload": "hello", "timestamp": "2026-11-26T10:00:00Z"]]] },
            bare: .tolerated, call: { _ = try await client($0, $1).lines(ofTask: 0, in: run, limit: 10) }),
    ]
}
