import JSON
import Testing
import Transport

/// What `doctor` and the gate `preflight` say of networks, databases and quotas, through the real binary against a stub
/// of Google.
@Suite(.serialized) struct InstanceDoctorTests {
    private static let instances = """
        services:
          backend:
            source: { paths: [environments] }
            service_account: run@p.iam.gserviceaccount.com
            cpu: "2"
            max_instances: 11
            vpc: { connector: c }
            cloud_sql: ["p:us-central1:orders"]
          frontend:
            source: { paths: [environments] }
            service_account: run@p.iam.gserviceaccount.com
            vpc: { direct: { network: n, subnetwork: s } }

        """

    private static func quota(_ limit: String) -> JSONValue {
        [
            "consumerQuotaLimits": [
                [
                    "unit": "1/min/{project}/{region}",
                    "quotaBuckets": [
                        ["effectiveLimit": .string(limit), "dimensions": ["region": "us-central1"]]
                    ],
                ]
            ]
        ]
    }

    private static func orderly(_ world: inout OrderlyGoogle.World) {
        world = .init()
        world.answers = [
            ("/connectors/c", ["name": "c", "state": "READY"]), ("/global/networks/n", ["name": "n"]),
            ("/subnetworks/s", ["name": "s", "network": "https://compute/projects/p/global/networks/n"]),
            ("/instances/orders", ["state": "RUNNABLE", "connectionName": "p:us-central1:orders"]),
            ("cpu_allocation", quota("22000")), ("mem_allocation", quota("-1")),
        ]
    }

    @Test func `networks, databases and quotas come with the line that mends them`() async throws {
        try await OrderlyGoogle.with { google in
            try google.write(Self.instances, to: "environments/services.yaml")
            google.set(Self.orderly)
            let fine = try await google.json("doctor", "-e", "staging", exit: 0)
            #expect(OrderlyGoogle.findings(fine, "unknown") == ["database-access:p:run@p.iam.gserviceaccount.com"])
            for id in [
                "connector:us-central1/c", "network:n", "subnetwork:us-central1/s",
                "database:p:us-central1:orders",
                "quota:cpu:us-central1/backend", "quota:memory:us-central1/backend",
                "api:vpcaccess.googleapis.com",
                "api:compute.googleapis.com", "api:sqladmin.googleapis.com",
            ] {
                #expect(OrderlyGoogle.findings(fine, "ok").contains(id), "\(id)")
            }
            google.set {
                $0.answers.removeFirst(4)
                $0.answers[0] = ("cpu_allocation", Self.quota("20000"))
                $0.disabledAPIs = ["sqladmin.googleapis.com"]
            }
            let broken = try await google.json("doctor", "-e", "staging", exit: 4)
            let problems = (broken["findings"]?.array ?? []).filter { $0["state"] == "problem" }
            #expect(
                problems.compactMap {
                    $0["command"]?.string?.split(separator: " ").prefix(5).joined(separator: " ")
                }
                    == [
                        "gcloud services enable sqladmin.googleapis.com --project",
                        "gcloud compute networks vpc-access connectors", "gcloud compute networks create n",
                        "gcloud compute networks subnets create", "gcloud sql instances list --project",
                        "gcloud beta quotas preferences create",
                    ])
            google.set {
                $0.statuses = [
                    ("/connectors/", 403), ("/networks/", 403), ("/subnetworks/", 403), ("/instances/", 403),
                    ("consumerQuotaMetrics", 403),
                ]
                $0.disabledAPIs = []
            }
            let unseen = try await google.json("doctor", "-e", "staging", exit: 0)
            #expect(
                OrderlyGoogle.findings(unseen, "problem") == [] && OrderlyGoogle.findings(unseen, "unknown").count == 7)
        }
    }

    @Test func `a deploy is stopped by what its network lacks, before anything is built`()
        async throws
    {
        try await OrderlyGoogle.with { google in
            try google.write(Self.instances, to: "environments/services.yaml")
            google.set(Self.orderly)
            google.set { $0.answers[0] = ("/connectors/c", ["name": "c", "state": "ERROR"]) }
            let document = try await google.json(
                "deploy", "backend", "-e", "staging", "--builder", "cloud-build", "--allow-dirty", exit: 65)
            #expect(document["error"]?["details"]?.serialized().contains("its state is `ERROR`") == true)
            #expect(google.asked.allSatisfy { !$0.hasPrefix("PATCH") && !$0.contains("/builds") })
        }
    }

    @Test func `a service that is nearly full of revisions says so`() async throws {
        try await OrderlyGoogle.with { google in
            let revisions = (1...960).map { number -> JSONValue in
                [
                    "name": .string(
                        "projects/p/locations/us-central1/services/backend/revisions/backend-\(number)")
                ]
            }
            google.set {
                $0.answers = [("/services/backend/revisions", ["revisions": .array(revisions)])]
            }
            let document = try await google.json("doctor", "-e", "staging", exit: 0)
            #expect(OrderlyGoogle.findings(document, "warning") == ["quota:revisions:backend"])
            let finding = document["findings"]?.array?.first { $0["id"] == "quota:revisions:backend" }
            #expect(finding?["what"] == "`backend` has 960 revisions, and Cloud Run keeps 1000")
            #expect(finding?["command"]?.string?.contains("gcloud run revisions delete") == true)
        }
    }
}
