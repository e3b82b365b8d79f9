import JSON
import Testing

@testable import LocalCloudRun

@Suite("Fault plans")
struct FaultPlanTests {
    private static let whole: JSONValue = [
        "seed": 7,
        "rules": [
            [
                "id": "slow", "on": ["service": "backend", "tag": "c-1", "path": "/api"],
                "effect": ["latency": "200ms"],
            ],
            [
                "id": "busy", "on": ["api": "services.*"],
                "effect": ["status": 429, "message": "wait", "retryAfter": 3], "percent": 50.0, "skip": 1, "times": 2,
            ],
            ["id": "cut", "on": ["api": "*"], "effect": ["reset": true]],
            ["id": "stuck", "on": ["api": "services.create"], "effect": ["operation": "never-ends"]],
            ["id": "old", "on": ["api": "services.patch"], "effect": ["staleReads": "1500ms"]],
            ["id": "late", "on": [:], "effect": ["readinessDelay": "2000ms"]],
            ["id": "dies", "on": ["service": "backend"], "effect": ["crashAfterReady": "100ms"]],
            ["id": "lags", "on": ["service": "*"], "effect": ["slowDataPlane": "60000ms"]],
        ],
    ]

    @Test func `a plan says what its document says, and writes it again`() throws {
        let plan = try FaultPlan(reading: Self.whole)
        #expect(plan.seed == 7)
        #expect(plan.rules.count == 8)
        #expect(
            plan.rules[1]
                == FaultRule(
                    id: "busy", target: FaultTarget(api: "services.*"),
                    effect: .error(status: 429, message: "wait", retryAfter: 3), percent: 50, skip: 1, times: 2))
        #expect(plan.rules[4].effect == .staleReads(.milliseconds(1500)))
        #expect(plan.document == Self.whole)
        // What the server shows, counts included, can be sent back.
        #expect(try FaultPlan(reading: Faults(plan).document) == plan)
    }

    @Test(
        arguments: [
            ([], "the document: must be an object"),
            (["rulez": []], "rulez: unknown"),
            (["seed": "x"], "seed: must be a whole number"),
            (["rules": [["effect": [:]]]], "rules[0].effect: must be exactly one of"),
            (["rules": [["effect": ["latency": "1s", "reset": true]]]], "rules[0].effect: must be exactly one of"),
            (["rules": [["effect": ["latency": "soon"]]]], "rules[0].effect.latency: must be a duration"),
            (["rules": [["effect": ["latency": "2h"]]]], "rules[0].effect.latency: must be a duration"),
            (["rules": [["effect": ["latency": "-1s"]]]], "rules[0].effect.latency: must be a duration"),
            (["rules": [["effect": ["status": 200]]]], "rules[0].effect.status: must be an HTTP status"),
            (["rules": [["effect": ["latency": "1s", "retryAfter": 1]]]], "rules[0].effect.retryAfter: belongs to"),
            (["rules": [["effect": ["operation": "fails"]]]], "rules[0].on.api: must be given"),
            (["rules": [["on": ["api": "*"], "effect": ["operation": "x"]]]], "must be one of fails, never-ends"),
            (["rules": [["on": ["api": "services.pacth"], "effect": ["reset": true]]]], "must be a method such as"),
            (
                ["rules": [["on": ["api": "*"], "effect": ["slowDataPlane": "1s"]]]],
                "rules[0].on: this effect is about"
            ),
            (["rules": [["on": ["api": "*", "tag": "t"], "effect": ["reset": true]]]], "`tag` and `path` are of"),
            (["rules": [["on": ["servis": "a"], "effect": ["reset": true]]]], "rules[0].on.servis: unknown"),
            (["rules": [["effect": ["reset": true], "percent": 101]]], "rules[0].percent: must be a number"),
            (["rules": [["effect": ["reset": true], "times": -1]]], "rules[0].times: must be a whole number"),
            (
                ["rules": [["id": "a", "effect": ["reset": true]], ["id": "a", "effect": ["reset": true]]]],
                "two of them are called `a`"
            ),
        ] as [(JSONValue, String)])
    func `a plan that would not do what it says is refused`(document: JSONValue, problem: String) {
        let error = #expect(throws: FaultPlanError.self) { try FaultPlan(reading: document) }
        #expect(error?.problems.contains { $0.contains(problem) } == true, "\(error?.problems ?? [])")
    }

    @Test(
        arguments: [
            ("POST", "/v2/projects/p/locations/l/services", ["serviceId": "a"], "services.create", "a"),
            ("GET", "/v2/projects/p/locations/l/services", [:], "services.list", nil),
            ("GET", "/v2/projects/p/locations/l/services/a", [:], "services.get", "a"),
            ("PATCH", "/v2/projects/p/locations/l/services/a", [:], "services.patch", "a"),
            ("POST", "/v2/projects/p/locations/l/services/a:setIamPolicy", [:], "services.setIamPolicy", "a"),
            ("GET", "/v2/projects/p/locations/l/services/a/revisions", [:], "revisions.list", "a"),
            ("DELETE", "/v2/projects/p/locations/l/services/a/revisions/r", [:], "revisions.delete", "a"),
            ("POST", "/v2/projects/p/locations/l/operations/o:wait", [:], "operations.wait", nil),
            ("POST", "/v2/projects/p/locations/l/jobs/j:run", [:], "jobs.run", nil),
            ("POST", "/v2/entries:list", [:], "entries.list", nil),
            (
                "PUT", "/apis/serving.knative.dev/v1/namespaces/p/services/a", [:], "services.replaceService", "a"
            ),
        ] as [(String, String, [String: String], String, String?)])
    func `a call is named as the discovery documents name it`(
        method: String, path: String, query: [String: String], api: String, service: String?
    ) {
        let subject = FaultSubject(call: APIRequest(method: method, path: path, query: query))
        let location = path.contains("/locations/l/") ? "l" : nil
        #expect(subject == .call(api: api, service: service, location: location))
    }

    @Test(arguments: [
        "/", "/stagectl/status", "/local/v1/faults", "", "/v2/projects", "//", "/v2/projects//locations/l/services/",
    ])
    func `what is not Google's API is no call`(path: String) {
        #expect(FaultSubject(call: APIRequest(method: "GET", path: path)) == nil)
    }
}
