import Configuration
import Releases
import Transport

/// What an engine can do on this machine, found out by asking or trying, each once.
actor EngineAbilities {
    enum SecretMeans: Hashable {
        /// `--secret` of the builder that is used anyway.
        case flag
        /// `--secret`, of BuildKit.
        case buildKit
    }

    private let arguments: EngineArguments
    private let shell: EngineShell
    private var isolation: Task<[String], Never>?
    private var secrets: Task<SecretMeans?, Never>?

    init(_ engine: ContainerEngine) {
        arguments = EngineArguments(engine)
        shell = EngineShell(engine: engine)
    }

    /// How a build is given secrets; nil where it cannot be.
    func secretMeans() async -> SecretMeans? {
        if secrets == nil { secrets = Task { await self.askForSecrets() } }
        return await secrets?.value
    }

    /// Arguments with which `RUN` works here.
    func runArguments() async -> [String] {
        if isolation == nil { isolation = Task { await self.tryIsolation() } }
        return await isolation?.value ?? []
    }

    private func askForSecrets() async -> SecretMeans? {
        switch shell.engine.dialect {
        case .podman, .buildah:
            let help = await shell.ask(arguments.command(["build", "--help"]))
            return help?.contains("--secret") == true ? .flag : nil
        case .docker:
            if await shell.ask(arguments.command(["buildx", "version"])) != nil { return .buildKit }
            // Clients before 23.0 have BuildKit without a plugin, and its flags only where it is switched on.
            let help = await shell.ask(
                arguments.command(["build", "--help"]), environment: ["DOCKER_BUILDKIT": "1"])
            return help?.contains("--secret") == true ? .buildKit : nil
        }
    }

    // MARK: - Isolation

    /// Inside a container namespaces may be forbidden, or the runtime's limits; then `RUN` works in a changed root at
    /// best (buildah-build(1), `--isolation`).
    private func tryIsolation() async -> [String] {
        guard shell.engine.dialect != .docker,
            !shell.engine.buildArguments.contains(where: { $0.contains("isolation") }),
            RegistryLogins.processVariable("BUILDAH_ISOLATION") == nil
        else { return [] }
        let choices: [[String]] = [[], ["--isolation", "chroot"]]
        for choice in choices where await canRun(with: choice) { return choice }
        // The build itself will say why it cannot.
        return []
    }

    private func canRun(with choice: [String]) async -> Bool {
        guard let folder = try? PrivateFolder() else { return false }
        defer { folder.remove() }
        do {
            let program = try folder.write(ShortestProgram.bytes, to: "trial")
            try PosixFile.makeExecutable(program)
            _ = try folder.write(Array("FROM scratch\nCOPY trial /trial\nRUN [\"/trial\"]\n".utf8), to: "Dockerfile")
        } catch {
            return false
        }
        let build = ["build", "--quiet", "--no-cache", "--force-rm"] + shell.engine.buildArguments + choice
        let flags = ["--platform", "linux/amd64", "--file", "\(folder.path)/Dockerfile", folder.path]
        guard let id = await shell.ask(arguments.command(build + flags)) else { return false }
        if let hex = ImageDigest.hex(id.prefix { !$0.isWhitespace }) {
            _ = await shell.ask(arguments.command(["rmi", "--force", hex]))
        }
        return true
    }
}

/// A program that needs nothing but a kernel: `exit(0)` for Linux on x86-64, as an ELF file of 129 bytes (System V ABI:
/// file header, one program header, three instructions).
enum ShortestProgram {
    private static let code: [UInt8] = [
        0xB8, 0x3C, 0x00, 0x00, 0x00,  // mov eax, 60 (exit)
        0x31, 0xFF,  // xor edi, edi
        0x0F, 0x05,  // syscall
    ]
    private static let address: UInt64 = 0x40_0000
    private static let headers: UInt64 = 64 + 56

    static let bytes: [UInt8] = {
        let length = headers + UInt64(code.count)
        var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + Array(repeating: 0, count: 8)
        file += little(2, 2) + little(62, 2) + little(1, 4)  // executable, x86-64, version 1
        file += little(address + headers, 8) + little(64, 8) + little(0, 8)  // entry, program headers, no sections
        file += little(0, 4) + little(64, 2) + little(56, 2) + little(1, 2)  // flags, sizes, one program header
        file += little(64, 2) + little(0, 2) + little(0, 2)
        file += little(1, 4) + little(5, 4) + little(0, 8)  // load, readable and executable, from the start
        file += little(address, 8) + little(address, 8) + little(length, 8) + little(length, 8) + little(0x1000, 8)
        return file + code
    }()

    private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}
