import Configuration
import Testing

@Suite struct EnvironmentTests {
    @Test func anEnvironmentIsLaidOverTheServices() throws {
        let environment = try load(
            services: """
                services:
                  auth:
                    image: auth
                  backend:
                    image: backend
                    port: 9000
                    memory: 512Mi
                    env: { A: one, B: "${services.auth.url}/x", C: 3 }
                    depends_on: [auth]
                    probes: { startup: { tcp: true, period: 2s } }
                    health: { samples: 3, interval: 50ms }
                """,
            environment: minimal + """
                services:
                  backend:
                    memory: 1Gi
                    env: { A: two, D: { secret: token, version: 3 } }
                    probes: { startup: { http: /ready } }
                    traffic: { steps: [10%, 50, 100] }
                    timeout: 1m30s
                """
        ).get()
        #expect(environment.services.map(\.name) == ["auth", "backend"])
        let backend = try #require(environment.service("backend"))
        #expect(backend.container.port == 9000)
        #expect(backend.container.memory == "1Gi")
        #expect(backend.container.timeoutSeconds == 90)
        #expect(backend.container.startupProbe == Probe(kind: .http(path: "/ready"), periodSeconds: 2))
        #expect(
            backend.environment == [
                ConfiguredVariable(name: "A", value: .literal("two")),
                ConfiguredVariable(name: "B", value: .literal("${services.auth.url}/x")),
                ConfiguredVariable(name: "C", value: .literal("3")),
                ConfiguredVariable(name: "D", value: .secret(name: "token", version: "3")),
            ])
        #expect(backend.health == HealthSettings(samples: 3, intervalMilliseconds: 50))
        #expect(backend.traffic.steps == [10, 50, 100])
    }

    @Test func platformMayBeAMapping() throws {
        let text = "platform: { kind: google, endpoint: \"http://127.0.0.1:9\" }\nproject: p1\nregion: us-central1\n"
        let environment = try load(environment: text).get()
        #expect(environment.platform == PlatformSettings(kind: .google, endpoint: "http://127.0.0.1:9"))
    }

    @Test func anEnvironmentMayHaveSeveralRegionsAndAServiceFewerOfThem() throws {
        let environment = try load(
            environment: """
                platform: local
                project: demo
                regions: [us-central1, europe-west1]
                services:
                  auth: { image: auth }
                  batch: { image: batch, regions: [europe-west1] }
                """
        ).get()
        #expect(environment.regions == ["us-central1", "europe-west1"])
        #expect(environment.hasSeveralRegions)
        #expect(environment.services.map { environment.regions(of: $0).count } == [2, 1])
        let single = try load(environment: minimal + "services: { a: { image: a } }").get()
        #expect(!single.hasSeveralRegions && single.regionRollout == nil)
    }

    @Test(
        arguments: [
            ("region_order: sequential", RegionRollout(order: .sequential)), ("region_rollback: all", RegionRollout()),
            (
                "region_order: sequential\nregion_rollback: unfinished",
                RegionRollout(order: .sequential, rollback: .unfinished)
            ),
        ])
    func howAReleaseGoesThroughRegions(text: String, rollout: RegionRollout) throws {
        #expect(
            try load(environment: minimal + "services: { a: { image: a } }\n\(text)\n").get().regionRollout == rollout)
    }

    @Test(arguments: [
        ("regions: []", "", 3, 10, "`regions` is an empty list"),
        ("regions: [a1, a1]", "", 3, 15, "`a1` is named twice"),
        ("regions: [A]", "", 3, 11, "`A`"),
        ("region: a1\nregions: [a1]", "", 4, 1, "`region` and `regions` exclude each other"),
        ("", "", 1, 1, "missing `region` or `regions`"),
        ("regions: [a1, b1]", "regions: [b2]", 6, 18, "`b2` is not a region of this environment"),
        ("regions: [a1, b1]\nregion_order: serial", "", 4, 15, "expected"),
        ("regions: [a1, b1]\nregion_rollback: unfinished", "", 4, 18, "released one after the other"),
        (
            "regions: [a1, b1]\nregion_order: parallel\nregion_rollback: unfinished", "", 5, 18,
            "released one after the other"
        ),
        ("regions: [a1, b1]", "regions: [b1, b1]", 6, 22, "`b1` is named twice"),
        ("region: a1", "regions: []", 6, 17, "`regions` is an empty list"),
        (
            "regions: [a1, b1]", "env: { U: \"${services.other.url}\" }, depends_on: [other]", 6, 18,
            "`other` is not in b1, so it has no URL there"
        ),
    ])
    func whatIsWrongWithRegionsSaysWhere(
        regions: String, service: String, line: Int, column: Int, message: String
    ) throws {
        let text = """
            platform: local
            project: demo
            \(regions.isEmpty ? "# none" : regions)
            services:
              other: { image: other\(regions.contains("b1") ? ", regions: [a1]" : "") }
              a: { \(service.isEmpty ? "" : service + ", ")image: a }
            """
        guard case .failure(let found) = load(environment: text) else {
            Issue.record("no finding")
            return
        }
        let finding = try #require(found.findings.first { $0.message.contains(message) }, "\(found.findings)")
        #expect((finding.line, finding.column) == (line, column))
    }

    @Test func referencesComeFromTheEnvironment() throws {
        let environment = try load(
            environment: """
                platform: local
                project: "${env.PROJECT}"
                region: "${env.REGION:-europe-west1}"
                services:
                  a: { image: a, port: "${env.P}", env: { T: "x-${env.P}" } }
                """, variables: ["PROJECT": "my-project", "P": "7000"]
        ).get()
        #expect(environment.project == "my-project")
        #expect(environment.regions.first == "europe-west1")
        #expect(environment.service("a")?.container.port == 7000)
        #expect(
            environment.service("a")?.environment == [
                ConfiguredVariable(name: "T", value: .literal("x-7000"), isSensitive: true)
            ])
    }

    @Test func everyMistakeIsReportedAtOnce() {
        let found = headlines(
            services: """
                services:
                  backend:
                    imagee: backend
                    port: eighty
                    health: { samples: "5", interval: 100 }
                    public: yes
                  Bad_Name: { image: x }
                """,
            environment: "platform: gogle\nproject: p1\n")
        #expect(
            found == [
                "services.yaml:2:3: service `backend` has neither `source` nor `image`",
                "services.yaml:3:5: unknown key `imagee`",
                "services.yaml:4:11: `port` is `eighty`, expected a whole number from 1 to 65535",
                "services.yaml:5:24: `samples` is `5`, expected a whole number from 1 to 1000",
                "services.yaml:5:39: `interval` is `100`, expected a duration from 10ms to 1m",
                "services.yaml:6:13: `public` is `yes`, expected `true` or `false`",
                "services.yaml:7:3: `Bad_Name` is not allowed here",
                "test.yaml:1:1: missing `region` or `regions`",
                "test.yaml:1:11: `platform` is `gogle`, expected `google`, `local`",
            ])
    }

    struct Mistake: Sendable {
        var service: String
        var message: String
    }

    @Test(arguments: [
        Mistake(service: "env: { PORT: 1 }", message: "`PORT` is set by Cloud Run itself"),
        Mistake(service: "env: { K_SERVICE: x }", message: "`K_SERVICE` is set by Cloud Run itself"),
        Mistake(service: "env: { A: { version: 1 } }", message: "missing `secret` in `services.b.env.A`"),
        Mistake(
            service: "env: { A: { secret: s, version: newest } }", message: "expected a version number, or `latest`"),
        Mistake(service: "env: { A: \"${env.NOPE}\" }", message: "the environment variable `NOPE` is not set"),
        Mistake(service: "env: { A: \"${git.commit}\" }", message: "unknown reference `${git.commit}`"),
        Mistake(service: "env: { A: \"${x\" }", message: "`${` without its `}`"),
        Mistake(service: "env: { A: \"${services.a.url}\" }", message: "`${services.a.url}` needs `a` in `depends_on`"),
        Mistake(service: "env: { A: \"${services.aa.url}\" }", message: "unknown service `aa`"),
        Mistake(service: "public_url: \"${services.a.url}\"", message: "`${services.NAME.url}` is for `env` alone"),
        Mistake(service: "depends_on: [c]", message: "unknown service `c`"),
        Mistake(service: "depends_on: [b]", message: "service `b` depends on itself"),
        Mistake(service: "depends_on: [a, a]", message: "`a` is named twice"),
        Mistake(service: "depends_on: a", message: "`depends_on` is text, expected a list"),
        Mistake(service: "suites: [smok]", message: "no suite `smok`: `suites/smok.yaml` is missing"),
        Mistake(service: "health: { path: /healthz }", message: "answers `/healthz` itself with 404"),
        Mistake(service: "health: { path: health }", message: "expected a path that starts with `/`"),
        Mistake(service: "health: { samples: 100, interval: 10s }", message: "do not fit into a window of 30s"),
        Mistake(service: "health: { window: 1500ms }", message: "in whole seconds"),
        Mistake(service: "traffic: { steps: [50, 10, 100] }", message: "goes from 50 to 10, but steps must rise"),
        Mistake(service: "traffic: { steps: [50] }", message: "the last step is 50"),
        Mistake(service: "traffic: { steps: [] }", message: "`steps` is an empty list"),
        Mistake(service: "traffic: { steps: [0, 100] }", message: "expected a percentage from 1 to 100"),
        Mistake(service: "probes: { startup: { tcp: true, period: 100s } }", message: "may take 300s"),
        Mistake(service: "probes: { startup: { tcp: true, http: / } }", message: "`tcp` and `http` exclude each other"),
        Mistake(service: "probes: { startup: { period: 1s } }", message: "missing `http` or `tcp`"),
        Mistake(service: "probes: { startup: { tcp: false } }", message: "`tcp: false` says nothing"),
        Mistake(service: "probes: { liveness: { http: /, timeout: 20s } }", message: "is longer than `period` (10s)"),
        Mistake(service: "memory: 64Mi", message: "expected an amount of memory from 128Mi to 32Gi"),
        Mistake(service: "memory: 8Gi", message: "8Gi of memory need more than 1 cpu"),
        Mistake(service: "cpu: 4", message: "4 cpu need more memory than 512Mi"),
        Mistake(service: "cpu: 3", message: "`cpu` is `3`, expected cores"),
        Mistake(service: "{ cpu: 500m, concurrency: 80 }", message: "serves one request at a time, not 80"),
        Mistake(service: "{ min_instances: 5, max_instances: 2 }", message: "more than `max_instances` (2)"),
        Mistake(service: "timeout: 2h", message: "expected a duration from 1s to 1h"),
        Mistake(service: "timeout: 30", message: "expected a duration"),
        Mistake(service: "ingress: intern", message: "`ingress` is `intern`"),
        Mistake(service: "image: Host/x:latest", message: "expected an image repository"),
        Mistake(service: "source: { paths: [../x] }", message: "expected a path below"),
        Mistake(service: "source: { context: . }", message: "missing `paths`"),
        Mistake(service: "identity: {}", message: "missing `header` or `json`"),
        Mistake(service: "service_account: 12", message: "expected text"),
        Mistake(service: "command: ~", message: "`command` is nothing, expected a list"),
        Mistake(service: "health: [1]", message: "`health` is a list, expected a mapping"),
    ])
    func saysWhatIsWrong(mistake: Mistake) {
        let own = mistake.service.hasPrefix("{") ? String(mistake.service.dropFirst().dropLast()) : mistake.service
        let services = "services:\n  a: { image: a }\n  b: { image: b, \(own) }\n"
        // A second `image` would be a duplicate: that mistake is the image itself.
        let text = own.hasPrefix("image") ? services.replacing("image: b, ", with: "") : services
        let found = headlines(services: text, suites: ["smoke"])
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(mistake.message) == true, "\(found)")
    }

    @Test func dependenciesMayNotGoInACircle() {
        let found = headlines(
            services: """
                services:
                  a: { image: a, depends_on: [b] }
                  b: { image: b, depends_on: [c] }
                  c: { image: c, depends_on: [a] }
                  d: { image: d, depends_on: [a] }
                """)
        #expect(found == ["services.yaml:2:30: services depend on each other: `a` → `b` → `c` → `a`"])
    }

    @Test func aMisspeltServiceInAnEnvironmentIsRecognised() {
        let services = "services:\n  backend: { image: backend }\n"
        guard
            case .failure(let findings) = load(
                services: services, environment: minimal + "services:\n  bakend: { memory: 1Gi }\n")
        else {
            Issue.record("accepted")
            return
        }
        #expect(findings.findings.map(\.hint) == ["did you mean `backend`?"])
        #expect(findings.findings.map(\.path) == ["services.bakend"])
    }

    @Test func aBrokenFileIsNotReportedAsMissingValues() {
        #expect(headlines(services: "services: [", environment: minimal).allSatisfy { $0.contains("not valid YAML") })
        #expect(headlines(environment: "a: *b\n") == ["test.yaml:1:4: aliases (`*name`) are not allowed"])
    }
}
