import JSON
import Testing

@testable import LocalCloudRun

/// Tasks of several containers.
@Suite struct JobSidecarTests {
    private static func sidecarJob(_ containers: [JSONValue], retries: Int64 = 0) -> JSONValue {
        [
            "template": [
                "template": [
                    "containers": .array(containers), "maxRetries": .integer(retries), "timeout": "20s",
                ]
            ]
        ]
    }

    private static func container(_ name: String, _ more: [String: JSONValue] = [:], _ value: [String: String] = [:])
        -> JSONValue
    {
        let variables = value.sorted { $0.key < $1.key }.map { name, value -> JSONValue in
            ["name": .string(name), "value": .string(value)]
        }
        return .object(
            ["name": .string(name), "image": "repo/job:1", "env": .array(variables)].merging(more) { $1 })
    }

    @Test(arguments: Way.allCases)
    func `a task has sidecars, which start in their order and end with its main container`(way: Way) async throws {
        try await APICaller.run(way) { api in
            let proxy = Self.container("proxy", [:], ["BEHAVIOUR": "hang"])
            let main = Self.container("main", ["dependsOn": ["proxy"]], ["EXIT": "0"])
            let other = Self.container("other", [:], ["BEHAVIOUR": "hang"])
            // The main container is written first and started after what it depends on.
            try await api.finish(
                "POST", "jobs", Self.sidecarJob([main, proxy, other]), query: ["jobId": "cars"])
            let done = try await api.finish("POST", "jobs/cars:run", [:])
            #expect(done["response"]?["succeededCount"] == 1)
            let started = api.runtime.started
            #expect(
                started.map { $0.instance.split(separator: "-").last.map(String.init) } == ["proxy", "main", "other"])
            #expect(started.allSatisfy { $0.environment["CLOUD_RUN_TASK_INDEX"] == "0" && !$0.listens })
            #expect(started[0].network == nil)
            #expect(started.dropFirst().allSatisfy { $0.network?.id == started[0].instance })
            #expect(Set(api.runtime.stopped) == Set(started.map(\.instance)))
            let execution = try #require(done["response"]?["name"]?.string)
            let task = try await api.call("GET", "/v2/\(execution)/tasks").body["tasks"]?[0]
            #expect(task?["containers"]?.array?.count == 3)
            #expect(task?["lastAttemptResult"]?["status"] != nil)
        }
    }

    @Test func `only the main container's end is the task's, and overrides say which container they mean`() async throws
    {
        try await APICaller.run(.router) { api in
            let failing = Self.container("helper", [:], ["EXIT": "3"])
            let main = Self.container("main", [:], ["EXIT": "0"])
            try await api.finish("POST", "jobs", Self.sidecarJob([main, failing]), query: ["jobId": "ends"])
            let good = try await api.finish("POST", "jobs/ends:run", [:])
            #expect(good["response"]?["succeededCount"] == 1)
            try await api.refuse(
                "POST", "jobs/ends:run",
                ["overrides": ["containerOverrides": [["env": [["name": "A", "value": "b"]]]]]],
                status: 400, code: "INVALID_ARGUMENT", text: "name: should be set")
            let bad = try await api.finish(
                "POST", "jobs/ends:run",
                ["overrides": ["containerOverrides": [["name": "main", "env": [["name": "EXIT", "value": "4"]]]]]])
            #expect(bad["error"]?["code"] == 13)
        }
    }

    @Test(
        arguments: [
            ([], "must contain at least one container"),
            ([["image": "a", "name": "a"], ["image": "b"]], "containers[1].name: must conform to RFC 1123"),
            ([["image": "a", "name": "a"], ["image": "b", "name": "a"]], "duplicate container names"),
            (
                [["image": "a", "name": "a"], ["image": "b", "name": "b", "dependsOn": ["c"]]],
                "does not exist"
            ),
            (
                [
                    ["image": "a", "name": "a", "dependsOn": ["b"]], ["image": "b", "name": "b", "dependsOn": ["a"]],
                ], "dependency cycle detected"
            ),
            ([["image": "a", "name": "a"], ["image": "", "name": "b"]], "containers[1].image: must provide"),
            ([["image": "a", "livenessProbe": ["httpGet": [:]]]], "does not support liveness probe"),
            (
                [["image": "a", "startupProbe": ["httpGet": [:], "periodSeconds": 241]]],
                "must be a number between 1 and 240"
            ),
        ] as [([JSONValue], String)])
    func `containers of a job that cannot be are refused`(containers: [JSONValue], text: String) async throws {
        try await APICaller.run(.router) { api in
            try await api.refuse(
                "POST", "jobs", Self.sidecarJob(containers), query: ["jobId": "wrong"], status: 400,
                code: "INVALID_ARGUMENT", text: text)
        }
    }

    @Test func `a missing image of a sidecar keeps the job from being ready`() async throws {
        try await APICaller.run(.router) { api in
            let sidecar = Self.container("side", ["image": "missing:1"])
            let made = try await api.finish(
                "POST", "jobs", Self.sidecarJob([Self.container("main"), sidecar]), query: ["jobId": "lost"])
            #expect(made["error"]?["code"] == 5)
        }
    }
}
