import JSON
package import Releases

/// Service Usage: which APIs a project has switched on.
extension GoogleInspection {
    package func enabled(_ apis: [String], in project: String) async -> Inspected<Set<String>> {
        let parent = "projects/\(project.percentEncoded)"
        // One request answers for up to 30 names (`services.batchGet`).
        let names = apis.prefix(30).map { "names=\(parent)/services/\($0.percentEncoded)" }
        let url = "\(endpoints.serviceUsage)/v1/\(parent)/services:batchGet?\(names.joined(separator: "&"))"
        return await look(url) { document in
            document.elements("services").map { services in
                Set(
                    services.filter { $0["state"]?.string == "ENABLED" }.compactMap {
                        $0["name"]?.string?.split(separator: "/").last.map(String.init)
                    })
            }
        }
    }
}
