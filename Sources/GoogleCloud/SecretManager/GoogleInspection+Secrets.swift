import JSON
package import Releases

/// Secret Manager: whether a version is there. Its value is never asked for.
extension GoogleInspection {
    package func state(ofSecret name: String, version: String, project: String) async -> Inspected<String> {
        await look("\(secretAddress(name, project: project))/versions/\(version.percentEncoded)") { document in
            document["state"]?.string
        }
    }

    func secretAddress(_ name: String, project: String) -> String {
        "\(endpoints.secretManager)/v1/projects/\(project.percentEncoded)/secrets/\(name.percentEncoded)"
    }
}
