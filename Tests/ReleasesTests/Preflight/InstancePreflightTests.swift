import Configuration
import Releases
import Testing

/// Networks, databases and quotas: which questions they raise, and what the answers mean.
@Suite struct InstancePreflightTests {
    private static let account = "run@p.iam.gserviceaccount.com"
    private static let identity = ServiceIdentity(project: "p", region: "us-central1", name: "backend")
    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    private static func intent(_ change: (inout ContainerSettings) -> Void) -> ReleaseIntent {
        var service = Service(
            name: "backend", image: "r.dev/backend@\(digest)",
            container: ContainerSettings(serviceAccount: account), isPublic: true)
        change(&service.container)
        return ReleaseIntent(
            project: "p", registry: nil, builder: "docker", identityAccount: nil,
            services: [
                .init(
                    identity: identity, service: service, exists: true, makesRevision: true, opens: false,
                    pushes: false, isClosed: false)
            ])
    }

    private func findings(
        _ world: FakeInspection.World = .init(), images: FakeImages? = nil,
        _ change: (inout ContainerSettings) -> Void
    ) async -> [PreflightFinding] {
        await Preflight(inspection: FakeInspection(world), images: images).findings(for: Self.intent(change))
    }

    private func asked(_ change: (inout ContainerSettings) -> Void) async -> [String] {
        let inspection = FakeInspection()
        _ = await Preflight(inspection: inspection).findings(for: Self.intent(change))
        return inspection.asked
    }

    @Test func `who uses none of it raises no further question`() async {
        #expect(
            await asked { _ in } == [
                "account \(Self.account)", "enabled", "granted account/\(Self.account)", "granted project/p",
            ])
    }

    @Test func `each is asked about once`() async {
        var intent = Self.intent { settings in
            settings.vpc = VPCAccess(way: .direct(DirectEgress(network: "n")))
            settings.cloudSQL = ["p:us-central1:i", "q:us-central1:j"]
            settings.maxInstances = 5
        }
        intent.services.append(intent.services[0])
        let inspection = FakeInspection()
        let found = await Preflight(inspection: inspection).findings(for: intent)
        let more = inspection.asked.filter { !$0.hasPrefix("granted") && !$0.hasPrefix("account") && $0 != "enabled" }
        #expect(
            more == [
                "database p:us-central1:i", "database q:us-central1:j",
                "limits run.googleapis.com/cpu_allocation", "limits run.googleapis.com/mem_allocation",
                "network network n",
                "network subnetwork us-central1/n", "policy project/p", "policy project/q",
            ])
        #expect(found.filter { $0.state == .problem } == [])
    }

    @Test func `APIs that a revision needs are asked for`() async {
        func names(_ change: (inout ContainerSettings) -> Void) -> Set<String> {
            Set(APINeed.of(Self.intent(change)).map(\.name)).subtracting([
                "run.googleapis.com", "logging.googleapis.com",
            ])
        }
        #expect(names { _ in } == [])
        #expect(names { $0.vpc = VPCAccess(way: .connector("c")) } == ["vpcaccess.googleapis.com"])
        #expect(names { $0.vpc = VPCAccess(way: .direct(DirectEgress(network: "n"))) } == ["compute.googleapis.com"])
        #expect(names { $0.vpc = VPCAccess(way: .connector("projects/h/locations/r/connectors/c")) } == [])
        #expect(names { $0.cloudSQL = ["p:r:i"] } == ["sqladmin.googleapis.com"])
        let secret = Volume(name: "v", kind: .secret(SecretVolume(secret: "s")))
        #expect(names { $0.volumes = [secret] } == ["secretmanager.googleapis.com"])
    }

    private static let connector = NetworkUse.connector(project: "p", region: "us-central1", name: "c")

    @Test(
        arguments: [
            (Inspected.found(NetworkFacts(state: "READY")), PreflightFinding.State.ok, nil),
            (.found(NetworkFacts(state: "UPDATING")), .warning, "describe"),
            (.found(NetworkFacts(state: "CREATING")), .problem, "describe"),
            (.found(NetworkFacts(state: "DELETING")), .problem, "describe"),
            (.found(NetworkFacts(state: "ERROR")), .problem, "describe"), (.found(NetworkFacts()), .unknown, nil),
            (.missing, .problem, "create"), (.undetermined(.notPermitted("no")), .unknown, nil),
        ] as [(Inspected<NetworkFacts>, PreflightFinding.State, String?)])
    func `a connector`(facts: Inspected<NetworkFacts>, state: PreflightFinding.State, verb: String?) async throws {
        var world = FakeInspection.World()
        world.networks = [Self.connector: facts]
        let all = await findings(world) { $0.vpc = VPCAccess(way: .connector("c")) }
        let found = try #require(all.first { $0.id == "connector:us-central1/c" })
        #expect(found.state == state && found.category == .configuration)
        let wanted = verb.map {
            "gcloud compute networks vpc-access connectors \($0) c --region us-central1 --project p"
        }
        #expect(wanted.map { found.command?.hasPrefix($0) == true } ?? (found.command == nil), "\(found)")
        #expect(state == .ok || state == .unknown || found.why?.isEmpty == false)
    }

    @Test func `a network and its subnetwork`() async {
        let subnetwork = NetworkUse.subnetwork(project: "h", region: "us-central1", name: "s", network: "n")
        let change: (inout ContainerSettings) -> Void = {
            $0.vpc = VPCAccess(
                way: .direct(
                    DirectEgress(
                        network: "projects/h/global/networks/n",
                        subnetwork: "projects/h/regions/us-central1/subnetworks/s")))
        }
        var world = FakeInspection.World()
        world.networks = [subnetwork: .found(NetworkFacts(network: "n"))]
        let fine = await findings(world, change)
        #expect(fine.filter { $0.state == .problem } == [])
        #expect(fine.first { $0.id == "subnetwork:us-central1/s" }?.state == .ok)
        world.networks = [subnetwork: .found(NetworkFacts(network: "other"))]
        let other = await findings(world, change).first { $0.id == "subnetwork:us-central1/s" }
        #expect(other?.state == .problem && other?.why == "it belongs to `other`")
        world.networks = [subnetwork: .missing, .network(project: "h", name: "n"): .missing]
        #expect(
            await findings(world, change).filter { $0.state == .problem }.compactMap(\.command) == [
                "gcloud compute networks create n --project h --subnet-mode auto",
                "gcloud compute networks subnets create s --network n --region us-central1 --project h "
                    + "--range 10.9.0.0/24",
            ])
    }

    private typealias Facts = DatabaseUse.Facts

    @Test(
        arguments: [
            (Inspected.found(Facts(state: "RUNNABLE", connectionName: "p:r:i")), PreflightFinding.State.ok, nil),
            (.found(Facts(state: "RUNNABLE", isStopped: true)), .problem, "gcloud sql instances patch i"),
            (.found(Facts(state: "RUNNABLE", connectionName: "p:s:i")), .problem, "gcloud sql instances describe i"),
            (.found(Facts(state: "FAILED")), .problem, "gcloud sql instances describe i"),
            (.found(Facts(state: "MAINTENANCE")), .warning, nil), (.found(Facts(state: "NEW")), .unknown, nil),
            (.missing, .problem, "gcloud sql instances list --project p"),
            (.undetermined(.notPermitted("no")), .unknown, nil),
        ] as [(Inspected<DatabaseUse.Facts>, PreflightFinding.State, String?)])
    func `a database`(facts: Inspected<DatabaseUse.Facts>, state: PreflightFinding.State, command: String?) async throws
    {
        var world = FakeInspection.World()
        world.databases = ["p:r:i": facts]
        let all = await findings(world) { $0.cloudSQL = ["p:r:i"] }
        let found = try #require(all.first { $0.id == "database:p:r:i" })
        #expect(found.state == state, "\(found)")
        #expect(command.map { found.command?.hasPrefix($0) == true } ?? (found.command == nil), "\(found)")
    }

    @Test func `a grant to connect that is seen is certain, one that is not seen proves nothing`() async {
        func state(_ policy: Inspected<[PolicyBinding]>) async -> PreflightFinding? {
            var world = FakeInspection.World()
            world.policies = [.project("p"): policy]
            return await findings(world) { $0.cloudSQL = ["p:r:i"] }.first {
                $0.id == "database-access:p:\(Self.account)"
            }
        }
        let member = "serviceAccount:\(Self.account)"
        #expect(await state(.found([PolicyBinding(role: "roles/cloudsql.client", members: [member])]))?.state == .ok)
        #expect(await state(.found([PolicyBinding(role: "roles/viewer", members: [member])]))?.state == .unknown)
        let conditional = PolicyBinding(role: "roles/cloudsql.client", members: [member], isConditional: true)
        #expect(await state(.found([conditional]))?.state == .unknown)
        #expect(await state(.undetermined(.notPermitted("no")))?.state == .unknown)
        #expect(
            await state(.found([]))?.command
                == "gcloud projects add-iam-policy-binding p --member serviceAccount:\(Self.account) "
                + "--role roles/cloudsql.client --condition None")
    }

    @Test func `secrets of volumes and sidecars are looked for`() async {
        let sidecar = Sidecar(
            name: "s", image: "r.dev/s@\(Self.digest)",
            environment: [ConfiguredVariable(name: "K", value: .secret(name: "projects/q/secrets/k", version: "2"))])
        let all = await asked { settings in
            settings.sidecars = [sidecar]
            settings.volumes = [
                Volume(name: "a", kind: .secret(SecretVolume(secret: "whole"))),
                Volume(
                    name: "b",
                    kind: .secret(
                        SecretVolume(
                            secret: "files", files: [.init(path: "x", version: "3"), .init(path: "y", version: "4")]))),
            ]
        }
        #expect(
            all.filter { $0.hasPrefix("secret ") } == [
                "secret files/3", "secret files/4", "secret k/2", "secret whole/latest",
            ])
    }

    @Test func `a sidecar's image that Cloud Run would refuse is refused before`() async {
        let refusal = Failure(.release, "image is not for linux/amd64")
        let found = await findings(images: FakeImages(answer: .found(refusal))) {
            $0.sidecars = [Sidecar(name: "s", image: "r.dev/s@\(Self.digest)")]
        }
        #expect(found.first { $0.id == "image:backend/s" }?.state == .problem)
    }

    // MARK: - Quotas

    private func quotas(
        _ limits: Inspected<[QuotaLimit]>, _ change: (inout ContainerSettings) -> Void
    ) async -> [PreflightFinding] {
        var world = FakeInspection.World()
        world.limits = ["run.googleapis.com/cpu_allocation": limits]
        return await findings(world, change).filter { $0.id.hasPrefix("quota:cpu") }
    }

    @Test func `more instances than the region has room for are a problem, as Cloud Run refuses them`() async {
        let limits = [QuotaLimit(region: nil, value: 20_000), QuotaLimit(region: "europe-west1", value: 1)]
        let change: (inout ContainerSettings) -> Void = {
            $0.cpu = "2"
            $0.maxInstances = 11
        }
        let found = await quotas(.found(limits), change)
        #expect(found.map(\.state) == [.problem])
        #expect(
            found.first?.what
                == "11 instances of `backend` with 2 cpu each are more than the 20 cpu that project `p` has in "
                + "`us-central1`")
        #expect(found.first?.why?.contains("`max_instances: 10` fits") == true)
        #expect(
            found.first?.command
                == "gcloud beta quotas preferences create --service run.googleapis.com --project p --quota-id "
                + "CpuAllocPerProjectRegion --preferred-value 22000 --dimensions 'region=us-central1'")
        let none = await quotas(.found([QuotaLimit(region: "us-central1", value: 1999)]), change)
        #expect(none[0].why?.hasSuffix("not even one fits") == true)
        #expect(
            await quotas(.found(limits + [QuotaLimit(region: "us-central1", value: 22_000)]), change)[0].state == .ok)
        #expect(await quotas(.found([QuotaLimit(region: "us-central1", value: -1)]), change)[0].state == .ok)
        #expect(await quotas(.found([]), change)[0].state == .unknown)
        #expect(await quotas(.missing, change)[0].state == .unknown)
        #expect(await quotas(.undetermined(.notPermitted("no")), change)[0].state == .unknown)
        #expect(await quotas(.found(limits)) { $0.cpu = "2" } == [], "Cloud Run takes what fits where nothing is said")
        let together = await quotas(.found(limits)) {
            $0.maxInstances = 11
            $0.sidecars = [Sidecar(name: "s", image: "r.dev/s@\(Self.digest)")]
        }
        #expect(together[0].state == .problem, "sidecars count")
    }

    @Test func `memory counts too`() async {
        var world = FakeInspection.World()
        world.limits = ["run.googleapis.com/mem_allocation": .found([QuotaLimit(region: nil, value: 4 << 30)])]
        let found = await findings(world) {
            $0.memory = "1Gi"
            $0.maxInstances = 5
        }.first { $0.id == "quota:memory:us-central1/backend" }
        #expect(found?.state == .problem)
        #expect(found?.what.contains("with 1Gi of memory each are more than the 4Gi of memory") == true)
    }

    private static func revisions(_ count: Int) -> [RevisionObservation] {
        (0..<count).map {
            RevisionObservation(name: "backend-\(count - $0)", image: "", condition: .init(state: .succeeded))
        }
    }

    @Test func `a service that is nearly full says which revisions go next`() {
        let observation = ServiceObservation(
            identity: Self.identity, url: "", generation: 1, observedGeneration: 1,
            trafficStatuses: [TrafficShare(revision: "backend-1", percent: 100)], condition: .init(state: .succeeded))
        func finding(_ count: Int) -> PreflightFinding? {
            ReleaseQuota.revisions(Self.revisions(count), of: observation, key: "backend")
        }
        #expect(finding(0) == nil && finding(949) == nil)
        let found = finding(987)
        #expect(found?.state == .warning && found?.id == "quota:revisions:backend")
        #expect(found?.what == "`backend` has 987 revisions, and Cloud Run keeps 1000")
        #expect(
            found?.command?.hasPrefix("for revision in backend-2 backend-3 ") == true
                && found?.command?.hasSuffix(
                    "; do gcloud run revisions delete \"$revision\" --region us-central1 --project p --quiet; done")
                    == true,
            "\(String(describing: found?.command))")
    }

    @Test func `a release that writes more than a minute takes is told how long it waits`() async throws {
        let world = ModelWorld()
        func findings(_ count: Int) async throws -> [PreflightFinding] {
            let services = (0..<count).map { ModelWorld.service("s\($0)") }
            let plan = try await world.plan(run: "run-aaaaaa", services: services, source: "x").plan
            return ReleaseQuota.findings(of: plan, facts: [:])
        }
        #expect(try await findings(3) == [])
        let found = try await findings(40)
        #expect(found.map(\.id) == ["quota:writes:r"] && found.first?.state == .warning)
        #expect(found.first?.why?.hasPrefix("the writes wait for their turn, ") == true)
        #expect(found.first?.what.hasSuffix("times to Cloud Run in `r`, which takes 60 a minute") == true)
    }
}
