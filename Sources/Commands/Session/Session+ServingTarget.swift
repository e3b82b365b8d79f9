import Configuration
import Releases
import Reporting

extension Session {
    /// What serves, as something to measure; nil when the service does not exist. With one revision serving
    /// everything, answers of another one count as failures.
    func servingTarget(of placement: Placement, platform: any Platform) async throws -> VerificationTarget? {
        guard let observation = try await platform.observe(placement.identity) else { return nil }
        let serving = observation.servingRevision
        let alone = serving.map { observation.share(of: $0) == 100 } ?? false
        let token = observation.isPublic ? nil : try await platform.identityToken(audience: observation.url)
        if let token { console.hide([token]) }
        let url = placement.publicURL ?? observation.url
        return VerificationTarget(
            service: placement.service, identity: placement.identity, url: url, revision: alone ? serving : nil,
            identityToken: token,
            references: [
                "deploy.revision": serving ?? "", "deploy.revision_url": url, "deploy.service_url": observation.url,
                "deploy.region": placement.region, "run.id": RunName.make(),
            ])
    }
}

extension VerificationTarget {
    /// The same service, but a revision that has an address of its own.
    func asking(_ revision: String, at url: String) -> VerificationTarget {
        var target = self
        target.url = url
        target.revision = revision
        target.references["deploy.revision"] = revision
        target.references["deploy.revision_url"] = url
        return target
    }
}
