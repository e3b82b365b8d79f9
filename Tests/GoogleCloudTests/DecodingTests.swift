import Configuration
import JSON
import Releases
import Testing

@testable import GoogleCloud

@Suite struct DecodingTests {
    private let document: JSONValue = [
        "name": "projects/p/locations/us-central1/services/backend",
        "generation": "12", "observedGeneration": "11", "reconciling": true, "etag": "\"abc\"",
        "uri": "https://backend-x.a.run.app",
        "urls": ["https://backend-1.us-central1.run.app", "https://backend-x.a.run.app"],
        "latestReadyRevision": "projects/p/locations/us-central1/services/backend/revisions/backend-00002-xyz",
        "latestCreatedRevision": "projects/p/locations/us-central1/services/backend/revisions/backend-00003-new",
        "annotations": ["stagectl.dev/run": "r1"], "labels": ["team": "a"],
        "traffic": [
            ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100],
            ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": "backend-00003-new", "tag": "c-1"],
        ],
        "trafficStatuses": [
            [
                "type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": "backend-00003-new", "tag": "c-1",
                "uri": "https://c-1---backend-x.a.run.app",
            ],
            ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100],
        ],
        "terminalCondition": [
            "type": "Ready", "state": "CONDITION_FAILED", "revisionReason": "HEALTH_CHECK_CONTAINER_ERROR",
            "reason": "COMMON_REASON_UNDEFINED", "message": "did not listen",
        ],
        "ingress": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
        "aFieldFromTheFuture": [1, 2],
    ]

    @Test func `a service is read with what is wanted and what is true`() throws {
        let service = try #require(ServiceDecoding.service(document, identity: backend, isPublic: true))
        var expected = ServiceObservation(
            identity: backend, url: "https://backend-x.a.run.app",
            urls: ["https://backend-x.a.run.app", "https://backend-1.us-central1.run.app"], generation: 12,
            observedGeneration: 11, reconciling: true, etag: "\"abc\"",
            latestReadyRevision: "backend-00002-xyz", latestCreatedRevision: "backend-00003-new",
            traffic: [
                .init(revision: nil, percent: 100),
                .init(revision: "backend-00003-new", percent: 0, tag: "c-1"),
            ],
            trafficStatuses: [
                .init(
                    revision: "backend-00003-new", percent: 0, tag: "c-1",
                    url: "https://c-1---backend-x.a.run.app"),
                .init(revision: "backend-00002-xyz", percent: 100),
            ],
            annotations: ["stagectl.dev/run": "r1"], labels: ["team": "a"], templateLabels: [:],
            isPublic: true, ingress: "internal-and-cloud-load-balancing",
            condition: .init(
                state: .failed, reason: "HEALTH_CHECK_CONTAINER_ERROR", message: "did not listen"))
        // Nothing of the service's own bounds.
        expected.scaling = [:]
        #expect(service == expected)
        #expect(service.servingRevision == "backend-00002-xyz")
    }

    @Test func `unknown words are tolerated`() {
        #expect(
            ServiceDecoding.condition(["state": "CONDITION_PONDERING", "reason": "NEW_REASON"])
                == Condition(state: .unknown, reason: "NEW_REASON"))
        #expect(ServiceDecoding.condition(nil) == Condition(state: .unknown))
    }

    @Test(arguments: [
        "null", "[]", "{}", "\"x\"", "{\"generation\":\"many\"}", "{\"generation\":[1]}", "12",
    ])
    func `what is not a service is none`(text: String) throws {
        let document = try JSONValue(parsing: text)
        #expect(ServiceDecoding.service(document, identity: backend, isPublic: false) == nil)
    }

    @Test func `fields of the wrong kind do no harm`() throws {
        let document: JSONValue = [
            "generation": 1, "traffic": "none", "trafficStatuses": [1, ["percent": 9_000_000_000_000]], "urls": [1],
            "annotations": [1], "terminalCondition": "fine",
        ]
        let service = try #require(ServiceDecoding.service(document, identity: backend, isPublic: false))
        #expect(service.traffic.isEmpty && service.trafficStatuses.isEmpty && service.url.isEmpty)
    }

    @Test func `a service without the invoker check is public`() throws {
        let document: JSONValue = ["generation": "1", "invokerIamDisabled": true]
        #expect(ServiceDecoding.service(document, identity: backend, isPublic: false)?.isPublic == true)
    }

    @Test func `a revision is read with all its conditions`() throws {
        let document: JSONValue = [
            "name": "projects/p/locations/l/services/backend/revisions/backend-00003-new",
            "createTime": "2026-03-01T12:00:00.250Z", "labels": ["stagectl-run": "r1"],
            "containers": [["image": "host/backend@sha256:1"]],
            "conditions": [
                ["type": "Ready", "state": "CONDITION_SUCCEEDED"],
                ["type": "Active", "state": "CONDITION_RECONCILING", "revisionReason": "RESERVE"],
            ],
        ]
        let revision = try #require(ServiceDecoding.revision(document))
        #expect(
            revision
                == RevisionObservation(
                    name: "backend-00003-new", image: "host/backend@sha256:1", labels: ["stagectl-run": "r1"],
                    created: 1_772_366_400.25, condition: .init(state: .succeeded),
                    conditions: [
                        "Ready": .init(state: .succeeded), "Active": .init(state: .reconciling, reason: "RESERVE"),
                    ], template: TemplateReading(document, path: "revision")))
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0.0), ("2000-02-29T23:59:59Z", 951_868_799),
        ("2024-12-31T00:00:00+01:00", 1_735_599_600),
        ("2026-03-01T12:00:00.5-02:30", 1_772_375_400.5), ("1969-12-31T23:59:59Z", -1),
    ])
    func `times are read`(text: String, seconds: Double) {
        #expect(Timestamp.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", "2026", "2026-13-01T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:0xZ",
        "2026-01-01T00:00:00+0100", "💥💥💥💥💥💥",
    ])
    func `other text is no time`(text: String) {
        #expect(Timestamp.seconds(text) == nil)
    }
}
