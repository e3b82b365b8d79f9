import Testing

@testable import Images

/// What an engine is told about a container that runs once.
struct OneShotContainerTests {
    @Test func `nothing but the image where nothing else is asked`() {
        let container = OneShotContainer(name: "c-1", image: "smoke:1", owner: "here:7")
        #expect(
            container.run(on: .docker) == [
                "docker", "run", "--pull", "never", "--name", "c-1", "--label", "stagectl.check=here:7",
                "--env-file", "/dev/stdin", "smoke:1",
            ])
    }

    @Test func `limits, network, entry point and what the machine's engine needs`() {
        let container = OneShotContainer(
            name: "c-1", image: "smoke:1", entrypoint: "/smoke", arguments: ["--to", "x y"], network: "host",
            memoryBytes: 64 << 20, cpus: 3.25, owner: "here:7")
        #expect(
            container.run(on: .podman, engineNeeds: ["--runtime", "runc"], processors: 2) == [
                "podman", "run", "--runtime", "runc", "--pull", "never", "--name", "c-1", "--label",
                "stagectl.check=here:7", "--network", "host", "--memory", "67108864", "--memory-swap", "67108864",
                "--cpus", "2.000", "--env-file", "/dev/stdin", "--entrypoint", "/smoke", "smoke:1", "--to", "x y",
            ])
        let half = OneShotContainer(name: "c", image: "i", cpus: 0.5).run(on: .docker)
        #expect(half.contains("0.500"))
    }

    @Test func `values of variables stand in no argument, whatever they hold`() {
        let container = OneShotContainer(
            name: "c-1", image: "smoke:1",
            environment: [
                "KEY": "secret value", "PEM": "-----BEGIN\nsecret\n-----END",
                "LONG": String(repeating: "s", count: 40_000),
            ])
        let words = container.run(on: .docker)
        #expect(!words.contains { $0.contains("secret") || $0.contains("sss") })
        #expect(container.environmentFile == "KEY=secret value\n")
        #expect(container.variablesByName.keys.sorted() == ["LONG", "PEM"])
        #expect(words.indices.filter { words[$0] == "--env" }.map { words[$0 + 1] } == ["LONG", "PEM"])
    }

    @Test func `each engine is asked in its own words for what is left and to remove it`() {
        #expect(OneShotContainer.list(on: .docker).last == "{{.ID}} {{.Label \"stagectl.check\"}}")
        #expect(OneShotContainer.list(on: .podman).last == "{{.ID}} {{index .Labels \"stagectl.check\"}}")
        let container = OneShotContainer(name: "c-1", image: "i")
        #expect(container.remove(on: .docker) == ["docker", "rm", "--force", "--volumes", "c-1"])
        #expect(container.remove(on: .podman) == ["podman", "rm", "--force", "--volumes", "--time", "0", "c-1"])
    }

    @Test func `an engine that is not there says so`() async {
        let engine = ContainerEngine(name: "docker", program: "/nonexistent/docker")
        #expect(await OneShotRunner(engine: engine).problem() == "`/nonexistent/docker` is not installed")
    }
}
