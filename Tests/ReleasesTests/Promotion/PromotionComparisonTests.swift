import Configuration
import Testing

@testable import Releases

/// In what two environments may differ, and how that is told.
@Suite struct PromotionComparisonTests {
    static func side(
        _ variables: Set<String> = ["A"], project: String = "p", _ change: (inout ContainerSettings) -> Void = { _ in }
    ) -> PromotionComparison.Side {
        var container = ContainerSettings()
        change(&container)
        return .init(
            container: container, variables: variables,
            identity: ServiceIdentity(project: project, region: "r", name: "backend"))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var setting: PromotionSetting
        var here: String
        var change: @Sendable (inout ContainerSettings) -> Void
        var testDescription: String { setting.rawValue }
    }

    static let cases = [
        Case(setting: .port, here: "9090") { $0.port = 9090 },
        Case(setting: .command, here: "/run with 2 arguments") {
            $0.command = ["/run"]
            $0.arguments = ["--key", "s3cret"]
        },
        Case(
            setting: .probes, here: "startup tcp every 240s, 1 times, liveness http /live every 10s, 3 times"
        ) {
            $0.livenessProbe = Probe(kind: .http(path: "/live"), headers: ["authorization": "s3cret"])
        },
        Case(setting: .cpu, here: "2000m") { $0.cpu = "2" },
        Case(setting: .memory, here: "1Gi") { $0.memory = "1Gi" },
        Case(setting: .concurrency, here: "10") { $0.concurrency = 10 },
        Case(setting: .timeout, here: "60s") { $0.timeoutSeconds = 60 },
        Case(setting: .scaling, here: "1 to 20 instances") {
            $0.minInstances = 1
            $0.maxInstances = 20
        },
        Case(setting: .runtime, here: "gen2, http2") {
            $0.executionEnvironment = "gen2"
            $0.usesHTTP2 = true
        },
        Case(setting: .volumes, here: "scratch (empty) at /tmp") {
            $0.volumes = [Volume(name: "scratch", kind: .emptyDirectory(EmptyDirectory()))]
            $0.mounts = [VolumeMount(volume: "scratch", path: "/tmp")]
        },
        Case(setting: .sidecars, here: "proxy") {
            $0.sidecars = [Sidecar(name: "proxy", image: "proxy@sha256:1")]
        },
        Case(setting: .network, here: "a connector, private-ranges-only, 1 databases") {
            $0.vpc = VPCAccess(way: .connector("c"))
            $0.cloudSQL = ["p:r:db"]
        },
    ]

    @Test func `every kind of settings has a row here`() {
        #expect(Set(Self.cases.map(\.setting)) == Set(PromotionSetting.allCases).subtracting([.env]))
    }

    @Test(arguments: cases) func `a difference is told, without what may be secret`(_ row: Case) throws {
        let found = PromotionComparison.differences(
            verified: Self.side(), wanted: Self.side(project: "p", row.change), refusing: [row.setting])
        let difference = try #require(found.first { $0.setting == row.setting })
        #expect(found.count == 1)
        #expect(difference.here == row.here && difference.isRefused)
        #expect(!difference.text.contains("s3cret"))
        let passing = PromotionComparison.differences(
            verified: Self.side(), wanted: Self.side(project: "p", row.change), refusing: [.env])
        #expect(passing.allSatisfy { !$0.isRefused })
    }

    @Test func `variables differ by their names, never by their values`() {
        let found = PromotionComparison.differences(
            verified: Self.side(["A", "OLD"]), wanted: Self.side(["A", "NEW"]), refusing: [.env])
        #expect(found == [PromotionDifference(.env, there: "OLD", here: "NEW", isRefused: true)])
        let less = PromotionComparison.differences(
            verified: Self.side(["A", "OLD"]), wanted: Self.side(["A"]), refusing: [])
        #expect(less.map(\.text) == ["env: OLD there, nothing more here"])
    }

    @Test func `what one side writes out and the other leaves to Cloud Run is no difference`() {
        let written = Self.side(project: "other") {
            $0.cpu = "1"
            $0.memory = "512Mi"
            $0.concurrency = 80
            $0.timeoutSeconds = 300
            $0.minInstances = 0
            $0.maxInstances = 100
            $0.startupProbe = Probe(kind: .tcp, timeoutSeconds: 240, periodSeconds: 240, failureThreshold: 1)
            $0.cpuIdle = true
        }
        #expect(
            PromotionComparison.differences(verified: written, wanted: Self.side(), refusing: PromotionSetting.allCases)
                == [])
    }
}
