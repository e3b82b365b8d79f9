import Configuration
import Crypto
import JSON
package import Releases

/// "Builds" for machines without a container engine: keeps a copy of the service's executable under the digest of
/// its content and arguments, where the process runtime of the local Cloud Run finds it.
///
/// `STORE/sha256-DIGEST/` holds the executable and `manifest.json`: `{"command": ["/absolute/path", "argument", …]}`.
package struct ProcessBuilder: LocalBuilder {
    private let store: String
    private let preparation: Preparation

    package init(store: String, preparation: Preparation) {
        self.store = store
        self.preparation = preparation
    }

    package var name: String { "process" }

    package func answers() async -> Bool { true }

    package func holds(_ image: ImageReference) async throws -> Bool {
        guard let digest = ImageDigest(reference: image.value) else { return false }
        return PosixFile.isFile("\(store)/sha256-\(digest.hex)/manifest.json")
    }

    package func remove(_ image: ImageReference) async throws -> Bool {
        guard let digest = ImageDigest(reference: image.value), try await holds(image) else { return false }
        PosixFile.removeFolder("\(store)/sha256-\(digest.hex)")
        return true
    }

    package func build(
        _ request: BuildRequest, output: @escaping @Sendable (String) -> Void
    ) async throws -> BuiltImage {
        guard let command = request.source.process, let program = command.first, !program.isEmpty else {
            throw Failure(
                .configuration, "service `\(request.service)` does not say how it starts as a plain process",
                hint: "add `source.process` to the service, or start docker or podman")
        }
        try await preparation.run(request.source.before, in: request.root, output: output)
        do throws(PosixError) {
            return try keep(program, arguments: Array(command.dropFirst()), for: request, output: output)
        } catch {
            throw Failure(
                .release, "image build of `\(request.service)` failed",
                details: [.init("path", error.path), .init("reason", error.reason)],
                hint: "check that `\(program)` exists after `source.before` and that the disk has room")
        }
    }

    package func resolve(_ reference: String) async throws -> ImageReference {
        let image = ImageReference(reference)
        guard try await holds(image) else {
            throw Failure(
                .release, "`\(reference)` was not built here as a plain process",
                hint: "leave out `--image`, or choose `--builder docker`")
        }
        return image
    }

    package func push(
        _ image: BuiltImage, output: @escaping @Sendable (String) -> Void
    ) async throws -> ImageReference {
        throw Failure(
            .usage, "what the builder `process` makes cannot be pushed to a registry",
            hint: "choose `--builder docker` or `--builder podman`")
    }

    private func keep(
        _ program: String, arguments: [String], for request: BuildRequest, output: (String) -> Void
    ) throws(PosixError) -> BuiltImage {
        let source = absolute(program, in: request.root)
        try PosixFile.makeFolders(store)
        // Copied first and hashed on the way, so that the digest is of the very bytes that are kept.
        let draft = try PosixFile.makeTemporaryFolder(in: store)
        defer { PosixFile.removeFolder(draft) }
        let executable = source.split(separator: "/").last.map(String.init) ?? "program"
        var content = SHA256()
        let bytes = try PosixFile.copy(source, to: "\(draft)/\(executable)", mode: 0o755) { content.update(data: $0) }

        let digest = Self.digest(content: content.finalize().hex, arguments: arguments)
        let home = "\(store)/sha256-\(digest)"
        let manifest: JSONValue = ["command": .array((["\(home)/\(executable)"] + arguments).map { .string($0) })]
        try PosixFile.write(Array(manifest.serialized().utf8), to: "\(draft)/manifest.json")
        // Whoever came first with the same digest has stored the same content.
        if try PosixFile.rename(draft, to: home) {
            output("kept \(source) as sha256:\(digest)")
        } else {
            output("sha256:\(digest) is kept already")
        }
        return BuiltImage(reference: ImageReference("\(request.repository)@sha256:\(digest)"), bytes: bytes)
    }

    /// SHA-256 over the executable's own digest and its arguments, each ended by a zero byte (which no argument has).
    static func digest(content: String, arguments: [String]) -> String {
        var hash = SHA256()
        for part in [content] + arguments {
            hash.update(data: Array(part.utf8) + [0])
        }
        return hash.finalize().hex
    }
}

extension [UInt8] {
    /// 64 lower-case digits.
    var sha256: String { SHA256.hash(data: self).hex }
}

extension SHA256.Digest {
    /// 64 lower-case digits.
    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
