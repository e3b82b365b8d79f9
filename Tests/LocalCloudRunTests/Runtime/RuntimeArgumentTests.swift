import Testing

@testable import LocalCloudRun

@Suite("Runtime arguments")
struct RuntimeArgumentTests {
    private static func specification() -> InstanceSpecification {
        InstanceSpecification(
            owner: "local", service: "backend", revision: "backend-00001-abc", instance: "0a1b",
            image: "repo/backend@sha256:1", environment: ["PORT": "8080", "KEY": "secret"], port: 8080, cpu: "500m",
            memory: "512Mi", hostNames: ["auth.localhost"], output: { _, _ in })
    }

    @Test func `docker run says everything but the values of variables`() {
        let arguments = ContainerArguments(engine: .docker, processors: 2)
        #expect(
            arguments.run(Self.specification(), reference: "sha256:1", gateway: "172.17.0.1", publishes: true) == [
                "run", "--detach", "--pull", "never", "--name", "stagectl-local-backend-00001-abc-0a1b",
                "--label", "stagectl.owner=local", "--label", "stagectl.service=backend",
                "--label", "stagectl.revision=backend-00001-abc", "--label", "stagectl.instance=0a1b",
                "--publish", "127.0.0.1::8080", "--add-host", "auth.localhost:host-gateway",
                "--memory", "536870912", "--cpus", "0.500", "--env-file", "/dev/stdin", "sha256:1",
            ])
    }

    @Test func `podman run names the gateway and takes extra arguments; a command replaces the entry point`() {
        let arguments = ContainerArguments(
            engine: .podman, extraRunArguments: ["--runtime", "runc"], processors: 2)
        var specification = Self.specification()
        specification.command = ["/app", "serve"]
        specification.arguments = ["--fast"]
        specification.cpu = "4"
        specification.memory = nil
        let run = arguments.run(specification, reference: "image", gateway: "10.88.0.1", publishes: false)
        #expect(run.prefix(3) == ["run", "--runtime", "runc"])
        #expect(run.contains("auth.localhost:10.88.0.1"))
        #expect(run.suffix(5) == ["--entrypoint", "/app", "image", "serve", "--fast"])
        // Engines refuse more processors than there are.
        #expect(run.contains("2.000"))
        #expect(!run.contains("--memory"))
        #expect(!run.contains("--publish"))
    }

    @Test(
        arguments: [
            ("512Mi", 512 << 20), ("1Gi", 1 << 30), ("128974848", 128_974_848), ("64M", 64_000_000), ("0", nil),
            ("-1Mi", nil), ("Mi", nil), ("9999999999Ti", nil), ("1.5Gi", nil), ("", nil),
        ] as [(String, Int?)])
    func `memory quantities`(text: String, bytes: Int?) {
        #expect(ResourceQuantity.bytes(text) == bytes)
    }

    @Test(
        arguments: [
            ("1", 1000), ("500m", 500), ("0.08", 80), ("2.5", 2500), ("0", nil), ("m", nil), ("nan", nil),
            ("inf", nil), ("-1", nil), ("1e9", nil),
        ] as [(String, Int?)])
    func `processor quantities`(text: String, thousandths: Int?) {
        #expect(ResourceQuantity.milliProcessors(text) == thousandths)
    }

    @Test func `names hold nothing that an engine refuses`() {
        var specification = Self.specification()
        specification.owner = "a b/ö$(x)"
        #expect(ContainerArguments.name(of: specification) == "stagectl-a-b----x--backend-00001-abc-0a1b")
    }

    @Test func `an image is looked up by its id first, then as it is written`() {
        #expect(ContainerArguments.references(of: "repo/x@sha256:1") == ["sha256:1", "repo/x@sha256:1"])
        #expect(ContainerArguments.references(of: "x:latest") == ["x:latest"])
    }

    @Test(
        arguments: [
            ("localhost:5000/x@sha256:1", true), ("us-docker.pkg.dev/p/r/x", true), ("localhost/x", true),
            ("backend@sha256:1", false), ("library/x", false),
        ])
    func `what can be pulled names a registry`(image: String, names: Bool) {
        #expect(ContainerArguments.namesRegistry(image) == names)
    }

    @Test func `a sidecar has the network of another container, with neither ports nor names of its own`() {
        var specification = Self.specification()
        specification.network = RunningInstance(id: "abc", host: "172.17.0.2", port: 8080)
        specification.probedPorts = [9000]
        let run = ContainerArguments(engine: .docker, processors: 2)
            .run(specification, reference: "image", gateway: nil, publishes: true)
        #expect(run.contains("container:abc"))
        #expect(!run.contains("--publish"))
        #expect(!run.contains("--add-host"))
    }

    @Test func `mounts are lines of CSV`() {
        var specification = Self.specification()
        specification.workingDirectory = "/work"
        specification.mounts = [
            VolumeMount(source: .folder("/state/a,b"), path: "/secrets", isReadOnly: true),
            VolumeMount(source: .memory("cache"), path: "/cache"),
        ]
        let run = ContainerArguments(engine: .docker, processors: 2)
            .run(specification, reference: "image", gateway: nil, publishes: false)
        #expect(run.contains("type=bind,\"source=/state/a,b\",target=/secrets,readonly"))
        #expect(run.contains("type=volume,source=cache,target=/cache"))
        #expect(run.contains("/work"))
        #expect(
            ContainerArguments(engine: .docker, processors: 2)
                .makeMemoryVolume("cache", bytes: 1024, owner: "me").suffix(2) == ["o=mode=1777,size=1024", "cache"])
        #expect(
            ContainerArguments(engine: .podman, processors: 2)
                .makeMemoryVolume("cache", bytes: 5000, owner: "me").suffix(2) == ["o=mode=1777,nr_blocks=2", "cache"])
    }

    @Test(
        arguments: [
            ("8080/tcp -> 127.0.0.1:32768\n9000/tcp -> 127.0.0.1:32769\n", [8080: 32768, 9000: 32769]),
            ("80/tcp -> 0.0.0.0:1\n80/tcp -> [::]:2\n", [80: 1]), ("", [:]), ("error", [:]), ("a/tcp -> b:c", [:]),
        ] as [(String, [Int: Int])])
    func `published ports are read`(output: String, ports: [Int: Int]) {
        #expect(ContainerArguments.mappedPorts(output) == ports)
    }

    @Test(
        arguments: [
            ("172.18.0.1 172.18.0.0/16\n", "172.18.0.1"), (" 172.17.0.0/16\n", "172.17.0.1"),
            ("fe80::1 fe80::/64\n10.88.0.1 10.88.0.0/16\n", "10.88.0.1"), ("", nil), ("x\n1.2.3\n", nil),
            ("999.1.1.1", nil), ("/24 1.2.3.255/32", nil),
        ] as [(String, String?)])
    func `the gateway is read, or counted from the subnet`(output: String, gateway: String?) {
        #expect(ContainerEngine.gateway(in: output) == gateway)
    }

    @Test func `variables keep their spaces and equal signs`() throws {
        #expect(try ContainerArguments.environmentFile(["B": " x=y ", "A": ""]) == "A=\nB= x=y \n")
    }

    @Test(arguments: [("A", "1\n2"), ("A", "1\r\n2"), ("A", "\0"), ("#A", "1"), ("", "1"), ("A B", "1"), ("A=B", "1")])
    func `a variable that the file cannot say is refused`(name: String, value: String) {
        #expect(throws: ContainerArguments.UnsayableVariable(name: name)) {
            try ContainerArguments.environmentFile([name: value])
        }
    }

    @Test func `stopping rounds the grace up to whole seconds`() {
        let arguments = ContainerArguments(engine: .docker, processors: 1)
        #expect(arguments.stop("x", grace: .milliseconds(1500)) == ["stop", "--time", "2", "x"])
        #expect(arguments.stop("x", grace: .zero) == ["stop", "--time", "0", "x"])
    }

    @Test func `a process is told from another that got its number later`() {
        func record(_ line: String) -> ProcessRecord? { ProcessRecord(statLine: line) }
        let fields = (1...18).map(String.init).joined(separator: " ")
        let first = record("42 (a) b) (c) S \(fields) 777 0 0")
        #expect(first?.processID == 42)
        #expect(first?.startTime == 777)
        #expect(first?.matches(record("42 (x) S \(fields) 777 1")) == true)
        #expect(first?.matches(record("42 (x) S \(fields) 778 1")) == false)
        #expect(first?.matches(nil) == false)
        for line in ["", "x", "1 (init) S", "-5 (x) S", "42 no name"] { #expect(record(line) == nil) }
        // Without a start time nothing can be told, so nothing is ended.
        #expect(record("42 (-) -")?.matches(record("42 (-) -")) == false)
    }

    @Test func `a process command line holds names of variables, never values`() {
        let arguments = ProcessLaunch.arguments(
            ["/app", "x"], record: "/r", inherited: ["PATH", "TOKEN", "KEY", "HOME"], given: ["KEY": "secret"])
        #expect(arguments.prefix(5) == ["/usr/bin/env", "-u", "TOKEN", "/bin/sh", "-c"])
        #expect(arguments.suffix(3) == ["/r", "/app", "x"])
        #expect(!arguments.contains { $0.contains("secret") })
    }

    @Test(arguments: ["x", "x@sha256:../../etc", "x@sha256:abc", "x@md5:\(String(repeating: "a", count: 64))"])
    func `an image reference never leads out of the store`(image: String) {
        #expect(ProcessImage.folder(of: image) == nil)
    }

    @Test func `records lie beside the store`() {
        #expect(ProcessRecords(beside: "/state/images").folder == "/state/instances")
        #expect(ProcessRecords(beside: "/state/images/").folder == "/state/instances")
        #expect(ProcessRecords.fileName("../a b") == "___a_b")
    }
}
