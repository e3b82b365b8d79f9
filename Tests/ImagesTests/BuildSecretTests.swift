import Configuration
import Releases
import Testing
import Transport

@testable import Images

struct BuildSecretTests {
    @Test func `a secret that is not there names where it was looked for`() throws {
        let folder = try Folder()
        for origin in [BuildSecret.Origin.environment("MISSING"), .file("missing"), .file("/")] {
            let failure = #expect(throws: Failure.self) {
                try BuildSecretValues([BuildSecret(id: "token", origin: origin)], root: folder.path) { _ in nil }
            }
            #expect(failure?.category == .configuration)
            #expect(failure?.summary.contains("`token`") == true)
        }
    }

    @Test func `secrets become private files and never lines`() throws {
        let folder = try Folder()
        try folder.write("netrc", "machine r.dev\npassword canary-file\n")
        let values = try BuildSecretValues(
            [
                BuildSecret(id: "token", origin: .environment("TOKEN")),
                BuildSecret(id: "netrc", origin: .file("netrc")),
            ], root: folder.path
        ) { _ in "canary-value" }
        let place = try PrivateFolder(in: folder.path + "/private")
        let files = try values.write(to: place)
        #expect(files.map(\.id) == ["token", "netrc"])
        #expect(try folder.read(files[0].path) == "canary-value")
        #expect(values.masked("a canary-value b canary-value") == "a (hidden) b (hidden)")
        #expect(values.masked("password canary-file") == "(hidden)")
        #expect(values.masked("base64 Y2FuYXJ5LXZhbHVl") == "base64 (hidden)")
        #expect(values.masked("nothing") == "nothing")
        #expect(try BuildSecretValues([], root: "/").isEmpty)
    }

    @Test(.enabled(if: Machine.isLinuxOnIntel, "runs a program for Linux on x86-64"))
    func `the shortest program runs`() async throws {
        let folder = try PrivateFolder()
        let program = try folder.write(ShortestProgram.bytes, to: "trial")
        try PosixFile.makeExecutable(program)
        #expect(ShortestProgram.bytes.count == 129)
        #expect(try await ChildProcess.run(CommandLine([program])).exitCode == 0)
    }

    /// Stands in for clients that this machine does not have.
    @Test(
        arguments: [
            ("case $1 in buildx) exit 0;; esac; exit 1", EngineAbilities.SecretMeans.buildKit),
            ("case $1 in build) [ \"$DOCKER_BUILDKIT\" = 1 ] && echo --secret && exit 0;; esac; exit 1", .buildKit),
            ("case $1 in build) echo --tag; exit 0;; esac; exit 1", nil),
        ] as [(String, EngineAbilities.SecretMeans?)])
    func `docker is asked whether it has BuildKit`(script: String, means: EngineAbilities.SecretMeans?) async throws {
        let folder = try Folder()
        try folder.write("engine", "#!/bin/sh\n\(script)\n", mode: 0o755)
        var engine = ContainerEngine.docker
        engine.program = "\(folder.path)/engine"
        #expect(await EngineAbilities(engine).secretMeans() == means)
    }

    @Test func `a build with secrets in BuildKit says so to the client, and only then`() async throws {
        let folder = try Folder()
        let id = String(repeating: "a", count: 64)
        try folder.write(
            "engine",
            """
            #!/bin/sh
            echo "$DOCKER_BUILDKIT $*" >> \(folder.path)/calls
            case $1 in
            buildx) exit 0;;
            build) for word in "$@"; do case $word in id=*) cat ${word#*src=} >> \(folder.path)/seen;; esac; done;;
            image) echo sha256:\(id) 5 linux/amd64;;
            esac
            """, mode: 0o755)
        try folder.write("secret", "canary-in-a-file")
        var engine = ContainerEngine.docker
        engine.program = "\(folder.path)/engine"
        var request = request(root: folder.path)
        let builder = ContainerEngineBuilder(engine: engine, preparation: Preparation(), registry: registryAccess())
        _ = try await builder.build(request) { _ in }
        request.source.secrets = [BuildSecret(id: "token", origin: .file("secret"))]
        _ = try await builder.build(request) { _ in }
        let builds = try folder.readAll("calls").split(separator: "\n").filter { $0.contains(" build ") }
        #expect(builds.count == 2)
        #expect(builds[0].hasPrefix("0 build --platform linux/amd64 --force-rm"))
        #expect(builds[1].hasPrefix("1 build --platform linux/amd64 --file"))
        #expect(builds[1].contains("--secret id=token,src="))
        #expect(!builds.joined().contains("canary"))
        #expect(try folder.read("seen") == "canary-in-a-file")
        let path = builds[1].split(separator: " ").first { $0.hasPrefix("id=token,src=") }?.dropFirst(13)
        #expect(!PosixFile.isFile(String(try #require(path))), "gone after the build")
    }
}
