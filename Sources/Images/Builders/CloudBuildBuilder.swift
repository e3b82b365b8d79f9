import Configuration
import GoogleCloud
package import Releases

/// Builds in Google's Cloud Build: the source is uploaded to Cloud Storage, a docker step builds it for `linux/amd64`,
/// and the image is in its registry when the build has ended.
package struct CloudBuildBuilder: LocalBuilder {
    package typealias Settings = @Sendable () async throws -> CloudBuildSettings

    /// Asked when something is built, as finding credentials takes time; nil in an environment outside Google Cloud.
    private let settings: Settings?
    private let registry: RegistryAccess
    private let preparation: Preparation

    package init(
        settings: Settings?, preparation: Preparation, registry: RegistryAccess
    ) {
        self.settings = settings
        self.preparation = preparation
        self.registry = registry
    }

    package var name: String { "cloud-build" }

    /// Whether it could be asked; whether it may is seen when it is.
    package func answers() async -> Bool { settings != nil }

    package func holds(_ image: ImageReference) async throws -> Bool {
        guard ImageDigest(reference: image.value) != nil, let address = RegistryAddress(image.value) else {
            return false
        }
        return try await registry.client.holds(address)
    }

    package func build(
        _ request: BuildRequest, output: @escaping @Sendable (String) -> Void
    ) async throws -> BuiltImage {
        let settings = try await required(for: request)
        try await preparation.run(request.source.before, in: request.root, output: output)
        let archive = try await Self.archive(request)
        for notice in archive.notices { output(notice) }
        let plan = CloudBuildPlan(request, archiveDigest: archive.sha256, dockerfile: archive.dockerfile)
        let source = try await uploaded(archive, as: plan.object, settings, output: output)

        let tail = LineTail()
        let watch = CloudBuildWatch(settings: settings) { line in
            tail.append(line)
            output(line)
        }
        let build = try await ended(plan, source, watch, settings, output: output)
        let reference = try CloudBuildEnd.image(
            of: build, named: plan.image, request: request, timeoutSeconds: settings.timeoutSeconds, tail: tail.details)
        return BuiltImage(reference: reference)
    }

    package func resolve(_ reference: String) async throws -> ImageReference {
        if ImageDigest(reference: reference) != nil { return ImageReference(reference) }
        guard let address = RegistryAddress(reference) else {
            throw Failure(
                .usage, "`\(reference)` is not in a registry", hint: "write `host/repository:tag`")
        }
        return ImageReference("\(address.host)/\(address.path)@\(try await registry.client.resolve(address))")
    }

    /// The build has pushed it.
    package func push(
        _ image: BuiltImage, output: @escaping @Sendable (String) -> Void
    ) async throws -> ImageReference { image.reference }

    package func report(on image: ImageReference) async -> ImageReport? {
        guard let address = RegistryAddress(image.value) else { return nil }
        return try? await registry.client.report(on: address)
    }
}

extension CloudBuildBuilder {
    private func required(for request: BuildRequest) async throws -> CloudBuildSettings {
        guard let settings else {
            throw Failure(
                .usage, "builder `cloud-build` works for environments in Google Cloud",
                hint: "choose another one: --builder auto")
        }
        guard RegistryAddress(request.repository) != nil else {
            throw Failure(
                .configuration, "Cloud Build pushes what it builds, and `\(request.repository)` is in no registry",
                hint: "say where in the environment's file, `registry: REGION-docker.pkg.dev/PROJECT/REPOSITORY`")
        }
        if let secrets = request.source.secrets, !secrets.isEmpty {
            throw Failure(
                .usage, "builder `cloud-build` cannot give a build secrets, and `\(request.service)` has some",
                hint: "choose another one: --builder auto")
        }
        return try await settings()
    }

    /// Off the caller's actor: this reads and compresses the whole context.
    @concurrent private static func archive(_ request: BuildRequest) async throws -> SourceArchive {
        try SourceArchive.make(
            context: absolute(request.source.context, in: request.root),
            dockerfile: absolute(request.source.dockerfile, in: request.root), service: request.service)
    }

    /// The archive in Cloud Storage; what is there already under its digest is not sent again.
    private func uploaded(
        _ archive: SourceArchive, as name: String, _ settings: CloudBuildSettings,
        output: @escaping @Sendable (String) -> Void
    ) async throws -> StoredObject {
        let storage = settings.storage
        if !settings.bucketIsGiven {
            try await storage.ensureBucket(
                settings.bucket, of: settings.builds.project, location: settings.bucketLocation)
        }
        let source = UploadSource(bytes: archive.bytes, md5: archive.md5, contentType: "application/gzip") {
            try archive.file.read(at: $0, count: $1)
        }
        let size = ByteText.text(archive.bytes)
        if let found = try await storage.object(name, in: settings.bucket), StorageClient.holds(found, source) {
            output("source: \(Counted.text(archive.entries, "entry", plural: "entries")), \(size), uploaded before")
            return found
        }
        output(
            "source: \(Counted.text(archive.entries, "entry", plural: "entries")), \(size), to gs://\(settings.bucket)/\(name)"
        )
        let progress = UploadProgress(total: archive.bytes, output: output)
        return try await storage.upload(source, as: name, in: settings.bucket, ifGeneration: 0) { progress.reached($0) }
    }

    /// Finds or begins the build and follows it to its end. Whatever stops the waiting stops a build of our own.
    private func ended(
        _ plan: CloudBuildPlan, _ source: StoredObject, _ watch: CloudBuildWatch, _ settings: CloudBuildSettings,
        output: @escaping @Sendable (String) -> Void
    ) async throws -> CloudBuild {
        if let found = try await watch.underWay(tagged: plan.sourceTag) {
            output("build \(found.id) of this source is under way already: waiting for it")
            return try await watch.end(of: found)
        }
        let attempt = "stagectl-attempt-" + String(UInt64.random(in: 0 ... .max), radix: 16)
        let build = try await watch.begin(
            plan.specification(
                source: source, attempt: attempt, timeoutSeconds: settings.timeoutSeconds, queue: settings.pace.queue),
            attempt: attempt)
        do {
            try Task.checkCancellation()
            output("build \(build.id)" + (build.logURL.map { ", \($0)" } ?? ""))
            return try await watch.end(of: build)
        } catch {
            await watch.cancel(build)
            guard Task.isCancelled else { throw error }
            throw Failure(.interrupted, "the build was interrupted", details: [.init("build", build.id)])
        }
    }
}
