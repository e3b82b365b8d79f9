import JSON
import Releases

@testable import GoogleCloud

/// What is counted, what is secret, and who is told.
extension CallSite {
    static let series: JSONValue = [
        "timeSeries": [
            [
                "metric": ["labels": ["response_code_class": "2xx"]],
                "resource": ["labels": ["revision_name": "backend-1"]],
                "points": [
                    ["interval": ["endTime": "2026-11-26T10:01:00Z"], "value": ["int64Value": "12"]]
                ],
            ]
        ]
    ]

    static let told: [CallSite] = [
        CallSite(
            name: "time series", strikes: { _ in true }, healthy: { _ in series }, bare: .empty,
            call: {
                _ = try await MonitoringClient(base: $1, rest: $0).requests(
                    of: ["backend-1"], service: identity, from: 1_795_687_200, until: 1_795_687_260)
            }),
        CallSite(
            name: "secret access", strikes: { _ in true }, healthy: { _ in ["payload": ["data": "c2VjcmV0"]] },
            call: {
                _ = try await SecretManagerClient(base: $1, rest: $0).value(of: "hook", version: "latest", project: "p")
            }),
        CallSite(
            name: "webhook", strikes: { _ in true }, healthy: { _ in content }, isRaw: true,
            call: {
                try await WebhookClient(rest: $0).post(["text": "hello"], to: "\($1)/hook", delivery: "run-1")
            }),
    ]
}
