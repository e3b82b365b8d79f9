import Releases

/// What an image is made of, for commands that have no run.
extension Session {
    /// The image as its builder knows it, compared with that of the service's last release.
    func imageReport(of image: BuiltImage, _ builder: any ImageBuilder, _ service: String) async -> ImageReport? {
        guard var report = await builder.report(on: image.reference) else { return nil }
        // A history that cannot be read costs a remark.
        let releases = try? await state().releases(environment: environmentName, service: service, limit: 50)
        for released in (releases ?? []).lazy.flatMap(\.services) where released.service == service {
            guard released.witnessedHealthy, let before = released.imageReport, let revision = released.candidate else {
                continue
            }
            report.change = ImageChange(from: before, of: revision, to: report)
            break
        }
        return report
    }
}
