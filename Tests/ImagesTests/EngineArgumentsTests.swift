import Configuration
import Releases
import Testing

@testable import Images

struct EngineArgumentsTests {
    private let docker = EngineArguments(.docker)

    @Test func `a build names file, tag, labels and arguments, in one order`() {
        let request = request(root: "/src", repository: "r.dev/p/backend", arguments: ["B": "2=3", "A": "1 2"])
        #expect(
            docker.build(request) == [
                "docker", "build", "--platform", "linux/amd64", "--force-rm", "--file", "/src/Dockerfile", "--tag",
                "r.dev/p/backend:src-0123456789ab",
                "--label", "dev.stagectl.service=backend", "--label", "dev.stagectl.source=0123456789abcdef",
                "--build-arg", "A=1 2", "--build-arg", "B=2=3", "/src",
            ])
    }

    @Test func `context and Dockerfile are relative to the root, or absolute`() {
        var request = request(root: "/src")
        request.source.context = "services/backend"
        request.source.dockerfile = "/elsewhere/Dockerfile"
        let arguments = docker.build(request)
        #expect(arguments.last == "/src/services/backend")
        #expect(arguments.contains("/elsewhere/Dockerfile"))
    }

    @Test func `what a machine needs stands before and after the subcommand`() {
        var podman = ContainerEngine.podman
        podman.globalArguments = ["--storage-driver=vfs"]
        podman.buildArguments = ["--ulimit=nofile=1024"]
        let arguments = EngineArguments(podman).build(request(root: "/src"))
        #expect(arguments.prefix(4) == ["podman", "--storage-driver=vfs", "build", "--ulimit=nofile=1024"])
        let means = BuildMeans(arguments: ["--isolation", "chroot"], mark: "m")
        #expect(
            EngineArguments(.buildah).build(request(root: "/src"), means).prefix(10) == [
                "buildah", "build", "--isolation", "chroot", "--platform", "linux/amd64", "--layers", "--force-rm",
                "--build-arg", "STAGECTL_BUILD=m",
            ])
    }

    @Test func `a stage, secrets and a cache`() {
        var request = request(root: "/src", repository: "r.dev/p/backend", pushes: true)
        request.source.target = "service"
        request.source.cache = "registry"
        let means = BuildMeans(secrets: [.init(id: "token", path: "/private/secret-0")])
        let podman = EngineArguments(.podman).build(request, means)
        #expect(
            podman.joined(separator: " ").contains(
                "--cache-from r.dev/p/backend/cache --cache-to r.dev/p/backend/cache"))
        #expect(podman.suffix(5) == ["--target", "service", "--secret", "id=token,src=/private/secret-0", "/src"])
        #expect(docker.build(request).joined(separator: " ").contains("--cache-from r.dev/p/backend/cache:cache"))
        request.source.cache = "127.0.0.1:5000/layers"
        #expect(EngineArguments(.buildah).build(request).contains("--tls-verify=false"))
        request.pushes = false
        #expect(!docker.build(request).contains("--cache-from"), "what stays here needs no cache elsewhere")
    }

    @Test func `inspect, tag, push and version`() {
        #expect(
            docker.inspect("x") == [
                "docker", "image", "inspect", "--format", "{{.Id}} {{.Size}} {{.Os}}/{{.Architecture}}", "x",
            ])
        #expect(docker.tag("a", as: "b") == ["docker", "tag", "a", "b"])
        #expect(docker.push("b") == ["docker", "push", "b"])
        #expect(
            EngineArguments(.buildah).push("127.0.0.1:5000/b") == [
                "buildah", "push", "--digestfile", "/dev/stdout", "--tls-verify=false", "127.0.0.1:5000/b",
            ])
        #expect(!EngineArguments(.podman).push("r.dev/b").contains("--tls-verify=false"))
        #expect(EngineArguments(.buildah).inspect("x") == ["buildah", "inspect", "--type", "image", "x"])
        #expect(EngineArguments(.podman).push("b") == ["podman", "push", "--digestfile", "/dev/stdout", "b"])
        #expect(docker.version() == ["docker", "version", "--format", "{{.Server.Version}}"])
    }

    @Test func `the tag stays a tag, whatever the digest looks like`() {
        let hostile = request(root: "/src", digest: "SHA256:../é -x;0123456789")
        #expect(EngineArguments.sourceTag(for: hostile) == "backend:src-sha256x01234")
    }

    @Test(arguments: [
        ("sha256:\(String(repeating: "a", count: 64)) 42 linux/amd64\n", true),
        ("\(String(repeating: "0", count: 64)) 42 linux/arm64", true),
        ("", false), ("sha256:abc 42 linux/amd64", false),
        ("sha256:\(String(repeating: "g", count: 64)) 42 linux/amd64", false),
        ("sha256:\(String(repeating: "a", count: 64)) many linux/amd64", false),
    ])
    func `facts are read from one line, or not at all`(line: String, isFact: Bool) {
        #expect((ImageFacts(line: line) != nil) == isFact)
    }

    @Test func `a reference has a repository and a digest`() {
        let digits = String(repeating: "a", count: 64)
        let digest = ImageDigest(reference: "localhost:5000/p/backend@sha256:\(digits)")
        #expect(digest?.repository == "localhost:5000/p/backend")
        #expect(digest?.hex == digits)
        for wrong in ["backend", "backend:latest", "@sha256:\(digits)", "backend@\(digits)", "a@b@sha256:\(digits)"] {
            #expect(ImageDigest(reference: wrong) == nil, "\(wrong)")
        }
    }

    @Test(arguments: [
        ("backend", "backend", false), ("team/backend:v1", "team/backend", false),
        ("localhost:5000/backend", "localhost:5000/backend", true), ("r.dev/p/backend:v1", "r.dev/p/backend", true),
        ("127.0.0.1:5000/a:src-1", "127.0.0.1:5000/a", true),
    ])
    func `a name has a repository, and perhaps a registry`(text: String, repository: String, hasRegistry: Bool) {
        let name = ImageName(text)
        #expect(name?.repository == repository)
        #expect(name?.hasRegistry == hasRegistry)
    }

    @Test(arguments: ["", "--help", "a b", "a\nb", "a@sha256:1", ":tag", "é"])
    func `what could be read as a flag or is no name is refused`(text: String) {
        #expect(ImageName(text) == nil)
    }
}
