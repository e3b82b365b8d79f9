import Releases
import Testing
import Transport

@testable import Images

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An engine as the contract drives it: Podman and Buildah with storage of their own, so that tests can run beside each
/// other and leave nothing, and every call written down.
struct ContractEngine: CustomTestStringConvertible, Hashable {
    var engine: ContainerEngine

    var testDescription: String { engine.name }

    static let all: [ContractEngine] = {
        let all = [
            (Machine.hasDocker, ContainerEngine.docker), (Machine.hasPodman, .podman), (Machine.hasBuildah, .buildah),
        ]
        for (isThere, engine) in all where !isThere { print("skipped: \(engine.name) does not answer on this machine") }
        return all.filter(\.0).map { ContractEngine(engine: $0.1) }
    }()

    /// Those that can be given build secrets here.
    static let takingSecrets = all.filter { $0.engine.dialect != .docker }

    /// - Parameter folder: gets `calls`, one line for each start: arguments, and where logins are.
    func inside(_ folder: Folder) throws -> ContainerEngine {
        var engine = engine
        try folder.write(
            "\(engine.name)-program",
            """
            #!/bin/sh
            logins=${REGISTRY_AUTH_FILE:-$DOCKER_CONFIG/config.json}
            printf '%s | %s %s\\n' "$*" "$(stat -c '%a' "$logins" 2>/dev/null)" "$logins" >> \(folder.path)/calls
            exec \(engine.program) "$@"
            """, mode: 0o755)
        engine.program = "\(folder.path)/\(engine.name)-program"
        if engine.dialect != .docker {
            engine.globalArguments = [
                "--root", "\(folder.path)/storage", "--runroot", "\(folder.path)/run", "--storage-driver", "vfs",
            ]
        }
        return engine
    }

    /// A folder whose images can run commands: busybox alone, under the names that Dockerfiles use.
    static func context(_ dockerfile: String) throws -> Folder {
        let folder = try Folder()
        try folder.write("context/Dockerfile", dockerfile)
        let busybox = try #require(Machine.busybox)
        let content = try PosixFile.contents(of: busybox, limit: 16 << 20)
        try PosixFile.write(content, to: "\(folder.path)/context/busybox", mode: 0o755)
        return folder
    }
}

func contractRequest(_ folder: Folder, repository: String? = nil, pushes: Bool = false) -> BuildRequest {
    let unique = String(folder.path.suffix(6)).lowercased()
    return request(
        root: "\(folder.path)/context", repository: repository ?? "contract-\(unique)", digest: "\(unique)00000000",
        pushes: pushes)
}

func removeImages(_ folder: Folder, _ engine: ContainerEngine, _ images: ImageReference...) async {
    for image in images where engine.dialect == .docker {
        guard let digest = ImageDigest(reference: image.value) else { continue }
        _ = try? await ChildProcess.run(CommandLine(["docker", "image", "rm", "--force", "sha256:\(digest.hex)"]))
    }
}
