import JSON
import Testing

@testable import LocalCloudRun

/// What is refused in a template at once, and what it becomes.
@Suite struct TemplateRuleTests {
    private static func refusal(_ template: JSONValue) -> String? {
        do throws(APIError) {
            try ContainerRules.check(ServiceDefaults.template(template), place: "t")
            return nil
        } catch {
            return error.message
        }
    }

    private static func container(_ field: String, _ probe: JSONValue) -> JSONValue {
        ["containers": [.object(["image": "a", field: probe])]]
    }

    @Test(
        arguments: [
            ("startupProbe", [:], nil),
            ("startupProbe", ["tcpSocket": [:], "periodSeconds": 240, "failureThreshold": 1], nil),
            ("startupProbe", ["grpc": ["service": "x"]], nil),
            ("startupProbe", ["httpGet": [:], "periodSeconds": 241, "failureThreshold": 1], "between 1 and 240"),
            ("startupProbe", ["httpGet": [:], "initialDelaySeconds": 241], "between 0 and 240"),
            ("startupProbe", ["httpGet": [:], "failureThreshold": 25], "must not exceed 240 seconds"),
            ("startupProbe", ["httpGet": [:], "timeoutSeconds": 11], "must not be greater than period_seconds"),
            ("startupProbe", ["httpGet": [:], "grpc": [:]], "Exactly one probe action must be set"),
            ("startupProbe", ["httpGet": ["path": "x"]], "must be an absolute path"),
            (
                "startupProbe", ["httpGet": ["httpHeaders": [["name": "a\r\nb", "value": ""]]]],
                "a valid HTTP header must consist of"
            ),
            ("livenessProbe", ["httpGet": [:], "periodSeconds": 3600, "timeoutSeconds": 3600], nil),
            ("livenessProbe", ["grpc": [:], "initialDelaySeconds": 3601], "between 0 and 3600"),
            ("livenessProbe", ["tcpSocket": [:]], "Exactly one probe action must be set"),
            ("livenessProbe", [:], "Exactly one probe action must be set"),
            ("readinessProbe", ["httpGet": ["port": 70_000]], "if specified, must be between 1 and 65535"),
            ("readinessProbe", ["httpGet": [:], "failureThreshold": -1], "Must be a positive number if set"),
        ] as [(String, JSONValue, String?)])
    func `probes keep within Cloud Run's limits`(field: String, probe: JSONValue, text: String?) {
        let refusal = Self.refusal(Self.container(field, probe))
        #expect(text.map { refusal?.contains($0) == true } ?? (refusal == nil), "\(refusal ?? "accepted")")
    }

    @Test(
        arguments: [
            ([["image": "a", "name": "a", "ports": [[:]]], ["image": "b", "name": "b", "dependsOn": ["a"]]], nil),
            (
                [["image": "a", "name": "a"], ["image": "b", "name": "b"]], "exactly one container with an exposed port"
            ),
            (
                [["image": "a", "name": "a", "ports": [[:]]], ["image": "b", "name": "b", "ports": [[:]]]],
                "exactly one container with an exposed port"
            ),
            ([["image": "a", "ports": [[:]]], ["image": "b", "name": "b"]], "must conform to RFC 1123"),
            (
                [["image": "a", "name": "a", "ports": [[:]]], ["image": "b", "name": "a"]], "duplicate container names"
            ),
            (
                [["image": "a", "name": "a", "ports": [[:]]], ["image": "b", "name": "b", "dependsOn": ["c"]]],
                "another container `c` does not exist"
            ),
            (
                [
                    ["image": "a", "name": "a", "ports": [[:]], "dependsOn": ["b"]],
                    ["image": "b", "name": "b", "dependsOn": ["a"]],
                ], "dependency cycle detected"
            ),
            (
                [
                    ["image": "a", "name": "a", "ports": [[:]]],
                    ["image": "b", "name": "b", "startupProbe": ["tcpSocket": [:]]],
                ], "if specified, must be between 1 and 65535"
            ),
        ] as [(JSONValue, String?)])
    func `sidecars are named, ordered, and have no port of their own`(containers: JSONValue, text: String?) {
        let refusal = Self.refusal(["containers": containers])
        #expect(text.map { refusal?.contains($0) == true } ?? (refusal == nil), "\(refusal ?? "accepted")")
    }

    @Test(
        arguments: [
            (["name": "v", "emptyDir": ["sizeLimit": "64Mi"]], ["name": "v", "mountPath": "/cache"], nil),
            (["name": "v", "gcs": ["bucket": "b"]], ["name": "v", "mountPath": "/data"], nil),
            (
                ["name": "v", "emptyDir": ["sizeLimit": "much"]], ["name": "v", "mountPath": "/c"],
                "Could not parse Quantity"
            ),
            (["name": "v"], ["name": "v", "mountPath": "/c"], "exactly one kind"),
            (
                ["name": "v", "emptyDir": [:]], ["name": "w", "mountPath": "/c"], "which were not found in volumes list"
            ),
            (
                ["name": "v", "emptyDir": [:]], ["name": "v", "mountPath": "/a/../b"],
                "must be a valid unix absolute path"
            ),
            (["name": "v", "emptyDir": [:]], ["name": "v", "mountPath": "/proc/x"], "disallowed mount points"),
            (
                ["name": "v", "emptyDir": [:]], ["name": "v", "mountPath": "/c", "subPath": "../../etc"],
                "sub_path: must be a relative path"
            ),
            (
                ["name": "v", "secret": ["secret": "s", "items": [["path": "../x"]]]],
                ["name": "v", "mountPath": "/c"], "relative path"
            ),
        ] as [(JSONValue, JSONValue, String?)])
    func `volumes and mounts are looked at`(volume: JSONValue, mount: JSONValue, text: String?) {
        let refusal = Self.refusal(["volumes": [volume], "containers": [["image": "a", "volumeMounts": [mount]]]])
        #expect(text.map { refusal?.contains($0) == true } ?? (refusal == nil), "\(refusal ?? "accepted")")
    }

    @Test(
        arguments: [
            (["resources": ["limits": ["cpu": "banana"]]], "limits.cpu: Could not parse Quantity"),
            (["resources": ["limits": ["cpu": "0"]]], "limits.cpu: "),
            (["resources": ["limits": ["cpu": "3"]]], "1, 2, 4, 6 or 8"),
            (["resources": ["limits": ["cpu": "500m", "memory": "256Mi"]]], nil),
            (["resources": ["limits": ["cpu": "2", "memory": "1Gi"]]], nil),
            (["resources": ["limits": ["memory": "lots"]]], "limits.memory: Could not parse Quantity"),
            (["resources": ["limits": ["memory": "64Gi"]]], "at most 32Gi"),
            (["resources": ["limits": ["cpu": "4", "memory": "512Mi"]]], "total memory must be at least 2Gi"),
            (["resources": ["limits": ["disk": "1Gi"]]], "`disk` is not supported"),
            (["ports": [["containerPort": 80], ["containerPort": 81]]], "ports should contain 0 or 1 port"),
            (["env": [["name": "A", "value": "1", "valueSource": ["secretKeyRef": ["secret": "s"]]]]], "only one of"),
            (["env": [["name": "A", "valueSource": ["secretKeyRef": ["version": "1"]]]]], "secret: should be set"),
            (["env": [["name": "A"]]], nil),
            (
                ["env": [["name": "A", "value": .string(String(repeating: "v", count: 32_769))]]],
                "length cannot exceed 32768"
            ),
            (["ports": [["containerPort": 8080, "name": "http2"]]], "must be one of empty, 'http1' or 'h2c'"),
            (["ports": [["containerPort": 65_536]]], "container_port: must be 0"),
            (["image": "UPPER//bad::"], "must be a container image path"), (["image": "a:"], "container image path"),
            (["image": "a@sha256:12"], "must be a container image path"), (["image": "a@b@c"], "container image path"),
            (["image": "127.0.0.1:5000/p/a:v1"], nil), (["image": "us-docker.pkg.dev/p/r/a"], nil),
        ] as [(JSONValue, String?)])
    func `a container asks for what there is`(members: JSONValue, text: String?) {
        var container: JSONValue = ["image": "a"]
        for (name, value) in members.object ?? [:] { container[name] = value }
        let refusal = Self.refusal(["containers": [container]])
        #expect(text.map { refusal?.contains($0) == true } ?? (refusal == nil), "\(refusal ?? "accepted")")
    }

    @Test(
        arguments: [
            (["maxInstanceRequestConcurrency": -5], "Must be a number between 0 and 1000"),
            (["maxInstanceRequestConcurrency": 5000], "Must be a number between 0 and 1000"),
            (["maxInstanceRequestConcurrency": 0], nil),
            (
                ["scaling": ["minInstanceCount": 3, "maxInstanceCount": 2]],
                "greater than or equal to min_instance_count"
            ),
            (["scaling": ["minInstanceCount": -1]], "must be greater than or equal to zero"),
            (["scaling": ["maxInstanceCount": -1]], "must be greater than or equal to zero"),
            (["scaling": ["maxInstanceCount": 0]], nil),
        ] as [(JSONValue, String?)])
    func `a revision keeps within its limits`(members: JSONValue, text: String?) {
        var template: JSONValue = ["containers": [["image": "a"]]]
        for (name, value) in members.object ?? [:] { template[name] = value }
        let refusal = Self.refusal(template)
        #expect(text.map { refusal?.contains($0) == true } ?? (refusal == nil), "\(refusal ?? "accepted")")
        if members["scaling"]?["maxInstanceCount"] == 0 {
            #expect(ServiceDefaults.template(template)["scaling"]?["maxInstanceCount"] == 100)
        }
    }

    @Test func `less than one processor takes one request at a time`() {
        let small: JSONValue = ["image": "a", "resources": ["limits": ["cpu": "500m", "memory": "256Mi"]]]
        #expect(Self.refusal(["containers": [small]]) == nil)
        #expect(
            Self.refusal(["containers": [small], "maxInstanceRequestConcurrency": 80])?
                .contains("must be 1 when less than one CPU is set") == true)
    }

    @Test func `containers start after what they depend on, otherwise as written`() {
        func order(_ needs: [(String, [String])]) -> [Int]? {
            StartOrder.of(
                needs.map { ["name": .string($0.0), "dependsOn": .array($0.1.map { .string($0) })] })
        }
        #expect(order([("a", []), ("b", [])]) == [0, 1])
        #expect(order([("a", ["c"]), ("b", []), ("c", ["b"])]) == [1, 2, 0])
        #expect(order([("a", ["a2"]), ("a2", ["a"])]) == nil)
        #expect(order([("a", ["unknown"])]) == [0])
    }

    @Test func `a service's bounds are divided by its traffic`() {
        func bounds(_ scaling: JSONValue, _ percents: [Int]) -> [ScalingBounds?] {
            let shares = percents.enumerated().map {
                TrafficSplit.Share(revision: "r\($0)", percent: $1, tag: nil, isLatest: false)
            }
            let result = ScalingBounds.bounds(scaling: scaling, shares: shares)
            return percents.indices.map { result["r\($0)"] }
        }
        #expect(
            bounds(["minInstanceCount": 5, "maxInstanceCount": 10], [90, 10]) == [
                ScalingBounds(minimum: 5, maximum: 9), ScalingBounds(minimum: 1, maximum: 1),
            ])
        #expect(
            bounds(["scalingMode": "MANUAL", "manualInstanceCount": 3], [100, 0]) == [
                ScalingBounds(minimum: 3, maximum: 3), ScalingBounds(minimum: 0, maximum: 0),
            ])
        let own = ScalingBounds(minimum: 2, maximum: 4)
        #expect(own.combined(with: nil) == own)
        #expect(own.combined(with: ScalingBounds(minimum: 3, maximum: .max)) == ScalingBounds(minimum: 3, maximum: 4))
        #expect(own.combined(with: ScalingBounds(minimum: 0, maximum: 1)) == ScalingBounds(minimum: 1, maximum: 1))
    }

    @Test func `the latest version of a secret is the greatest number`() {
        #expect(SecretStore.resolve("latest", among: ["9", "10", "x", "0"]) == "10")
        #expect(SecretStore.resolve("latest", among: ["9", "latest"]) == "latest")
        #expect(SecretStore.resolve("9", among: ["9", "10"]) == "9")
        #expect(SecretStore.resolve("8", among: ["9"]) == nil)
        #expect(SecretStore(folder: "/").value("etc", version: "passwd") != nil)
        #expect(SecretStore(folder: "/etc").value("../etc", version: "passwd") == nil)
        #expect(SecretStore(folder: "/").value("etc", version: "../etc/passwd") == nil)
    }

    @Test func `gRPC health messages are those of the standard`() {
        #expect(GRPCHealthCheck.request(service: "") == [0, 0, 0, 0, 0])
        #expect(GRPCHealthCheck.request(service: "ab") == [0, 0, 0, 0, 4, 0x0A, 2, 0x61, 0x62])
        #expect(GRPCHealthCheck.isServing([0, 0, 0, 0, 2, 8, 1]))
        for frame: [UInt8] in [
            [], [0, 0, 0, 0, 0], [0, 0, 0, 0, 2, 8, 2], [1, 0, 0, 0, 2, 8, 1], [0, 0, 0, 0, 3, 8, 1],
        ] {
            #expect(!GRPCHealthCheck.isServing(frame))
        }
    }
}
