import JSON
package import Releases

/// Artifact Registry: where images go.
extension GoogleInspection {
    package func format(of repository: ArtifactRepository) async -> Inspected<String> {
        await look(repositoryAddress(repository)) { $0["format"]?.string }
    }

    func repositoryAddress(_ repository: ArtifactRepository) -> String {
        "\(endpoints.artifactRegistry)/v1/projects/\(repository.project.percentEncoded)"
            + "/locations/\(repository.location.percentEncoded)/repositories/\(repository.name.percentEncoded)"
    }
}
