import Configuration

/// What serves, held against what a deploy would make.
extension ServiceFacts {
    var servingRevision: RevisionObservation? {
        revisions.first { $0.name == observation?.servingRevision }
    }

    /// The image that serves, where this source is known to have been built into it: a promoted one was built for another
    /// environment, and has a fingerprint of its own.
    var servedBuild: ImageReference? {
        guard let digest = servingRevision?.imageDigest else { return nil }
        return built.first { RevisionComparison.digest(of: $0) == digest }
    }

    /// What serves alone, was verified, and is what would be made; nil where that is not known without a build.
    ///
    /// - Parameters:
    ///   - image: what is deployed where nothing is built.
    ///   - fingerprint: of a revision that is made of a given image.
    func equalRevision(
        at placement: Placement, image: ImageReference?, environment: [ConfiguredVariable],
        fingerprint: (ImageReference) -> String
    ) -> RevisionObservation? {
        guard let serving = servingRevision, !isUnverified, observation?.share(of: serving.name) == 100 else {
            return nil
        }
        let build = image == nil ? servedBuild : nil
        if RevisionComparison.isSame(
            serving, of: placement.identity, image: image ?? build, container: placement.service.container,
            environment: environment)
        {
            return serving
        }
        // Values that are filled in at run time can be compared by the fingerprint alone.
        guard build != nil, serving.condition.state == .succeeded,
            serving.labels[ReleaseLabel.fingerprint] == fingerprint(ImageReference(serving.image))
        else { return nil }
        return serving
    }
}

extension RevisionObservation {
    /// `sha256:…`, as the platform has resolved it; nil where neither it nor the reference says one.
    var imageDigest: String? { template?.digest ?? RevisionComparison.digest(of: ImageReference(image)) }
}
