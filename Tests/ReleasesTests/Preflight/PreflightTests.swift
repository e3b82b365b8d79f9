import Configuration
import Releases
import Testing

/// Which questions a release raises, and what the answers mean.
@Suite struct PreflightTests {
    private static let registry = "us-central1-docker.pkg.dev/p/services"
    private static let account = "run@p.iam.gserviceaccount.com"
    private static let identity = ServiceIdentity(project: "p", region: "us-central1", name: "backend")

    private static func service(account: String? = account, secret: String? = "jwt") -> Service {
        Service(
            name: "backend", source: SourceSettings(paths: ["."]),
            container: ContainerSettings(serviceAccount: account),
            environment: secret.map { [ConfiguredVariable(name: "JWT", value: .secret(name: $0, version: "latest"))] }
                ?? [], isPublic: true)
    }

    private static func intent(
        _ service: Service = service(), exists: Bool = true, opens: Bool = false, isClosed: Bool = false,
        builder: String = "docker", identityAccount: String? = nil, image: ImageReference? = nil
    ) -> ReleaseIntent {
        ReleaseIntent(
            project: "p", registry: registry, builder: builder, identityAccount: identityAccount,
            services: [
                .init(
                    identity: identity, service: service, exists: exists, makesRevision: true, opens: opens,
                    pushes: image == nil, isClosed: isClosed, image: image)
            ])
    }

    private func findings(
        _ world: FakeInspection.World = .init(), _ intent: ReleaseIntent = intent(), images: FakeImages? = nil
    ) async -> [PreflightFinding] {
        await Preflight(inspection: FakeInspection(world), images: images).findings(for: intent)
    }

    @Test func `where all is well there is neither a problem nor a doubt but the reader of a secret`() async {
        let report = PreflightReport(await findings())
        #expect(report.problems == [])
        #expect(report.doubts.map(\.id) == ["secret-access:jwt:\(Self.account)"])
        #expect(Set(report.findings.map(\.id)).count == report.findings.count, "ids are unique")
        #expect(report.failure(during: "preflight", hint: "") == nil)
    }

    @Test func `a release that changes nothing asks nothing`() async {
        let inspection = FakeInspection()
        var nothing = Self.intent()
        nothing.services = []
        #expect(await Preflight(inspection: inspection).findings(for: nothing) == [])
        #expect(inspection.asked == [])
    }

    @Test func `each resource is asked once, whatever is needed of it`() async {
        var world = FakeInspection.World()
        world.lacking = [.project("p"): ["run.services.update"]]
        let inspection = FakeInspection(world)
        var intent = Self.intent(opens: true, isClosed: true)
        intent.services.append(intent.services[0])
        _ = await Preflight(inspection: inspection).findings(for: intent)
        #expect(
            inspection.asked == [
                "account \(Self.account)", "enabled", "format", "granted account/\(Self.account)",
                "granted project/p", "granted repository/us-central1/services", "granted service/us-central1/backend",
                "policy project/p", "policy secret/jwt", "secret jwt/latest",
            ])
    }

    @Test func `migrations and the judgement of real requests ask for permissions of their own`() async throws {
        var intent = Self.intent()
        #expect(
            !PermissionNeed.of(intent, runtimeAccounts: [:]).flatMap(\.permissions).contains {
                $0.hasPrefix("run.jobs")
            })
        intent.services[0].migrates = true
        intent.services[0].isJudgedByMonitoring = true
        let needs = PermissionNeed.of(intent, runtimeAccounts: [:])
        let jobs = try #require(needs.first { $0.permissions.contains("run.jobs.run") })
        #expect(jobs.resource == .project("p") && jobs.isEssential)
        #expect(
            Set(jobs.permissions).isSuperset(of: ["run.jobs.create", "run.jobs.get", "run.jobs.runWithOverrides"]))
        #expect(needs.first { $0.permissions == ["monitoring.timeSeries.list"] }?.isEssential == true)
        var world = FakeInspection.World()
        world.lacking = [.project("p"): ["run.jobs.runWithOverrides"]]
        let report = PreflightReport(await findings(world, intent))
        #expect(
            report.problems.contains { $0.why?.contains("run.jobs.runWithOverrides") == true }, "\(report.problems)")
    }

    @Test func `a service is not asked for what its project gives`() async {
        let inspection = FakeInspection()
        let findings = await Preflight(inspection: inspection).findings(for: Self.intent(opens: true, isClosed: true))
        #expect(!inspection.asked.contains { $0.hasPrefix("granted service/") })
        #expect(findings.contains { $0.id == "permission:run.admin:service/us-central1/backend" && $0.state == .ok })
    }

    @Test func `what its project does not give may be given by the service itself`() async {
        let backend = GoogleResource.service(Self.identity)
        let needs = [
            PermissionNeed(backend, ["a", "b"], role: "r", purpose: "p"),
            PermissionNeed(.project("p"), ["c"], role: "r", purpose: "p"),
        ]
        let questions = PermissionQuestions(needs)
        #expect(questions.first == [.project("p"): ["a", "b", "c"]])
        let given: PermissionQuestions.Answers = [.project("p"): .found(["a", "c"])]
        #expect(questions.second(after: given) == [backend: ["b"]])
        #expect(questions.merged(given, [backend: .found(["b"])])[backend] == .found(["a", "b"]))
        #expect(questions.merged(given, [backend: .found([])])[backend] == .found(["a"]))
        #expect(questions.merged(given, [backend: .missing])[backend] == .missing)
        #expect(questions.second(after: [.project("p"): .found(["a", "b"])]) == [:])
        for unknown in [Inspected<Set<String>>.missing, .undetermined(.unreachable("gone"))] {
            #expect(questions.second(after: [.project("p"): unknown]) == [backend: ["a", "b"]])
        }
    }

    @Test func `what is missing comes with the whole line that mends it`() async {
        let backend = GoogleResource.service(Self.identity)
        let repository = ArtifactRepository(in: Self.registry).map(GoogleResource.repository)
        var world = FakeInspection.World()
        world.lacking = [
            backend: ["run.services.update", "run.services.setIamPolicy", "run.routes.invoke"],
            .serviceAccount(email: Self.account, project: "p"): ["iam.serviceAccounts.actAs"],
            .project("p"): [
                "logging.logEntries.list", "run.operations.get", "run.services.update", "run.services.setIamPolicy",
                "run.routes.invoke",
            ],
        ]
        if let repository { world.lacking[repository] = ["artifactregistry.repositories.uploadArtifacts"] }
        world.disabledAPIs = ["run.googleapis.com", "logging.googleapis.com"]
        world.secrets = ["jwt/latest": .missing]
        world.format = .missing
        world.accounts = [Self.account: .missing]
        let report = PreflightReport(await findings(world, Self.intent(opens: true, isClosed: true)))
        let member = "\"user:$(gcloud config get-value account)\""
        #expect(
            report.problems.compactMap(\.command) == [
                "gcloud services enable run.googleapis.com --project p",
                "gcloud iam service-accounts create run --project p",
                "gcloud run services add-iam-policy-binding backend --region us-central1 --project p "
                    + "--member \(member) --role roles/run.developer",
                "gcloud run services add-iam-policy-binding backend --region us-central1 --project p "
                    + "--member \(member) --role roles/run.admin",
                "gcloud iam service-accounts add-iam-policy-binding \(Self.account) --project p "
                    + "--member \(member) --role roles/iam.serviceAccountUser",
                "gcloud projects add-iam-policy-binding p --member \(member) --role roles/run.developer "
                    + "--condition None",
                "gcloud artifacts repositories add-iam-policy-binding services --location us-central1 --project p "
                    + "--member \(member) --role roles/artifactregistry.writer",
                "gcloud artifacts repositories create services --repository-format docker --location us-central1 "
                    + "--project p",
                "gcloud secrets describe jwt --project p >/dev/null || gcloud secrets create jwt --project p; "
                    + "gcloud secrets versions add jwt --project p --data-file -",
            ])
        #expect(
            report.doubts.map(\.id) == [
                "api:logging.googleapis.com", "permission:run.invoker:service/us-central1/backend",
                "permission:logging.viewer:project/p", "secret-access:jwt:\(Self.account)",
            ])
        #expect(report.category == .permission, "permissions decide the exit code before all others")
        let failure = report.failure(during: "preflight", hint: "h")
        #expect(failure?.details.count == report.problems.count && failure?.summary == "preflight found 9 problems")
    }

    @Test(arguments: [
        Obstacle.notPermitted("no"), .notAuthenticated("who"), .unreachable("gone"), .apiDisabled("iam.googleapis.com"),
    ])
    func `what cannot be looked at is unknown and stops nothing`(obstacle: Obstacle) async {
        var world = FakeInspection.World()
        world.obstacle = obstacle
        let report = PreflightReport(await findings(world, Self.intent(Self.service(account: nil))))
        #expect(report.problems == [])
        #expect(!report.findings.isEmpty && report.findings.allSatisfy { $0.state == .unknown })
        #expect(report.findings.allSatisfy { $0.why?.isEmpty == false })
    }

    @Test func `without an account of its own a service runs as the project's default one`() async {
        let service = Self.service(account: nil, secret: nil)
        let ids = await findings(.init(), Self.intent(service)).map(\.id)
        #expect(ids.contains("account:42-compute@developer.gserviceaccount.com"))
        #expect(ids.contains("permission:iam.serviceAccountUser:account/42-compute@developer.gserviceaccount.com"))
        var world = FakeInspection.World()
        world.number = .missing
        let report = PreflightReport(await findings(world, Self.intent(service)))
        #expect(report.problems.map(\.id) == ["project:p"] && report.category == .configuration)
    }

    @Test func `permissions of a service that is not there come from the project`() async {
        let ids = await findings(.init(), Self.intent(exists: false, opens: true)).map(\.id)
        #expect(ids.contains("permission:run.admin:project/p") && ids.contains("permission:run.developer:project/p"))
        #expect(!ids.contains { $0.hasSuffix("service/us-central1/backend") })
    }

    @Test func `what is not done needs no permission`() async {
        let given = ImageReference("\(Self.registry)/backend@sha256:0")
        let ids = await findings(.init(), Self.intent(image: given)).map(\.id)
        #expect(ids.contains("permission:artifactregistry.reader:repository/us-central1/services"))
        #expect(!ids.contains { $0.contains("artifactregistry.writer") || $0.contains("run.admin") })
        let cloud = await findings(.init(), Self.intent(builder: "cloud-build")).map(\.id)
        #expect(cloud.contains("permission:cloudbuild.builds.editor:project/p"))
        #expect(cloud.contains("permission:storage.objectUser:project/p"))
        #expect(cloud.contains("api:cloudbuild.googleapis.com"))
        let other = await findings(.init(), Self.intent(isClosed: true, identityAccount: "ci@p.example")).map(\.id)
        #expect(other.contains("permission:iam.serviceAccountOpenIdTokenCreator:account/ci@p.example"))
    }

    @Test func `an image that Cloud Run would refuse is refused before`() async {
        let given = ImageReference("example.com/backend@sha256:0")
        let refusal = Failure(.release, "image is not for linux/amd64", details: [.init("is for", "linux/arm64")])
        let report = PreflightReport(
            await findings(.init(), Self.intent(image: given), images: FakeImages(answer: .found(refusal))))
        #expect(report.problems.map(\.what) == ["image is not for linux/amd64"])
        #expect(report.category == .release)
        let fine = await findings(.init(), Self.intent(image: given), images: FakeImages(answer: .found(nil)))
        #expect(fine.first { $0.id == "image:backend" }?.state == .ok)
    }

    @Test func `states of a secret`() {
        let use = SecretUse(project: "p", name: "jwt", version: "3")
        #expect(use.existence(.found("ENABLED")).state == .ok)
        #expect(
            use.existence(.found("DISABLED")).command
                == "gcloud secrets versions enable 3 --secret jwt --project p")
        #expect(use.existence(.found("DESTROYED")).state == .problem)
        #expect(use.existence(.found("NEW_WORD")).state == .unknown)
        #expect(use.existence(.undetermined(.notPermitted("no"))).state == .unknown)
    }

    @Test func `a grant that is seen is certain, one that is not seen proves nothing`() {
        let use = SecretUse(project: "p", name: "jwt", version: "3")
        let member = "serviceAccount:\(Self.account)"
        let role = "roles/secretmanager.secretAccessor"
        func state(
            _ policy: Inspected<[PolicyBinding]>, _ project: Inspected<[PolicyBinding]> = .found([])
        ) -> PreflightFinding.State {
            use.readability(by: Self.account, policy: policy, projectPolicy: project).state
        }
        let grant = PolicyBinding(role: role, members: ["user:a", member])
        #expect(state(.found([grant])) == .ok)
        #expect(state(.found([]), .found([grant])) == .ok)
        #expect(state(.found([])) == .unknown)
        #expect(state(.found([PolicyBinding(role: role, members: [member], isConditional: true)])) == .unknown)
        #expect(state(.found([PolicyBinding(role: "roles/viewer", members: [member])])) == .unknown)
        #expect(state(.undetermined(.notPermitted("no"))) == .unknown)
    }

    @Test func `words for a shell`() {
        #expect(ShellWord.line(["a", "b c", "it's", "", "$x", "a=b", "~"]) == "a 'b c' 'it'\\''s' '' '$x' 'a=b' '~'")
    }

    @Test func `repositories are read from names`() {
        let whole = ArtifactRepository(in: "europe-west1-docker.pkg.dev/p/r/backend@sha256:0")
        #expect(whole?.location == "europe-west1" && whole?.project == "p" && whole?.name == "r")
        for other in ["gcr.io/p/backend", "-docker.pkg.dev/p/r", "x-docker.pkg.dev/p", "x-docker.pkg.dev//r", ""] {
            #expect(ArtifactRepository(in: other) == nil)
        }
    }

    @Test(arguments: [(0.0, PreflightFinding.State.ok), (-30, .ok), (45, .warning), (-400, .problem)])
    func `a clock that is wrong`(skew: Double, state: PreflightFinding.State) {
        #expect(ResourceFindings.clock(skewSeconds: skew).state == state)
    }

    @Test func `offline refusals of several services come together`() async throws {
        let world = ModelWorld()
        let services = ["one", "two"].map { ModelWorld.service($0) }
        var options = ReleaseOptions()
        options.tag = String(repeating: "t", count: 44)
        let request = try await world.request(run: "run-aaaaaa", services: services, source: "s", options: options)
        let all = #expect(throws: Failure.self) { try OfflineRules.check(request, digest: fakeDigest) }
        #expect(all?.details.count == 2 && all?.category == .usage)
        var one = request
        one.selection = ["one"]
        let single = #expect(throws: Failure.self) { try OfflineRules.check(one, digest: fakeDigest) }
        #expect(single?.summary.contains("`one`") == true)
    }
}
