import JSON
import Testing

@testable import LocalCloudRun

@Suite struct APIRequestTests {
    @Test(
        arguments: [
            (
                ["tamplate": [:]],
                "Invalid JSON payload received. Unknown name \"tamplate\" at 'service': Cannot find field."
            ),
            (
                ["template": ["containrs": []]],
                "Invalid JSON payload received. Unknown name \"containrs\" at 'service.template': Cannot find field."
            ),
            (
                ["template": ["containers": [["image": 123]]]],
                "Invalid value at 'service.template.containers[0].image' (TYPE_STRING), 123"
            ),
            ([:], "Violation in CreateServiceRequest.service.template: should be set."),
            (["template": ["timeout": "3601s", "containers": [["image": "a"]]]], "maximum allowed time is one hour."),
            (["template": ["containers": [["image": ""]]]], "must provide an image name to deploy"),
            (["template": ["containers": [["image": " "]]]], "must be a container image path in the form"),
            (
                ["template": ["containers": [["image": "a", "env": [["name": "PORT", "value": "1"]]]]]],
                "The following reserved env names were provided: PORT. These values are automatically set by the system."
            ),
            (
                ["template": ["revision": "other-1", "containers": [["image": "a"]]]],
                "must be a DNS label that starts with the service name"
            ),
            (
                [
                    "template": [
                        "containers": [
                            [
                                "image": "a",
                                "startupProbe": ["periodSeconds": 100, "failureThreshold": 9_223_372_036_854],
                            ]
                        ]
                    ]
                ],
                "Invalid value at"
            ),
            (
                [
                    "template": [
                        "containers": [["image": "a", "startupProbe": ["periodSeconds": 100, "failureThreshold": 3]]]
                    ]
                ],
                "must not exceed 240 seconds"
            ),
            (
                ["template": ["containers": [["image": "a"]], "labels": ["serving.knative.dev/x": "1"]]],
                "system labels are not supported"
            ),
        ] as [(JSONValue, String)])
    func `a wrong body is refused with Google's words`(body: JSONValue, text: String) async throws {
        try await Platform.run { platform in
            let answer = await platform.call("POST", "services", body, query: ["serviceId": "backend"])
            #expect(answer.status == 400)
            #expect(answer.body["error"]?["status"] == "INVALID_ARGUMENT")
            #expect(answer.body["error"]?["message"]?.string?.contains(text) == true, "\(answer.body.serialized())")
            #expect(await platform.call("GET", "services/backend").status == 404)
        }
    }

    @Test(
        arguments: [
            (
                ["ingress": "EVERYBODY"],
                "Invalid value at 'service.ingress' (type.googleapis.com/google.cloud.run.v2.IngressTraffic), \"EVERYBODY\""
            ),
            (
                ["ingress": 99],
                "Invalid value at 'service.ingress' (type.googleapis.com/google.cloud.run.v2.IngressTraffic), 99"
            ),
            (
                ["launchStage": "SOON"],
                "Invalid value at 'service.launch_stage' (type.googleapis.com/google.api.LaunchStage), \"SOON\""
            ),
            (
                ["template": ["vpcAccess": ["egress": "SOME"]]],
                "Invalid value at 'service.template.vpc_access.egress' (type.googleapis.com/google.cloud.run.v2.VpcAccess.VpcEgress), \"SOME\""
            ),
            (
                ["template": ["volumes": [["emptyDir": ["medium": "TAPE"]]]]],
                "Invalid value at 'service.template.volumes[0].empty_dir.medium' (type.googleapis.com/google.cloud.run.v2.EmptyDirVolumeSource.Medium), \"TAPE\""
            ),
            (
                ["template": ["maxInstanceRequestConcurrency": "many"]],
                "Invalid value at 'service.template.max_instance_request_concurrency' (TYPE_INT32), \"many\""
            ),
            (
                ["template": ["maxInstanceRequestConcurrency": 4_294_967_296]],
                "Invalid value at 'service.template.max_instance_request_concurrency' (TYPE_INT32), 4294967296"
            ),
            (
                ["template": ["sessionAffinity": "maybe"]],
                "Invalid value at 'service.template.session_affinity' (TYPE_BOOL), \"maybe\""
            ),
            (
                ["template": ["timeout": "soon"]],
                "Invalid value at 'service.template.timeout' (type.googleapis.com/google.protobuf.Duration), Field 'timeout', Illegal duration format; duration must end with 's'"
            ),
            (
                ["template": ["service_account": [:]]],
                "Invalid value at 'service.template' (service_account), Starting an object on a scalar field"
            ),
            (
                ["template": ["serviceAccount": ["a"]]],
                "Invalid JSON payload received. Unknown name \"serviceAccount\" at 'service.template': Proto field is not repeating, cannot start list."
            ),
            (
                ["template": "new"],
                "Invalid value at 'service.template' (type.googleapis.com/google.cloud.run.v2.RevisionTemplate), \"new\""
            ),
            (
                ["template": ["maxInstanceRequestConcurrency": 1, "containerz": 1]],
                "Invalid JSON payload received. Unknown name \"containerz\" at 'service.template': Cannot find field."
            ),
            (
                ["labels": "a=b"],
                "Invalid value at 'service.labels' (type.googleapis.com/google.cloud.run.v2.Service.LabelsEntry), \"a=b\""
            ),
            (["labels": []], "Invalid value at 'service.labels' (Map), Cannot bind a list to map for field 'labels'."),
            (["labels": ["a": "b", "c": 5]], "Invalid value at 'service.labels[1].value' (TYPE_STRING), 5"),
            ([1], "Invalid JSON payload received. Unknown name \"\": Root element must be a message."),
        ] as [(JSONValue, String)])
    func `a value of a wrong kind is named as Google's parser names it`(body: JSONValue, text: String) async throws {
        try await Platform.run { platform in
            let answer = await platform.call("POST", "services", body, query: ["serviceId": "backend"])
            #expect(answer.status == 400)
            #expect(answer.body["error"]?["message"]?.string == text)
            #expect(answer.body["error"]?["details"]?[0]?["fieldViolations"]?[0]?["description"]?.string == text)
        }
    }

    @Test func `a body of v1 is named as v1 names it`() async throws {
        try await Platform.run { platform in
            let path = "/apis/serving.knative.dev/v1/namespaces/demo/services"
            for (body, text) in [
                (
                    ["spec": 1],
                    "Invalid value at 'service.spec' (type.googleapis.com/google.cloud.run.v1.ServiceSpec), 1"
                ),
                (
                    ["metadata": "a"],
                    "Invalid value at 'service.metadata' (type.googleapis.com/google.cloud.run.meta.v1.ObjectMeta), \"a\""
                ),
                (
                    ["spec": ["template": ["spec": ["containerConcurrency": "x"]]]],
                    "Invalid value at 'service.spec.template.spec.container_concurrency' (TYPE_INT32), \"x\""
                ),
            ] as [(JSONValue, String)] {
                #expect(await platform.call("POST", path, body).body["error"]?["message"]?.string == text)
            }
        }
    }

    @Test func `what Google's parser is lenient about is taken`() throws {
        let decoded = try FieldTable.runV2.decode(
            [
                "ingress": "ingress-traffic-all", "defaultUriDisabled": "yes", "invokerIamDisabled": 0,
                "traffic": ["percent": 100.0], "customAudiences": "a",
                "template": ["containers": ["image": "a", "args": [.null, "b"]]],
            ], as: "Service", at: "service")
        #expect(
            decoded == [
                "ingress": "INGRESS_TRAFFIC_ALL", "defaultUriDisabled": true, "invokerIamDisabled": false,
                "traffic": [["percent": 100]], "customAudiences": ["a"],
                "template": ["containers": [["image": "a", "args": ["b"]]]],
            ])
    }

    @Test func `every wrong field is reported at once`() {
        #expect {
            _ = try FieldTable.runV2.decode(["a": 1, "template": ["b": 2]], as: "Service", at: "service")
        } throws: { error in
            let details = (error as? APIError)?.details.first
            return details?["fieldViolations"]?.array?.count == 2
        }
    }

    @Test(arguments: ["", "Backend", "1backend", "backend-", String(repeating: "a", count: 50), "a_b", "a/b"])
    func `a service id that Cloud Run would not take is refused`(id: String) async throws {
        try await Platform.run { platform in
            let answer = await platform.call(
                "POST", "services", ["template": Platform.template()], query: ["serviceId": id])
            #expect(answer.status == 400)
        }
    }

    @Test func `output-only fields are dropped, names in snake case and enum numbers taken`() throws {
        let decoded = try FieldTable.runV2.decode(
            [
                "uri": "http://elsewhere", "ingress": 2,
                "template": ["service_account": "a@b", "max_instance_request_concurrency": "7"],
            ], as: "Service", at: "service")
        #expect(
            decoded == [
                "ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY",
                "template": ["serviceAccount": "a@b", "maxInstanceRequestConcurrency": 7],
            ])
    }

    @Test func `enums are written as numbers where a client asks for that`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let query = ["$alt": "json;enum-encoding=int"]
            let service = await platform.call("GET", "services/backend", query: query).body
            #expect(service["ingress"] == 1)
            // google.api.LaunchStage.GA is 4, although it is the seventh in the document.
            #expect(service["launchStage"] == 4)
            #expect(service["terminalCondition"]?["state"] == 4)
            #expect(service["trafficStatuses"]?[0]?["type"] == 1)
            let operations = await platform.call("GET", "operations", query: query).body
            #expect(operations["operations"]?[0]?["metadata"]?["ingress"] == 1)
            let list = await platform.call("GET", "services", query: query).body
            #expect(list["services"]?[0]?["ingress"] == 1)
        }
    }

    @Test(arguments: [
        ("GET", "/v2/projects/p/locations/l/nothing", 404), ("PUT", "/v2/projects/p/locations/l/services/a", 404),
        ("GET", "/", 404), ("GET", "/v2/projects//locations/l/services", 404),
        ("GET", "/v2/projects/p/locations/-/services", 400),
        ("GET", "/v2/projects/p/locations/l/services/a/revisions/b", 404),
        ("GET", "/v2/projects/p/locations/l/operations/none", 404),
        ("POST", "/v2/projects/p/locations/l/operations/none:wait", 404),
        ("PATCH", "/v2/projects/p/locations/l/services/none", 404),
    ])
    func `what does not exist is answered in the form of google rpc Status`(
        method: String, path: String, status: Int
    ) async throws {
        try await Platform.run { platform in
            let answer = await platform.call(method, path)
            #expect(answer.status == status)
            #expect(answer.body["error"]?["code"]?.integer == Int64(status))
            #expect(answer.body["error"]?["message"]?.string?.isEmpty == false)
        }
    }

    @Test func `names collide as on Cloud Run`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let again = await platform.call(
                "POST", "services", ["template": Platform.template()], query: ["serviceId": "backend"])
            #expect(again.status == 409)
            #expect(again.body["error"]?["message"] == "Resource 'backend' already exists.")

            func named(_ value: String) -> JSONValue {
                var template = Platform.template(["A": value])
                template["revision"] = "backend-fixed"
                return ["template": template]
            }
            _ = try await platform.finish("PATCH", "services/backend", named("1"))
            #expect(await platform.get()["latestReadyRevision"]?.string?.hasSuffix("/backend-fixed") == true)
            let collision = await platform.call("PATCH", "services/backend", named("2"))
            #expect(collision.status == 409)
            #expect(
                collision.body["error"]?["message"]
                    == "Revision named 'backend-fixed' with different configuration already exists.")
        }
    }

    @Test func `lists come in pages`() async throws {
        try await Platform.run { platform in
            for name in ["a", "b", "c"] { _ = try await platform.create(name) }
            var seen: [String] = []
            var token: String? = ""
            while let current = token {
                let page = await platform.call("GET", "services", query: ["pageSize": "2", "pageToken": current]).body
                seen += (page["services"]?.array ?? []).compactMap { $0["name"]?.string.map(shortName) }
                token = page["nextPageToken"]?.string
            }
            #expect(seen == ["a", "b", "c"])
            #expect(await platform.call("GET", "services", query: ["pageSize": "-1"]).status == 400)
            let done = await platform.call("GET", "operations", query: ["filter": "done:true"]).body
            #expect(done["operations"]?.array?.count == 3)
        }
    }
}
