import Configuration
import GoogleCloud
import Releases

/// What the end of a build means.
enum CloudBuildEnd {
    /// The image that a build has pushed, pinned by digest; throws what went wrong where there is none.
    ///
    /// - Parameter tail: the last lines of its log.
    static func image(
        of build: CloudBuild, named name: String, request: BuildRequest, timeoutSeconds: Int, tail: [Failure.Detail]
    ) throws(Failure) -> ImageReference {
        guard build.status == .success else {
            throw failure(build, request: request, timeoutSeconds: timeoutSeconds, tail: tail)
        }
        guard let digest = build.digests[name], digest.hasPrefix("sha256:"), let hex = ImageDigest.hex(digest) else {
            throw Failure(
                .release, "the build of `\(request.service)` gave no image", details: place(build),
                hint: "stagectl build \(request.service) --builder cloud-build --force")
        }
        return ImageReference("\(request.repository)@sha256:\(hex)")
    }

    static func failure(
        _ build: CloudBuild, request: BuildRequest, timeoutSeconds: Int, tail: [Failure.Detail]
    ) -> Failure {
        let details = reasons(build) + place(build)
        let subject = "the build of `\(request.service)`"
        switch build.status {
        case .failure: return failed(build, request, details, tail)
        case .timeout:
            return Failure(
                .deadline, "\(subject) took longer than \(timeoutSeconds) s", details: tail + details,
                hint: "give it more: cloud_build.timeout in the environment's file")
        case .cancelled:
            return Failure(
                .release, "\(subject) was cancelled in Cloud Build, not by this run", details: details,
                hint: "stagectl build \(request.service) --builder cloud-build")
        case .expired:
            return Failure(
                .unavailable, "\(subject) found no worker in time and has expired", details: details,
                hint: "try again later, or build in another region: cloud_build.region in the environment's file")
        case .internalError:
            return Failure(
                .unavailable, "\(subject) failed inside Cloud Build", details: details, hint: "try again in a minute")
        case .unknown, .pending, .queued, .working, .success:
            return Failure(
                .internalError, "\(subject) was given up as `\(build.status.rawValue)`", details: details)
        }
    }

    private static func failed(
        _ build: CloudBuild, _ request: BuildRequest, _ details: [Failure.Detail], _ tail: [Failure.Detail]
    ) -> Failure {
        switch build.failureType {
        case "PUSH_NOT_AUTHORIZED":
            return Failure(
                .permission, "Cloud Build may not push to `\(request.repository)`", details: details,
                hint: "give the build's service account roles/artifactregistry.writer on the repository")
        case "PUSH_IMAGE_NOT_FOUND", "PUSH_FAILED":
            return Failure(
                .release, "the image of `\(request.service)` was built and could not be pushed",
                details: tail + details, hint: "see whether the repository `\(request.repository)` is there")
        case "FETCH_SOURCE_FAILED":
            return Failure(
                .permission, "Cloud Build could not fetch the source of `\(request.service)`", details: details,
                hint: "give the build's service account roles/storage.objectViewer on the bucket of the sources")
        default: break
        }
        let step = build.steps.first { $0.status == .failure }
        let place = step.map { step in
            " in step `\(step.id ?? step.name)`" + (step.exitCode.map { " with exit code \($0)" } ?? "")
        }
        return Failure(
            .release, "image build of `\(request.service)` failed" + (place ?? ""), details: tail + details,
            hint:
                "correct `\(request.source.dockerfile)`, then `stagectl build \(request.service) --builder cloud-build`"
        )
    }

    /// Cloud Build's own words.
    private static func reasons(_ build: CloudBuild) -> [Failure.Detail] {
        var seen: Set<String> = []
        return [build.failureDetail, build.statusDetail].compactMap(\.self)
            .filter { !$0.isEmpty && seen.insert($0).inserted }
            .map { Failure.Detail("Cloud Build", String($0.prefix(2000))) }
    }

    private static func place(_ build: CloudBuild) -> [Failure.Detail] {
        [.init("build", build.id)] + (build.logURL.map { [.init("log", $0)] } ?? [])
    }
}
