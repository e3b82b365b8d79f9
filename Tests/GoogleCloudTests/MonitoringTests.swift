import Discovery
import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

/// Cloud Monitoring's series of revisions, and the value of a secret.
@Suite struct MonitoringTests {
    /// 2026-11-26T10:00:00Z.
    private static let ten = 1_795_687_200

    private static func rest(_ cloud: ScriptedCloud) -> RESTClient {
        RESTClient(
            tokens: FixedToken(value: "t"), retry: RetryPolicy(firstDelay: .milliseconds(1)), limits: CallLimits()
        ) { request throws(TransportError) in try cloud.send(request) }
    }

    private static func monitoring(_ cloud: ScriptedCloud) -> MonitoringClient {
        MonitoringClient(base: "https://cloud.example/", rest: rest(cloud))
    }

    private static func series(_ revision: String, _ kind: String, _ points: [(String, JSONValue)]) -> JSONValue {
        [
            "metric": ["labels": ["response_code_class": .string(kind)]],
            "resource": ["labels": ["revision_name": .string(revision)]],
            "points": .array(
                points.map { ["interval": ["endTime": .string($0.0)], "value": $0.1] }),
        ]
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_825_600, "2000-02-29T12:00:00Z"), (ten, "2026-11-26T10:00:00Z"),
        (4_102_444_799, "2099-12-31T23:59:59Z"),
    ])
    func `a moment is written as it is read`(seconds: Int, text: String) {
        #expect(Timestamp.text(seconds) == text && Timestamp.seconds(text) == Double(seconds))
    }

    @Test func `requests are asked by minute, revision and class, as the discovery document has it`() async throws {
        let cloud = ScriptedCloud([
            .json(
                200,
                [
                    "timeSeries": [
                        Self.series(
                            "b-2", "2xx",
                            [
                                ("2026-11-26T10:02:00Z", ["int64Value": "7"]),
                                ("2026-11-26T10:01:00Z", ["int64Value": "90"]),
                            ])
                    ], "nextPageToken": "more",
                ]),
            .json(
                200,
                [
                    "timeSeries": [
                        Self.series(
                            "b-2", "5xx",
                            [
                                ("2026-11-26T10:01:00Z", ["int64Value": "10"]),
                                ("2026-11-26T10:02:00Z", ["stringValue": "many"]),
                            ]), Self.series("b-1", "4xx", [("2026-11-26T10:01:00Z", ["doubleValue": 3.0])]),
                    ]
                ]),
        ])
        let minutes = try await Self.monitoring(cloud).requests(
            of: ["b-1", "b-2"], service: backend, from: Self.ten, until: Self.ten + 120)
        // What cannot be read makes its minute unknown, and never 0.
        #expect(
            minutes == [
                RequestMinute(revision: "b-1", start: Self.ten, requests: 3, failed: 0),
                RequestMinute(revision: "b-2", start: Self.ten, requests: 100, failed: 10),
            ])
        #expect(cloud.asked.count == 2 && cloud.asked[1].contains("pageToken=more"))
        let query = TimeSeriesQuery(
            metric: "run.googleapis.com/request_count", service: backend, revisions: ["b-1", "b\"2"], from: 0,
            until: 60, groups: [], label: ("state", "active"))
        #expect(
            query.filter
                == #"metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision" AND "#
                + #"resource.labels.service_name="backend" AND resource.labels.location="us-central1" AND "#
                + #"resource.labels.revision_name=one_of("b-1","b\"2") AND metric.labels.state="active""#)
        guard let description = DiscoveryDocument.named("monitoring.v3.json") else {
            print("not compared with monitoring.v3.json: set STAGECTL_DISCOVERY_DOCUMENTS to its folder")
            return
        }
        for asked in cloud.asked {
            let target = String(asked.dropFirst("GET ".count))
            #expect(description.problems(method: "GET", target: target, body: nil) == [])
        }
    }

    @Test func `what says that it is not complete is no answer`() async throws {
        for part in ["executionErrors", "unreachable"] {
            let cloud = ScriptedCloud([.json(200, .object([part: [["code": 14]], "timeSeries": []]))])
            let failure = try await failure {
                _ = try await Self.monitoring(cloud).requests(
                    of: ["b-1"], service: backend, from: Self.ten, until: Self.ten + 60)
            }
            #expect(failure.category == .unavailable)
        }
    }

    @Test func `open connections come minutes late, as the most that instances had`() async throws {
        let none = ScriptedCloud([])
        let early = try await Self.monitoring(none).openConnections(of: "b-1", service: backend, after: .seconds(30))
        guard case .notYet(let seconds) = early else {
            Issue.record("\(String(describing: early))")
            return
        }
        #expect((200...360).contains(seconds) && none.requests.isEmpty, "nothing is asked that cannot be known")

        let last = CountingDelay.settled(at: WallClock.now())
        let point: (Int, JSONValue) -> JSONValue = { end, value in
            Self.series("b-1", "", [(Timestamp.text(end), ["distributionValue": value])])
        }
        // Twice, since a minute may begin while the test runs.
        let cloud = ScriptedCloud([
            .json(
                200,
                [
                    "timeSeries": [
                        point(last, ["count": "3", "mean": 33.4]), point(last + 60, ["count": "3", "mean": 33.4]),
                    ]
                ])
        ])
        let late = try await Self.monitoring(cloud).openConnections(of: "b-1", service: backend, after: .seconds(900))
        guard case .atMost(101, _) = late else {
            Issue.record("\(String(describing: late))")
            return
        }
        let silent = ScriptedCloud([.json(200, [:])])
        #expect(
            try await Self.monitoring(silent).openConnections(of: "b-1", service: backend, after: .seconds(900)) == nil)
    }

    @Test func `a secret is read by its name or its whole name, and shows in no failure`() async throws {
        let cloud = ScriptedCloud([
            .json(200, ["payload": ["data": "aHR0cHM6Ly9ob29rLmV4YW1wbGUvYQ=="]]),
            .json(200, ["payload": ["data": "/w=="]]),
        ])
        let client = SecretManagerClient(base: "https://cloud.example", rest: Self.rest(cloud))
        #expect(try await client.value(of: "hook", version: "latest", project: "p") == "https://hook.example/a")
        let failure = try await failure {
            _ = try await client.value(of: "projects/q/secrets/hook", version: "3", project: "p")
        }
        #expect(failure.category == .unavailable && failure.summary.contains("secret"))
        #expect(
            cloud.asked == [
                "GET /v1/projects/p/secrets/hook/versions/latest:access",
                "GET /v1/projects/q/secrets/hook/versions/3:access",
            ])
        guard let description = DiscoveryDocument.named("secretmanager.v1.json") else { return }
        #expect(description.problems(method: "GET", target: String(cloud.asked[0].dropFirst(4)), body: nil) == [])
    }

    @Test func `of a webhook's URL nothing but its host is told`() async throws {
        let url = "https://hooks.example/services/T0/SECRET"
        for answers in [
            [ScriptedCloud.Answer.text(404, "no_service SECRET")], [.lost(.couldNotConnect(reason: "no route"))],
            [.text(302, "", headers: [])],
        ] {
            let cloud = ScriptedCloud(answers)
            let rest = RESTClient(
                tokens: NoAccessTokens(), retry: RetryPolicy(attempts: 1), limits: CallLimits()
            ) { request throws(TransportError) in try cloud.send(request) }
            let failure = try await failure {
                try await WebhookClient(rest: rest).post(["text": "x"], to: url, delivery: "run-1")
            }
            let told = ([failure.summary, failure.hint ?? ""] + failure.details.map(\.value)).joined()
            #expect(told.contains("hooks.example") && !told.contains("T0"), "\(told)")
            #expect(cloud.requests.first?.headers["X-Stagectl-Delivery"] == "run-1")
        }
        for wrong in ["not a url", "http://hooks.example/x", "ftp://hooks.example/x", "https://me:pw@hooks.example/x"] {
            let rest = RESTClient(tokens: NoAccessTokens(), retry: RetryPolicy(), limits: CallLimits()) {
                _ throws(TransportError) in
                throw .cancelled
            }
            let failure = try await failure {
                try await WebhookClient(rest: rest).post(["text": "x"], to: wrong, delivery: "d")
            }
            #expect(failure.category == .configuration, "\(wrong): \(failure)")
        }
    }
}
