import JSON
import Testing

@testable import LocalCloudRun

/// Kinds of failure that are decided by time, as the API tells them.
@Suite(.timeLimit(.minutes(1))) struct APIStartupTests {
    @Test func `a startup probe of one's own that does not pass has its own message`() async throws {
        try await Platform.run { platform in
            var template = Platform.template(["BEHAVIOUR": "silent"])
            let probe: JSONValue = [
                "httpGet": ["path": "/up"], "timeoutSeconds": 1, "periodSeconds": 1, "failureThreshold": 1,
            ]
            template["containers"] = .array(
                (template["containers"]?.array ?? []).map { container in
                    var container = container
                    container["startupProbe"] = probe
                    return container
                })
            let failed = try await platform.finish(
                "POST", "services", ["template": template], query: ["serviceId": "backend"])
            #expect(failed["error"]?["code"] == 9)
            let message = failed["error"]?["message"]?.string ?? ""
            #expect(message.contains("The user-provided container failed the configured startup probe checks."))
            let service = await platform.get()
            #expect(service["terminalCondition"]?["revisionReason"] == "HEALTH_CHECK_CONTAINER_ERROR")
        }
    }

    @Test func `a revision that is not ready in time ends with the deadline's message`() async throws {
        try await Platform.run(startDeadline: .milliseconds(300)) { platform in
            let failed = try await platform.create("backend", ["BEHAVIOUR": "silent"])
            #expect(failed["error"]?["code"] == 4)
            #expect(failed["error"]?["message"]?.string?.hasSuffix("Resource readiness deadline exceeded.") == true)
            let service = await platform.get()
            #expect(service["terminalCondition"]?["reason"] == "PROGRESS_DEADLINE_EXCEEDED")
        }
    }

    @Test func `what is asked to stop has ten seconds, and a start four minutes, as on Cloud Run`() {
        let settings = InstancePool.Settings(owner: "x")
        #expect(settings.stopGrace == .seconds(10))
        #expect(Probe.standard(port: 8080).timeout == .seconds(240))
        #expect(settings.startupLimit == nil)
    }
}
