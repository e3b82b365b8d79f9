import Configuration

/// One revision somewhere that runs an image.
package struct ImageUse: Hashable, Sendable {
    /// `sha256:…`
    package var digest: String
    package var service: ServiceIdentity
    package var revision: String

    package init(digest: String, service: ServiceIdentity, revision: String) {
        self.digest = digest
        self.service = service
        self.revision = revision
    }

    /// Of the service's own container and of its sidecars.
    package static func of(_ revision: RevisionObservation, of service: ServiceIdentity) -> [ImageUse] {
        let sidecars = (revision.template?.container.sidecars ?? []).compactMap(\.digest)
        let own = [revision.pinnedImage?.digest, revision.template?.digest].compactMap(\.self)
        return Set(own + sidecars).map { ImageUse(digest: $0, service: service, revision: revision.name) }
    }
}

/// Which images of a service no revision needs any more. Pure.
package enum NeedlessImages {
    /// - Parameters:
    ///   - repository: the service's own; images elsewhere belong to somebody else.
    ///   - candidates: of revisions that go, and of earlier releases, whose revisions may be gone already.
    ///   - uses: of every revision of every environment.
    ///   - going: revisions that this prune deletes.
    /// - Returns: each once, in the order of the candidates.
    package static func of(
        repository: String, candidates: [ImageReference], uses: [ImageUse],
        going: Set<[String]>
    ) -> [ImageReference] {
        let used = Set(uses.filter { !going.contains(Self.name($0.service, $0.revision)) }.map(\.digest))
        var seen: Set<String> = []
        return candidates.filter { image in
            image.value.hasPrefix(repository + "@sha256:") && !used.contains(image.digest)
                && seen.insert(image.digest).inserted
        }
    }

    package static func name(_ service: ServiceIdentity, _ revision: String) -> [String] {
        [service.description, revision]
    }
}
