import Releases

/// Images that are pushed nowhere: the local Cloud Run finds those alone that its own runtime keeps.
enum LocalImageStore {
    /// Why what this builder makes would not be found; nil where it would. A builder that pushes by itself says so itself.
    static func refusal(builder: String, runtime: String) -> Failure? {
        // Both keep images in containers/storage, in the same place (containers-storage.conf(5)).
        let store = builder == "buildah" ? "podman" : builder
        guard ["docker", "podman", "process"].contains(store), store != runtime else { return nil }
        return Failure(
            .usage, "the local Cloud Run runs with `\(runtime)` and does not find images of builder `\(builder)`",
            hint: "take --builder \(runtime), or give the environment a `registry:` to push to")
    }

    /// Another builder is no way out by itself.
    static func withRegistry(_ failure: Failure) -> Failure {
        guard !failure.details.isEmpty, let hint = failure.hint else { return failure }
        var failure = failure
        failure.hint = hint + ", and a `registry:` in the environment's file, where the local Cloud Run finds the image"
        return failure
    }
}
